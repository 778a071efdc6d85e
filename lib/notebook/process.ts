/**
 * Runs the cells of a notebook without Jupyter: as one module, type-checked, in a Deno
 * process of its own that may read and write files, and use the network where it is let.
 */
import { PipelineError } from "../errors.ts";
import { type Event, MARK } from "./events.ts";
import { type CellModule, type Place, placeName } from "./module.ts";

/** Where and how cells run. */
export interface ProcessOptions {
  /** The notebook's name, for errors. */
  readonly name: string;
  /** The notebook's folder: the cells see paths from there, as in Jupyter. */
  readonly folder: string;
  /** The path of the project's `deno.json`, which says what `cohort` is. */
  readonly config: string;
  /** Whether the cells may use the network; by default not. */
  readonly hasNetwork?: boolean;
  readonly signal: AbortSignal;
}

/** Something that a cell did, or printed. */
export type Happening = Event | { readonly kind: "stdout"; readonly text: string };

/** The module that stands around the cells. */
export const HOST: string = new URL("./host.ts", import.meta.url).href;

/**
 * Returns what the cells did, in order.
 *
 * @throws {PipelineError} If a type is wrong or a cell throws; the error names the cell. It
 * is of the kind "input", or of the kind of the `PipelineError` that the cell has thrown.
 */
export async function runCells(
  module: CellModule,
  options: ProcessOptions,
): Promise<readonly Happening[]> {
  const { stdout, stderr, success } = await deno(
    // --permission-set goes with --config, so that a notebook may stand anywhere
    [
      ...["run", "--quiet", "--no-prompt", "--check"],
      ...(options.hasNetwork
        ? ["--permission-set=cells-network"]
        // without the second an import could still ask the hosts that Deno trusts
        : ["--permission-set=cells", "--no-remote"]),
    ],
    module,
    options,
  );
  const happenings = parseEvents(stdout);
  if (success) return happenings;
  const error = happenings.find((one) => one.kind === "error");
  if (error === undefined) throw checkError(stderr, module, options);
  throw cellError(error, { happenings, module, options });
}

/**
 * Checks the cells with `deno lint`.
 *
 * @throws {PipelineError} If it finds something; the error names the cell.
 */
export async function lintCells(
  module: CellModule,
  options: ProcessOptions,
): Promise<void> {
  const { stdout, stderr, success } = await deno(["lint", "--json"], module, options);
  if (success) return;
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly {
      readonly range: { readonly start: { readonly line: number } };
      readonly message: string;
      readonly code: string;
      readonly hint: string | null;
    }[];
  };
  const [first] = diagnostics;
  if (first === undefined) throw checkError(stderr, module, options);
  const { range, message, code, hint } = first;
  const where = whereIs(module.place(range.start.line), options.name);
  const what = message.replace(/\.$/, "");
  throw new PipelineError("input", `${where}: ${what} (${code})`, {
    hint: hint ?? undefined,
  });
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly success: boolean;
}

/** Runs Deno on the module, which it reads from its standard input. */
async function deno(
  args: readonly string[],
  { source }: CellModule,
  { folder, config, signal }: ProcessOptions,
): Promise<Output> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, "--config", config, "-"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const writer = child.stdin.getWriter();
  // a process that ends early closes the pipe: its exit code tells why
  await writer.write(new TextEncoder().encode(source)).catch(() => {});
  await writer.close().catch(() => {});
  const { stdout, stderr, success } = await child.output();
  signal.throwIfAborted();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), success };
}

/** Returns the events in what was printed, and what was printed around them. */
export function parseEvents(printed: string): readonly Happening[] {
  const [before, ...rest] = printed.split(MARK);
  const happenings: Happening[] = [];
  const print = (text: string): void => {
    if (text !== "") happenings.push({ kind: "stdout", text });
  };
  print(before!);
  for (const piece of rest) {
    const end = piece.indexOf("\n");
    happenings.push(JSON.parse(piece.slice(0, end)));
    print(piece.slice(end + 1));
  }
  return happenings;
}

const MODULE_LINE = /\$deno\$stdin\.mts:(\d+)/;

/** A type is wrong, a module is missing, or the process died. */
function checkError(
  stderr: string,
  module: CellModule,
  { name }: ProcessOptions,
): PipelineError {
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

/** A cell threw. */
function cellError(
  { name, message, stack, error, hint }: Event & { readonly kind: "error" },
  { happenings, module, options }: {
    readonly happenings: readonly Happening[];
    readonly module: CellModule;
    readonly options: ProcessOptions;
  },
): PipelineError {
  const entered = happenings.findLast((one) => one.kind === "cell");
  const at = MODULE_LINE.exec(stack)?.[1];
  const place = at === undefined ? undefined : module.place(Number(at));
  const where = whereIs(
    place ?? (entered && { cell: entered.cell, line: 1 }),
    options.name,
  );
  const isKnown = error === "input" || error === "output" || error === "kafka";
  const said = message.replace(/\.$/, "");
  const what = error === undefined && name !== "Error" ? `${name}: ${said}` : said;
  return new PipelineError(isKnown ? error : "input", `${where}: ${what}`, {
    hint: hint ?? hintOf(name, message),
    cause: Object.assign(new Error(message), { stack }),
  });
}

function hintOf(name: string, message: string): string {
  return name === "NotCapable" || message.includes("--no-remote")
    ? "Cells may read and write files, and use the network with --network, no more"
    : SEE_MORE;
}

function whereIs(place: Place | undefined, name: string): string {
  return place === undefined ? name : placeName(name, place);
}
