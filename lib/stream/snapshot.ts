/**
 * A store as a reader sees it: what was committed at one moment, also while a stream goes on
 * writing, since what is committed never changes.
 */
import type { AgesByField } from "../analyse/ages.ts";
import { type Contents, readAges, readContents } from "./contents.ts";
import { type Database, openSqlite } from "./disk.ts";
import { MEND, reasonOf, unusable } from "./failures.ts";
import { checkDatabase, DATABASE, onDatabase } from "./schema.ts";

/** What a store held at one moment. */
export interface StoreSnapshot {
  /** The folder as it was given. */
  readonly path: string;
  /** What was read, and how much of the files counts. */
  readonly contents: Contents;
  /** The ages of all valid students, kept or not, by field. */
  readonly ages: AgesByField;
}

/** Whether a folder is a store. */
export function isStore(path: string): boolean {
  try {
    return Deno.statSync(`${path}/${DATABASE}`).isFile;
  } catch {
    return false;
  }
}

/**
 * Returns what the store in a folder holds now; a stream that writes to it is not held up.
 *
 * @throws {PipelineError} If it is no store, damaged, or cannot be read.
 */
export async function readStore(path: string): Promise<StoreSnapshot> {
  const folder = path.replace(/(?<=.)[/\\]+$/, "");
  if (!isStore(folder)) {
    throw unusable(folder, `it holds no ${DATABASE}`, {
      kind: "input",
      hint: "Give the folder of a stream, data/live by default",
    });
  }
  const database = await openToRead(folder);
  try {
    return onDatabase(folder, "input", () => {
      database.exec("BEGIN"); // one moment for all that is read
      checkDatabase(database, folder, "input");
      const contents = readContents(database, { path: folder, kind: "input" });
      return { path: folder, contents, ages: readAges(database) };
    });
  } finally {
    database.close();
  }
}

async function openToRead(folder: string): Promise<Database> {
  try {
    return await openSqlite(`${folder}/${DATABASE}`, { readOnly: true });
  } catch (cause) {
    const hint = MEND;
    throw unusable(folder, `${DATABASE}: ${reasonOf(cause)}`, {
      kind: "input",
      hint,
      cause,
    });
  }
}
