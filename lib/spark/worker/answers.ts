/**
 * What a worker answers: rows as they are, all else behind a mark. Many lines go as one, for
 * Spark takes as long over a short line as over a long one.
 */
import type { AgesByField } from "../../analyse/ages.ts";
import { toJson } from "../../json.ts";
import { countLines } from "../../transform/kernel/lines.ts";
import { FROM_WORKER, JOINT, META, type Split, type SplitEnd } from "./protocol.ts";

const LF = 10;
/** How long a line is at most, unless a single row or reject is longer. */
const LINE_BYTES = 32 * 1024;
const UTF8 = new TextEncoder();

/** Writes answers. */
export class Answers {
  readonly #write: (bytes: Uint8Array) => void;

  readonly #maxRejects: number;
  #rejectsLeft = 0;

  /**
   * @param write Takes all the bytes.
   * @param maxRejects How many rejects of a split are handed on at most.
   */
  constructor(write: (bytes: Uint8Array) => void, maxRejects = Infinity) {
    this.#write = write;
    this.#maxRejects = maxRejects;
  }

  /** Says which split what follows is of. */
  split(split: Split): void {
    this.#rejectsLeft = this.#maxRejects;
    this.#meta(FROM_WORKER.split, toJson(split));
  }

  /** Hands on rows of the CSV, each with its line end; they are overwritten. */
  rows(csv: Uint8Array): void {
    for (const line of joined(csv)) this.#write(line);
  }

  /** Hands on lines of `rejects.jsonl`, each with its line end; they are overwritten. */
  rejects(lines: Uint8Array): void {
    if (this.#rejectsLeft <= 0) return;
    this.#rejectsLeft -= countLines(lines);
    for (const line of joined(lines)) {
      this.#write(Uint8Array.of(META, FROM_WORKER.rejects.charCodeAt(0)));
      this.#write(line);
    }
  }

  /** Says what became of the split. */
  end(end: SplitEnd): void {
    this.#meta(FROM_WORKER.end, toJson(end));
  }

  /** Says how old the valid students are. */
  ages(ages: AgesByField): void {
    for (const [field, counts] of ages) {
      const found = [...counts.entries()].filter(([, count]) => count > 0);
      this.#meta(FROM_WORKER.ages, toJson([field, found]));
    }
  }

  #meta(kind: string, text: string): void {
    this.#write(UTF8.encode(`${String.fromCharCode(META)}${kind}${text}\n`));
  }
}

/** Yields the same lines with most of the line ends between them replaced. */
function* joined(lines: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < lines.length;) {
    const within = lines.subarray(from, from + LINE_BYTES).lastIndexOf(LF) + 1;
    const end = within > 0 ? from + within : lines.indexOf(LF, from) + 1;
    for (let at = from; at < end - 1; at++) if (lines[at] === LF) lines[at] = JOINT;
    yield lines.subarray(from, end);
    from = end;
  }
}
