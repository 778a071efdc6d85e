/**
 * What can be wrong with a store, in words: each error says which folder and what to do.
 */
import { type ErrorKind, PipelineError, systemReason } from "../errors.ts";

/** What to do with a store that is not as it must be. */
export const OTHER_FOLDER =
  "Bring the folder back from a copy, or start over in another: what Kafka still holds can be read again";

/** What to do where the system refuses. */
export const MEND = "What was committed is safe: mend this, then start again";

/** Returns the error for a folder that cannot be used as a store. */
export function unusable(
  path: string,
  reason: string,
  options: {
    readonly hint?: string;
    readonly kind?: ErrorKind;
    readonly cause?: unknown;
  } = {},
): PipelineError {
  const { hint = OTHER_FOLDER, kind = "output", cause } = options;
  return new PipelineError(kind, `Cannot use ${path}: ${reason}`, { hint, cause });
}

/**
 * Does something on disk.
 *
 * @throws {PipelineError} If the system refuses, with its reason in plain words.
 */
export function onDisk<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError("output", `Cannot write ${path}: ${reasonOf(cause)}`, {
      hint: MEND,
      cause,
    });
  }
}

/** How SQLite's messages begin, in plain words (https://sqlite.org/rescode.html). */
const SQLITE_WORDS: readonly (readonly [message: string, words: string])[] = [
  ["attempt to write a readonly database", "it is read-only"],
  ["database is locked", "another program is using it"],
  ["database or disk is full", "the disk is full"],
  ["disk I/O error", "the disk reports a read or write error"],
  ["unable to open database file", "it cannot be opened"],
];

/** Returns why the system or SQLite refused, in plain words. */
export function reasonOf(error: unknown): string {
  const known = SQLITE_WORDS.find(([message]) => isSqlite(error, message));
  return known?.[1] ?? systemReason(error);
}

/** Whether it is SQLite that refused, with a message that begins so. */
export function isSqlite(error: unknown, message = ""): error is Error {
  const { code } = error as { readonly code?: unknown };
  return error instanceof Error && code === "ERR_SQLITE_ERROR" &&
    error.message.startsWith(message);
}
