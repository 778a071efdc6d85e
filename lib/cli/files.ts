/**
 * Small files that a command reads whole: its settings, an earlier result.
 */
import { type ErrorKind, PipelineError, systemReason } from "../errors.ts";

/** Whether there is a file at the path. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Returns the text of a file, without the mark that Notepad writes first.
 *
 * @param kind Of the error.
 * @throws {PipelineError} If it cannot be read.
 */
export function readText(path: string, kind: ErrorKind): string {
  try {
    return Deno.readTextFileSync(path).replace(/^\ufeff/, "");
  } catch (cause) {
    throw new PipelineError(kind, `Cannot read ${path}: ${systemReason(cause)}`, {
      cause,
    });
  }
}
