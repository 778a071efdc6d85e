/**
 * Where records come from. Whoever adds a source implements {@linkcode Source} in one file;
 * nothing else changes.
 */
import type { Batch, Input } from "../transform/types.ts";

/** One input: a file, standard input, a topic, or a script's own. */
export interface Source extends Input {
  /**
   * Yields batches in order until the input ends or `signal` aborts. Pulling is the
   * backpressure: nothing is read ahead of what is asked for.
   *
   * @throws {PipelineError} If the input cannot be read to its end.
   */
  read(signal: AbortSignal): AsyncIterable<Batch>;
  /** How many bytes {@linkcode Source.read} will go through; absent where nobody knows. */
  readonly size?: number;
  /** How many of them were read so far. */
  readonly bytesRead?: () => number;
  /** What was read, once it was read to its end; absent where the source is not a file. */
  readonly digest?: () => Digest;
}

/** Identifies what was read, as `sha256sum` would. */
export interface Digest {
  /** Bytes as they are on disk, compressed where the file is. */
  readonly bytes: number;
  /** SHA-256 of these bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}
