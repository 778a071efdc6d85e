/**
 * Threads that clean blocks: what they are asked and what they answer. Blocks and results
 * are handed over, not copied, and their memory goes round.
 */
import { type AgesByField, moveAges } from "../analyse/ages.ts";
import { PipelineError } from "../errors.ts";
import type { Block } from "../transform/blocks.ts";
import type { CleanedBlock } from "../transform/cleaned.ts";
import type { ReaderState } from "../transform/records.ts";
import type { Input } from "../transform/types.ts";

/** A block to clean. */
export interface BlockJob {
  readonly input: Input;
  readonly block: Block;
  /** Where the block begins. */
  readonly state: ReaderState;
  /** What a student counts: 1, or -1 to take the ages of the block back. */
  readonly weight: 1 | -1;
  /** Memory for the result. */
  readonly spare?: Uint8Array;
}

/** What a thread is told: whom to keep, first of all; a block; or to give its ages. */
export type Question = { readonly olderThan: number } | BlockJob | {
  readonly ages: true;
};

/** What a thread answers. */
export type Answer =
  | BlockAnswer
  | { readonly ages: AgesByField }
  | { readonly failure: string };

/** What became of a block, and the block again. */
export interface BlockAnswer {
  readonly cleaned: CleanedBlock;
  readonly block: Block;
  /** The memory that holds the result. */
  readonly memory: Uint8Array;
}

const MEMORY_STEP = 64 * 1024;

/** Returns memory for so many bytes: the spare one, or some that fits a few more as well. */
export function roomFor(bytes: number, spare: Uint8Array | undefined): Uint8Array {
  return spare !== undefined && spare.length >= bytes
    ? spare
    : new Uint8Array(Math.ceil((bytes + 1) / MEMORY_STEP) * MEMORY_STEP);
}

/** Who waits for an answer of a thread. */
interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** What the thread is doing, for errors. */
  readonly what: string;
}

interface Thread {
  readonly worker: Worker;
  /** In the order of the questions. */
  readonly waiting: Waiting[];
}

const WORKER = new URL("./worker.ts", import.meta.url);

/** Threads; dispose of them to end them. */
export class Pool implements Disposable {
  readonly #threads: readonly Thread[];
  #error: PipelineError | undefined;

  /**
   * Starts the threads.
   *
   * @param worker The module that they run.
   */
  constructor(threads: number, olderThan: number, worker = WORKER) {
    this.#threads = Array.from({ length: threads }, (_, i) => {
      const thread: Thread = {
        worker: new Worker(worker, { type: "module", name: `cleaning ${i + 1}` }),
        waiting: [],
      };
      thread.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ("failure" in data) this.#fail(i, data.failure);
        else thread.waiting.shift()?.resolve(data);
      };
      thread.worker.onerror = (event) => {
        event.preventDefault();
        this.#fail(i, event.message);
      };
      thread.worker.postMessage({ olderThan });
      return thread;
    });
  }

  /** Returns what became of a block: done by the thread that has the least to do. */
  clean(job: BlockJob): Promise<BlockAnswer> {
    const thread = this.#threads.reduce((least, other) =>
      other.waiting.length < least.waiting.length ? other : least
    );
    const what = `cleaned ${job.input.name} from byte ${job.state.byteOffset}`;
    const transfer = [job.block.bytes.buffer, ...(job.spare ? [job.spare.buffer] : [])];
    return this.#ask(thread, job, what, transfer) as Promise<BlockAnswer>;
  }

  /** Adds the ages that the threads have counted since the last time. */
  async takeAges(into: AgesByField): Promise<void> {
    const answers = await Promise.all(
      this.#threads.map((thread) => this.#ask(thread, { ages: true }, "gave its ages")),
    );
    for (const answer of answers) if ("ages" in answer) moveAges(into, answer.ages);
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    for (const { worker } of this.#threads) worker.terminate();
  }

  #ask(
    { worker, waiting }: Thread,
    question: Question,
    what: string,
    transfer: ArrayBufferLike[] = [],
  ): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#error !== undefined) reject(this.#error);
      else waiting.push({ resolve, reject, what });
    });
    answer.catch(() => {}); // it may fail before somebody waits for it
    worker.postMessage(question, transfer as ArrayBuffer[]);
    return answer;
  }

  #fail(i: number, message: string): void {
    const what = this.#threads[i]!.waiting[0]?.what ?? "started";
    this.#error ??= new PipelineError(
      "internal",
      `Thread ${i + 1} failed while it ${what}: ${message}`,
      { hint: "Run again with --threads 1; if that fails too, please report it" },
    );
    for (const { waiting } of this.#threads) {
      for (const { reject } of waiting.splice(0)) reject(this.#error);
    }
  }
}
