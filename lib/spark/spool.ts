/**
 * What has come too early, kept until its turn: the first megabyte in memory, the rest in a
 * file beside the outputs that has no name, so that nothing is left of it.
 */
import { PipelineError, systemReason } from "../errors.ts";
import { concat } from "../transform/bytes.ts";

/** Where something stands in a spool. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

const MEMORY_BYTES = 1 << 20;

/** Keeps bytes; dispose of it to free its file. */
export class Spool implements Disposable {
  readonly #folder: string;
  #file: Deno.FsFile | undefined;
  #name: string | undefined;
  /** How many bytes are in the file. */
  #written = 0;
  #memory: Uint8Array[] = [];
  #inMemory = 0;

  /** @param folder Where the file is made if there is to be one. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Keeps the bytes; returns where they are.
   *
   * @throws {PipelineError} If the system refuses: the disk is full, say.
   */
  append(bytes: Uint8Array): Place {
    const place = { at: this.#written + this.#inMemory, length: bytes.length };
    this.#memory.push(bytes.slice());
    this.#inMemory += bytes.length;
    if (this.#inMemory > MEMORY_BYTES) this.#onDisk(() => this.#flush());
    return place;
  }

  /** Returns what was kept there, in memory of its own. */
  read({ at, length }: Place): Uint8Array {
    if (at >= this.#written) {
      if (this.#memory.length > 1) this.#memory = [concat(this.#memory)];
      const from = at - this.#written;
      return this.#memory[0]!.slice(from, from + length);
    }
    return this.#onDisk(() => {
      const bytes = new Uint8Array(length);
      this.#file!.seekSync(at, Deno.SeekMode.Start);
      for (let done = 0; done < length;) {
        const read = this.#file!.readSync(bytes.subarray(done));
        if (read === null) throw new RangeError("it became shorter");
        done += read;
      }
      return bytes;
    });
  }

  #flush(): void {
    if (this.#file === undefined) {
      const options = { dir: this.#folder, prefix: ".cohort-", suffix: ".spool" };
      const name = Deno.makeTempFileSync(options);
      this.#file = Deno.openSync(name, { read: true, write: true });
      if (!removed(name)) this.#name = name;
    }
    this.#file.seekSync(this.#written, Deno.SeekMode.Start);
    for (const bytes of this.#memory) {
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(bytes.subarray(done));
      }
      this.#written += bytes.length;
    }
    this.#memory = [];
    this.#inMemory = 0;
  }

  #onDisk<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw new PipelineError(
        "output",
        `Cannot write into ${this.#folder}: ${systemReason(cause)}`,
        {
          hint: "Choose another folder with --out; earlier outputs are untouched",
          cause,
        },
      );
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    if (this.#name !== undefined) removed(this.#name);
  }
}

/** Removes the file, as far as the system lets go of one that is open. */
function removed(name: string): boolean {
  try {
    Deno.removeSync(name);
    return true;
  } catch {
    return false;
  }
}
