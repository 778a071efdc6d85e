/**
 * A run of a notebook: the same notebook with the outputs of its cells, as Jupyter would
 * have kept them.
 */
import { moduleOf } from "./module.ts";
import type { Cell, Notebook } from "./notebook.ts";
import { Outputs } from "./outputs.ts";
import { HOST, lintCells, type ProcessOptions, runCells } from "./process.ts";

/**
 * Returns the notebook with what its cells have shown and printed.
 *
 * @throws {PipelineError} If a cell is not TypeScript, a type is wrong, or a cell throws or
 * takes too long.
 */
export async function runNotebook(
  notebook: Notebook,
  options: ProcessOptions,
): Promise<Notebook> {
  const module = moduleOf(notebook, { name: options.name, host: HOST });
  const outputs = new Outputs();
  await runCells(module, { ...options, onHappening: (one) => outputs.add(one) });
  let count = 0;
  const cells = notebook.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    count++;
    return { ...cell, execution_count: count, outputs: outputs.of(count) };
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
