/**
 * A data file of a store: only ever appended to, and cut back to what was recorded of it.
 */
import { countLines } from "../transform/kernel/lines.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { onDisk, unusable } from "./failures.ts";

/** How long a file is. */
export interface Length {
  /** In bytes. */
  readonly bytes: number;
  /** In lines, each with its end; of the CSV with the header. */
  readonly lines: number;
}

/** A file that grows. */
export class StoreFile implements Disposable {
  readonly path: string;
  readonly #file: DiskFile;
  #bytes = 0;
  #lines = 0;
  #isFlushed = true;

  /** @throws {PipelineError} If the system refuses to open it. */
  constructor(disk: Disk, path: string) {
    this.path = path;
    this.#file = onDisk(path, () => disk.openFile(path));
  }

  /** How long it is, what was not flushed yet included. */
  get length(): Length {
    return { bytes: this.#bytes, lines: this.#lines };
  }

  /**
   * Checks that the file holds what was recorded of it, as far as its length shows.
   *
   * @throws {PipelineError} If it is shorter, or no line ends there: somebody else has
   * changed it.
   */
  check({ bytes }: Length): void {
    const { size } = onDisk(this.path, () => this.#file.statSync());
    if (size < bytes) {
      throw unusable(this.path, `it has ${size} bytes, but ${bytes} were recorded`);
    }
    if (bytes > 0 && onDisk(this.path, () => this.#byteAt(bytes - 1)) !== LF) {
      throw unusable(this.path, `no line ends at byte ${bytes}, as was recorded`);
    }
  }

  /**
   * Cuts the file back to a length that was recorded; what follows was never committed.
   *
   * @throws {PipelineError} If the system refuses.
   */
  cutBack({ bytes, lines }: Length): void {
    onDisk(this.path, () => {
      this.#file.truncateSync(bytes);
      this.#file.seekSync(bytes, Deno.SeekMode.Start);
    });
    this.#bytes = bytes;
    this.#lines = lines;
  }

  /**
   * Appends the bytes.
   *
   * @throws {PipelineError} If the system refuses: the disk is full, say.
   */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#isFlushed = false;
    onDisk(this.path, () => {
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(bytes.subarray(done));
      }
    });
    this.#bytes += bytes.length;
    this.#lines += countLines(bytes);
  }

  /**
   * Returns when what was written is on the disk itself.
   *
   * @throws {PipelineError} If the system refuses.
   */
  flush(): void {
    if (this.#isFlushed) return;
    onDisk(this.path, () => this.#file.syncDataSync());
    this.#isFlushed = true;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #byteAt(place: number): number | undefined {
    const byte = new Uint8Array(1);
    this.#file.seekSync(place, Deno.SeekMode.Start);
    return this.#file.readSync(byte) === 1 ? byte[0] : undefined;
  }
}

const LF = 10;
