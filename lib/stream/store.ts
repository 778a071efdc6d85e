/**
 * A store: a folder with the students and the rejects of a stream, and a database that says
 * how much of them counts. What was not committed is cut off when the store is opened, so
 * that a crash at any moment loses nothing and doubles nothing.
 */
import { syncFolder } from "../export/folder.ts";
import { STUDENTS_HEADER } from "../transform/csv.ts";
import { type Contents, type OffsetRange, readContents } from "./contents.ts";
import { type Database, type Disk, localDisk } from "./disk.ts";
import { onDisk, unusable } from "./failures.ts";
import { StoreFile } from "./file.ts";
import { checkFolder, FILES, inodes, lstat } from "./folder.ts";
import { checkIdentity } from "./identity.ts";
import { lockFolder } from "./lock.ts";
import type { GainedLines } from "./pending.ts";
import { type Delta, type Lengths, type Recorder, recorder } from "./record.ts";
import {
  checkDatabase,
  closePlain,
  createTables,
  damaged,
  DATABASE,
  isEmpty,
  makeDurable,
  onDatabase,
  type StoreIdentity,
} from "./schema.ts";

/** What opening a store needs from the world; what is absent is this machine's. */
export interface StoreOptions {
  readonly disk?: Disk;
  /** The clock. */
  readonly now?: () => Date;
}

interface Parts {
  readonly contents: Contents;
  readonly disk: Disk;
  readonly database: Database;
}

/** An open store; dispose of it to release it, which drops what was not committed. */
export class Store implements Disposable {
  /** The folder. */
  readonly path: string;
  /** Whose messages it holds, and how they are cleaned. */
  readonly identity: StoreIdentity;
  /** `etudiants_transformed.csv`. */
  readonly rows: StoreFile;
  /** `rejects.jsonl`. */
  readonly rejects: StoreFile;
  readonly #recorder: Recorder;
  #lastRanges: Map<number, OffsetRange>;
  /** Lock, database and files, released in the opposite order. */
  readonly #opened: DisposableStack;
  #recorded: Lengths;
  #inodes = "";

  private constructor(path: string, opened: DisposableStack, parts: Parts) {
    const { contents, disk, database } = parts;
    this.path = path;
    this.identity = contents.identity;
    this.#recorded = contents;
    this.#recorder = recorder(database, path);
    this.#lastRanges = new Map(
      contents.partitions.entries().map(([partition, { ranges }]) =>
        [partition, ranges.at(-1)!] as const
      ),
    );
    this.rows = opened.use(new StoreFile(disk, `${path}/${FILES.rows}`));
    this.rejects = opened.use(new StoreFile(disk, `${path}/${FILES.rejects}`));
    this.#begin(database);
    this.#opened = opened.move();
  }

  /**
   * Opens a store for one process alone, made where it is missing, its files cut back to
   * what was committed.
   *
   * @param identity Whose messages it holds and how they are cleaned.
   * @throws {PipelineError} If another process uses it, it is damaged, no store or one of
   * something else, or it cannot be written.
   */
  static async open(
    path: string,
    identity: StoreIdentity,
    { disk = localDisk, now = () => new Date() }: StoreOptions = {},
  ): Promise<Store> {
    const folder = checkFolder(path);
    using opened = new DisposableStack();
    opened.use(lockFolder(folder, { pid: Deno.pid, since: now().toISOString() }));
    const database = await openDatabase(disk, folder);
    opened.defer(() => closePlain(database));
    const contents = onDatabase(folder, "output", () => {
      if (isEmpty(database)) create(database, folder, identity);
      else checkDatabase(database, folder, "output");
      const contents = readContents(database, { path: folder, kind: "output" });
      checkIdentity(contents.identity, identity, folder);
      return contents;
    });
    return new Store(folder, opened, { contents, disk, database });
  }

  #begin(database: Database): void {
    this.cutBack();
    onDisk(`${this.path}/${DATABASE}`, () => makeDurable(database));
    // the names of the files and of the folder: a power failure could take them away
    for (const folder of [this.path, `${this.path}/..`]) syncFolder(folder);
    this.#inodes = inodes(this.path);
    if (this.#recorded.rows.bytes > 0) return;
    this.rows.write(new TextEncoder().encode(STUDENTS_HEADER));
    this.rows.flush();
    this.commit({ partitions: new Map(), ages: new Map() });
  }

  /** The range of a partition that was read last; its end is the checkpoint. */
  lastRange(partition: number): OffsetRange | undefined {
    return this.#lastRanges.get(partition);
  }

  /** Where each partition is to be read on, as far as it was committed. */
  get checkpoints(): ReadonlyMap<number, bigint> {
    return new Map(
      this.#lastRanges.entries().map(([partition, { next }]) => [partition, next]),
    );
  }

  /** How many lines the files have gained since the last commit. */
  get gainedLines(): GainedLines {
    return {
      rows: this.rows.length.lines - this.#recorded.rows.lines,
      rejects: this.rejects.length.lines - this.#recorded.rejects.lines,
    };
  }

  /**
   * Drops what was written but not committed.
   *
   * @throws {PipelineError} If a file is shorter than was recorded, or the disk refuses.
   */
  cutBack(): void {
    this.rows.check(this.#recorded.rows);
    this.rejects.check(this.#recorded.rejects);
    this.rows.cutBack(this.#recorded.rows);
    this.rejects.cutBack(this.#recorded.rejects);
  }

  /**
   * Records what was added, all of it or nothing; both files must be flushed before.
   *
   * @returns Takes it back, as long as nothing was added after it.
   * @throws {PipelineError} If the disk refuses, the folder is gone, or somebody else has
   * written to it. Only opening the store again tells then whether it was recorded.
   */
  commit(delta: Delta): () => void {
    const from = this.#recorded;
    const entry = {
      delta,
      from,
      to: { rows: this.rows.length, rejects: this.rejects.length },
    };
    const ranges = new Map(this.#lastRanges);
    onDisk(`${this.path}/${DATABASE}`, () => {
      // what is written to a deleted file is lost without an error
      if (inodes(this.path) !== this.#inodes) {
        throw unusable(this.path, "a file in it was deleted or replaced meanwhile", {
          hint: "Start again: it goes on from what is there then",
        });
      }
      this.#recorder.add(entry);
    });
    this.#recorded = entry.to;
    for (const [partition, { range }] of delta.partitions) {
      this.#lastRanges.set(partition, range);
    }
    return () => {
      onDisk(`${this.path}/${DATABASE}`, () => this.#recorder.takeBack(entry, ranges));
      this.#recorded = from;
      this.#lastRanges = ranges;
      this.cutBack();
    };
  }

  /** Closes and releases the store. */
  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}

async function openDatabase(disk: Disk, folder: string): Promise<Database> {
  const path = `${folder}/${DATABASE}`;
  try {
    return await disk.openDatabase(path);
  } catch (cause) {
    return onDisk(path, () => {
      throw cause;
    });
  }
}

/** Makes the tables, unless there are data whose record is lost. */
function create(database: Database, folder: string, identity: StoreIdentity): void {
  for (const name of Object.values(FILES)) {
    const { size } = lstat(`${folder}/${name}`) ?? { size: 0 };
    if (size > 0) {
      throw damaged(folder, "output", `it is empty, but ${name} has ${size} bytes`);
    }
  }
  onDisk(`${folder}/${DATABASE}`, () => createTables(database, identity));
}
