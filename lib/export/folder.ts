/**
 * The output folder: files appear in it whole or not at all. Each is written under a name of
 * its own beside its place, flushed to disk, and all are renamed at the end.
 */
import { createHash, type Hash } from "node:crypto";
import { PipelineError, systemReason } from "../errors.ts";
import { countLines } from "../transform/kernel/lines.ts";

/** A file as it was written. */
export interface Written {
  readonly file: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Who may use what is made. */
export interface Access {
  /** POSIX permissions, from the moment on at which it is made; the system's where absent. */
  readonly mode?: number;
}

const UTF8 = new TextEncoder();
const PARTIAL = /^\.(.+)\.[0-9a-f]{8}\.partial$/;

/** A folder for the outputs of one run; dispose of it to drop what was not committed. */
export class OutputFolder implements Disposable {
  readonly path: string;
  readonly #files: OutputFile[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Returns the folder, made where it is missing, ready for files of these names.
   *
   * @throws {PipelineError} If the folder or one of the places is a symbolic link, a file
   * where a folder must be or a folder where a file must be, or cannot be written.
   */
  static open(
    path: string,
    names: readonly string[],
    { mode }: Access = {},
  ): OutputFolder {
    const folder = OutputFolder.#check(path, names);
    onDisk(
      folder.path,
      () => Deno.mkdirSync(folder.path, { recursive: true, ...(mode && { mode }) }),
    );
    folder.#sweep(names);
    return folder;
  }

  /**
   * Refuses early a place that a later step will need; nothing is made.
   *
   * @throws {PipelineError} As {@linkcode OutputFolder.open}, as far as it can be seen.
   */
  static check(path: string, names: readonly string[]): void {
    OutputFolder.#check(path, names);
  }

  static #check(path: string, names: readonly string[]): OutputFolder {
    const folder = new OutputFolder(path.replace(/(?<=.)[/\\]+$/, ""));
    const place = folder.#refuseLink("");
    if (place?.isDirectory === false) throw unwritable(folder.path, "it is not a folder");
    if (place !== undefined) { for (const name of names) folder.#checkPlace(name); }
    return folder;
  }

  /** Returns a new file that will get this name when the folder is committed. */
  create(name: string, access: Access = {}): OutputFile {
    const random = crypto.getRandomValues(new Uint8Array(4));
    const partial = this.#at(`.${name}.${random.toHex()}.partial`);
    const file = new OutputFile(name, { place: this.#at(name), partial }, access);
    this.#files.push(file);
    return file;
  }

  /** Writes a whole file, part by part. */
  write(name: string, text: string | Iterable<string>, access: Access = {}): Written {
    const file = this.create(name, access);
    for (const part of typeof text === "string" ? [text] : text) {
      file.write(UTF8.encode(part));
    }
    return file.close();
  }

  /** Puts all files into their places, those that were created last at the end. */
  commit(): void {
    for (const file of this.#files) file.close();
    // all places first: a place that has become unfit must not leave half of a run
    for (const file of this.#files) this.#checkPlace(file.name);
    while (this.#files.length > 0) {
      this.#files[0]!.putIntoPlace();
      this.#files.shift();
    }
    syncFolder(this.path);
  }

  /** Removes the files that were not committed. */
  [Symbol.dispose](): void {
    for (const file of this.#files.splice(0)) file.discard();
  }

  #at(name: string): string {
    return name === "" ? this.path : `${this.path}/${name}`;
  }

  /** Refuses a place that cannot become a file. */
  #checkPlace(name: string): void {
    const info = this.#refuseLink(name);
    if (info?.isDirectory) throw unwritable(this.#at(name), "it is a folder");
    if (info?.isFile === false) throw unwritable(this.#at(name), "it is not a file");
  }

  /** Refuses to write through a symbolic link; returns what stands there. */
  #refuseLink(name: string): Deno.FileInfo | undefined {
    const info = onDisk(this.#at(name), () => {
      try {
        return Deno.lstatSync(this.#at(name));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    });
    if (info?.isSymlink) throw unwritable(this.#at(name), "it is a symbolic link");
    return info;
  }

  /** Removes what a run that was killed has left; a file of a living run is locked. */
  #sweep(names: readonly string[]): void {
    const entries = onDisk(this.path, () => [...Deno.readDirSync(this.path)]);
    for (const { name, isFile } of entries) {
      if (!isFile || !names.includes(PARTIAL.exec(name)?.[1] ?? "")) continue;
      try {
        using file = Deno.openSync(this.#at(name), { write: true });
        if (file.tryLockSync(true)) Deno.removeSync(this.#at(name));
      } catch { /* somebody else's, or gone already */ }
    }
  }
}

/** A file in the making. */
export class OutputFile {
  readonly name: string;
  /** Where it will stand. */
  readonly place: string;
  /** Where it stands until then. */
  readonly partial: string;
  readonly #file: Deno.FsFile;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #lines = 0;
  #written: Written | undefined;

  constructor(
    name: string,
    { place, partial }: { readonly place: string; readonly partial: string },
    { mode }: Access = {},
  ) {
    this.name = name;
    this.place = place;
    this.partial = partial;
    // createNew neither follows a link nor takes over a file
    const options = { write: true, createNew: true, ...(mode && { mode }) };
    this.#file = onDisk(place, () => Deno.openSync(partial, options));
    this.#file.tryLockSync(true);
  }

  /** How many lines were written, found by counting their ends. */
  get lines(): number {
    return this.#lines;
  }

  /**
   * Appends the bytes.
   *
   * @throws {PipelineError} If the system refuses: the disk is full, say.
   */
  write(bytes: Uint8Array): void {
    onDisk(this.place, () => {
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(bytes.subarray(done));
      }
    });
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#lines += countLines(bytes);
  }

  /** Flushes the file to disk; returns what was written. Until it is put into place, its lock
   * tells other runs that somebody still needs it. */
  close(): Written {
    if (this.#written === undefined) {
      onDisk(this.place, () => this.#file.syncSync());
      const { name: file } = this;
      this.#written = { file, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
    }
    return this.#written;
  }

  /** Gives the file its name. */
  putIntoPlace(): void {
    onDisk(this.place, () => Deno.renameSync(this.partial, this.place));
    this.#file.close();
  }

  /** Removes the file; never throws, so that the first error is the one that is told. */
  discard(): void {
    try {
      this.#file.close();
      Deno.removeSync(this.partial);
    } catch { /* it is gone, or the disk is: nothing more can be done */ }
  }
}

/** Makes what was made or renamed in a folder durable, where the system can open a folder. */
export function syncFolder(path: string): void {
  try {
    using folder = Deno.openSync(path);
    folder.syncSync();
  } catch { /* Windows cannot, and need not */ }
}

function unwritable(path: string, reason: string, cause?: unknown): PipelineError {
  const hint = "Choose another folder with --out; earlier outputs are untouched";
  return new PipelineError("output", `Cannot write ${path}: ${reason}`, { hint, cause });
}

function onDisk<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw unwritable(path, systemReason(cause), cause);
  }
}
