/**
 * The folder of a store: what may stand in it, and whether it still does.
 */
import { onDisk, unusable } from "./failures.ts";
import { DATABASE } from "./schema.ts";

/** The data files of a store. */
export const FILES = {
  rows: "etudiants_transformed.csv",
  rejects: "rejects.jsonl",
} as const;
/** The file that says who uses the store. */
export const LOCK = "store.lock";

/**
 * Returns the path of the folder, made where it is missing.
 *
 * @throws {PipelineError} If it or a file in it is a symbolic link or no file, or it holds
 * students of another origin.
 */
export function checkFolder(path: string): string {
  const folder = path.replace(/(?<=.)[/\\]+$/, "");
  const info = lstat(folder);
  if (info?.isSymlink) throw unfit(folder, "it is a symbolic link");
  if (info?.isDirectory === false) throw unfit(folder, "it is not a folder");
  if (info === undefined) {
    onDisk(folder, () => Deno.mkdirSync(folder, { recursive: true }));
  }
  const data = Object.values(FILES).filter((name) => isThere(folder, name));
  // in this order: who makes a store at this moment makes its database first
  const isStore = isThere(folder, DATABASE);
  if (data.length > 0 && !isStore) {
    throw unfit(folder, `it holds ${data[0]}, but no ${DATABASE}: it is not a store`);
  }
  isThere(folder, LOCK);
  return folder;
}

/** Whether a file of that name stands in the folder; refuses what is no file. */
function isThere(folder: string, name: string): boolean {
  const file = lstat(`${folder}/${name}`);
  if (file?.isSymlink) throw unfit(folder, `its ${name} is a symbolic link`);
  if (file?.isFile === false) throw unfit(folder, `its ${name} is not a file`);
  return file !== undefined;
}

/** Returns which files stand in the folder, as the file system numbers them. */
export function inodes(folder: string): string {
  return [...Object.values(FILES), DATABASE].map((name) => {
    const info = lstat(`${folder}/${name}`);
    return info === undefined ? "none" : `${info.dev}:${info.ino}`;
  }).join();
}

function unfit(folder: string, reason: string) {
  return unusable(folder, reason, { hint: "Give another folder with --store" });
}

/** Returns what stands there, itself where it is a link. */
export function lstat(path: string): Deno.FileInfo | undefined {
  return onDisk(path, () => {
    try {
      return Deno.lstatSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  });
}
