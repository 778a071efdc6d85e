/**
 * What goes wrong with cells, as errors that name the cell and its line.
 */
import { PipelineError } from "../errors.ts";
import type { Event } from "./events.ts";
import { type CellModule, type Place, placeName } from "./module.ts";

/** The notebook that an error speaks of. */
export interface Subject {
  readonly name: string;
  readonly module: CellModule;
  /** The cell that was the last to begin; absent where none had. */
  readonly cell: number | undefined;
}

const MODULE_LINE = /\$deno\$stdin\.mts:(\d+)/;

/** Returns the error where a type is wrong, a module is missing, or the process died. */
export function checkError(stderr: string, { name, module }: Subject): PipelineError {
  const line = Number(MODULE_LINE.exec(stderr)?.[1]);
  const message = /^(?:TS\d+ \[ERROR\]|error): (.+)$/m.exec(stderr)?.[1] ??
    (stderr.trim() || "the process ended early");
  const where = whereIs(module.place(line), name);
  return new PipelineError("input", `${where}: ${message.replace(/\.$/, "")}`, {
    hint: /^TS(2300|2451)\b/m.test(stderr)
      ? "All cells run as one module: give the second one another name"
      : hintOf("", message),
  });
}

const SEE_MORE = "Nothing was written; run the cell in JupyterLab to see more";

/** Returns the error where a cell has thrown. */
export function cellError(
  { name: error, message, stack, error: kind, hint }: Event & { readonly kind: "error" },
  { name, module, cell }: Subject,
): PipelineError {
  const at = MODULE_LINE.exec(stack)?.[1];
  const begun = cell === undefined ? undefined : { cell, line: 1 };
  const where = whereIs(module.place(Number(at)) ?? begun, name);
  const isKnown = kind === "input" || kind === "output" || kind === "kafka";
  const said = message.replace(/\.$/, "");
  const what = kind === undefined && error !== "Error" ? `${error}: ${said}` : said;
  return new PipelineError(isKnown ? kind : "input", `${where}: ${what}`, {
    hint: hint ?? hintOf(error, message),
    cause: Object.assign(new Error(message), { stack }),
  });
}

/** Returns the error where a cell has taken longer than it may. */
export function lateError(seconds: number, { name, cell }: Subject): PipelineError {
  const what = cell === undefined
    ? `${name}: no cell has begun`
    : `${name}, cell ${cell}: it has not ended`;
  return new PipelineError("input", `${what} after ${seconds} seconds`, {
    hint: "Nothing was written; give it longer with --timeout, or 0 for no end",
  });
}

function hintOf(name: string, message: string): string {
  return name === "NotCapable" || message.includes("--no-remote")
    ? "Cells may read and write files, and use the network with --network, no more"
    : SEE_MORE;
}

/** Returns the place for an error, or the notebook where it is not known. */
export function whereIs(place: Place | undefined, name: string): string {
  return place === undefined ? name : placeName(name, place);
}
