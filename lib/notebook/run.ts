/**
 * A run of a notebook: the same notebook with the outputs of its cells, as Jupyter would
 * have kept them.
 */
import type { MimeBundle } from "./bundle.ts";
import { moduleOf } from "./module.ts";
import type { Cell, CellOutput, Notebook } from "./notebook.ts";
import {
  type Happening,
  HOST,
  lintCells,
  type ProcessOptions,
  runCells,
} from "./process.ts";

/**
 * Returns the notebook with what its cells have shown and printed.
 *
 * @throws {PipelineError} If a cell is not TypeScript, a type is wrong, or a cell throws.
 */
export async function runNotebook(
  notebook: Notebook,
  options: ProcessOptions,
): Promise<Notebook> {
  const module = moduleOf(notebook, { name: options.name, host: HOST });
  const outputs = outputsOf(await runCells(module, options));
  let count = 0;
  const cells = notebook.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    count++;
    const shown = (outputs.get(count) ?? []).map(shortened);
    return { ...cell, execution_count: count, outputs: shown };
  });
  return { ...notebook, cells };
}

/**
 * Checks the notebook without Jupyter: the cells are linted as they stand, type-checked, and
 * run.
 *
 * @throws {PipelineError} If something is wrong; the error names the cell.
 */
export async function checkNotebook(
  notebook: Notebook,
  options: ProcessOptions,
): Promise<void> {
  await lintCells(moduleOf(notebook, { name: options.name }), options);
  await runNotebook(notebook, options);
}

/** An output in the making. */
type Output = {
  readonly output_type: "stream" | "display_data" | "execute_result";
  readonly name?: "stdout" | "stderr";
  text?: string;
  data?: MimeBundle;
  readonly metadata?: Record<string, never>;
  readonly execution_count?: number;
};

/** Returns the outputs of each cell by its number. */
export function outputsOf(
  happenings: readonly Happening[],
): ReadonlyMap<number, readonly CellOutput[]> {
  const outputs = new Map<number, Output[]>();
  const shown = new Map<string, Output>();
  let here: Output[] = [];
  let cell = 0;
  for (const one of happenings) {
    switch (one.kind) {
      case "cell":
        cell = one.cell;
        outputs.set(cell, here = []);
        break;
      case "stdout":
      case "stderr":
        addText(here, one.kind, one.text);
        break;
      case "display":
        here.push({ output_type: "display_data", data: one.data, metadata: {} });
        if (one.id !== undefined) shown.set(one.id, here.at(-1)!);
        break;
      case "update": {
        const place = shown.get(one.id ?? "");
        if (place !== undefined) place.data = one.data;
        break;
      }
      case "result":
        here.push({
          output_type: "execute_result",
          data: one.data,
          metadata: {},
          execution_count: cell,
        });
    }
  }
  return outputs;
}

/** Adds the text to the output before, where that went to the same stream. */
function addText(outputs: Output[], name: "stdout" | "stderr", text: string): void {
  const last = outputs.at(-1);
  if (last?.name === name) last.text += text;
  else outputs.push({ output_type: "stream", name, text });
}

/** How much of what a cell prints is kept, in characters. */
const MOST_TEXT = 100_000;

/** Returns the output without the end of a text that nobody would read. */
export function shortened(output: CellOutput): CellOutput {
  const { text } = output;
  if (typeof text !== "string" || text.length <= MOST_TEXT) return output;
  const more = text.length - MOST_TEXT;
  const rest = `\n… and ${more} more characters that this cell printed\n`;
  return { ...output, text: text.slice(0, MOST_TEXT).toWellFormed() + rest };
}
