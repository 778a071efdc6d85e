/**
 * What the cells of a run have shown and printed, as a notebook keeps it.
 */
import { numbersFor } from "../report/words/numbers.ts";
import type { MimeBundle } from "./bundle.ts";
import type { Happening } from "./events.ts";
import type { CellOutput } from "./notebook.ts";

/** An output in the making. */
type Output = {
  readonly output_type: "stream" | "display_data" | "execute_result";
  readonly name?: "stdout" | "stderr";
  text?: string;
  data?: MimeBundle;
  readonly metadata?: Record<string, never>;
  readonly execution_count?: number;
};

/** The outputs of one cell. */
interface CellOutputs {
  readonly outputs: Output[];
  /** How many characters it has printed. */
  printed: number;
}

const { whole } = numbersFor("en");

/** How much of what a cell prints is kept, in characters: nobody would read more. */
export const MOST_TEXT = 100_000;

/** Collects the outputs of each cell; no more is held than is kept. */
export class Outputs {
  readonly #cells = new Map<number, CellOutputs>();
  readonly #places = new Map<string, Output>();
  #cell = 1; // what is printed while modules load belongs to the first

  /** Takes the next thing that happened. */
  add(one: Happening): void {
    switch (one.kind) {
      case "cell":
        this.#cell = one.cell;
        break;
      case "stdout":
      case "stderr":
        this.#print(one.kind, one.text);
        break;
      case "display":
        this.#show({ output_type: "display_data", data: one.data, metadata: {} }, one.id);
        break;
      case "update": {
        const place = this.#places.get(one.id ?? "");
        if (place !== undefined) place.data = one.data;
        break;
      }
      case "result":
        this.#show({
          ...{ output_type: "execute_result", data: one.data, metadata: {} },
          execution_count: this.#cell,
        });
    }
  }

  /** Returns the outputs of a cell, and a word about what is not kept of its text. */
  of(cell: number): readonly CellOutput[] {
    const { outputs, printed } = this.#of(cell);
    const more = printed - MOST_TEXT;
    if (more <= 0) return outputs;
    const rest = `\n… and ${whole(more)} more characters that this cell printed\n`;
    const last = outputs.at(-1);
    return last?.text === undefined
      ? [...outputs, { output_type: "stream", name: "stdout", text: rest }]
      : [...outputs.slice(0, -1), { ...last, text: last.text + rest }];
  }

  #of(cell: number): CellOutputs {
    return this.#cells.getOrInsertComputed(cell, () => ({ outputs: [], printed: 0 }));
  }

  #show(output: Output, id?: string): void {
    this.#of(this.#cell).outputs.push(output);
    if (id !== undefined) this.#places.set(id, output);
  }

  /** Keeps the text with the output before, where that went to the same stream. */
  #print(name: "stdout" | "stderr", text: string): void {
    const here = this.#of(this.#cell);
    const kept = text.slice(0, Math.max(0, MOST_TEXT - here.printed)).toWellFormed();
    here.printed += text.length;
    const last = here.outputs.at(-1);
    if (kept === "") return;
    if (last?.name === name) last.text += kept;
    else here.outputs.push({ output_type: "stream", name, text: kept });
  }
}
