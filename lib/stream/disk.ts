/**
 * What a store asks of the disk, as an argument: tests let each step of it fail.
 */
import type { DatabaseSync } from "node:sqlite";

/** A file that is appended to. */
export type DiskFile = Pick<
  Deno.FsFile,
  | "readSync"
  | "writeSync"
  | "seekSync"
  | "truncateSync"
  | "syncDataSync"
  | "statSync"
  | "close"
>;

/** A database in SQLite. */
export type Database = Pick<DatabaseSync, "exec" | "prepare" | "close">;

/** The disk under a store. */
export interface Disk {
  /** Opens a file for reading and writing, made where it is missing. */
  openFile(path: string): DiskFile;
  /** Opens a database, made where it is missing. */
  openDatabase(path: string): Promise<Database>;
}

/** The disk of this machine. */
export const localDisk: Disk = {
  openFile: (path) => Deno.openSync(path, { read: true, write: true, create: true }),
  openDatabase: (path) => openSqlite(path, { readOnly: false }),
};

/** Opens a database; SQLite is loaded only by those who use a store. */
export async function openSqlite(
  path: string,
  { readOnly }: { readonly readOnly: boolean },
): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  return new DatabaseSync(path, { readOnly, timeout: 5000 });
}
