/**
 * Partitions as the group has given them to us once, and how the client learns where to read
 * each.
 */
import { PipelineError } from "../errors.ts";
import type { PartitionReader } from "./reader.ts";

/** What an assignment needs. */
export interface AssignmentOptions {
  readonly reader: PartitionReader;
  /** Tells the client where to read a partition. */
  readonly seek: (partition: number, at: bigint) => void;
  /** Whether it is still the latest. */
  readonly isCurrent: () => boolean;
}

/** How long a partition's start is not looked for again after it was not found, in ms. */
const SEARCH_AGAIN_MS = 300;

/** The partitions that are ours, until the group shares out anew. */
export class Assignment {
  readonly partitions: readonly number[];
  readonly #options: AssignmentOptions;
  /** Where the client was told to read. */
  readonly #sought = new Map<number, bigint>();
  #isSettled = false;

  /**
   * Takes the partitions and seeks their checkpoints at once: the client asks for messages as
   * soon as the handler of the event that brought them returns.
   */
  constructor(partitions: readonly number[], options: AssignmentOptions) {
    this.partitions = partitions;
    this.#options = options;
    for (const partition of partitions) {
      const at = options.reader.checkpoints.get(partition);
      if (at !== undefined) this.#seek(partition, at);
    }
  }

  /** Whether it is known where to read. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * Finds where to read; the client may meanwhile fetch what is not wanted.
   *
   * @throws {PipelineError} If the reader cannot go on from there.
   */
  async settle(): Promise<void> {
    const { reader, isCurrent } = this.#options;
    while (isCurrent()) {
      try {
        const starts = await reader.findStarts(this.partitions);
        if (!isCurrent()) return;
        for (const [partition, at] of reader.assign(starts)) {
          if (this.#sought.get(partition) !== at) this.#seek(partition, at);
        }
        this.#isSettled = true;
        return;
      } catch (error) {
        if (error instanceof PipelineError) throw error;
        await new Promise((done) => setTimeout(done, SEARCH_AGAIN_MS));
      }
    }
  }

  /** Learns that the client has gone on by itself: it has to be told again where to read. */
  moved(partition: number): void {
    this.#sought.delete(partition);
  }

  #seek(partition: number, at: bigint): void {
    this.#options.seek(partition, at);
    this.#sought.set(partition, at);
  }
}
