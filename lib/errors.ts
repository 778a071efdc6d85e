/**
 * The one error class for what a user can mend, and the exit codes.
 *
 * Bad data is a value (a reject) and never comes through here; a bad world (a missing
 * file, a full disk) is a {@linkcode PipelineError}; a bad call is a built-in error.
 */

/** What went wrong, in the large; each kind has its own exit code. */
export type ErrorKind =
  | "internal"
  | "usage"
  | "input"
  | "quality"
  | "kafka"
  | "output"
  | "engine"
  | "interrupted"
  | "terminated";

/** The exit code of the process for each kind of error; 0 means done. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  internal: 1,
  usage: 2,
  input: 3,
  quality: 4,
  kafka: 5,
  output: 6,
  engine: 7,
  interrupted: 130,
  terminated: 143,
};

/** An error that tells a person what went wrong, where, and what to do. */
export class PipelineError extends Error {
  /** The name of the class, as stack traces show it. */
  override readonly name = "PipelineError";
  /** The kind of the error; it chooses the exit code. */
  readonly kind: ErrorKind;
  /** What to do about it, one line; absent where nothing better can be said. */
  readonly hint: string | undefined;

  /**
   * Makes an error for a person.
   *
   * @param kind Chooses the exit code.
   * @param message What went wrong with its place (file, line, topic); no period, no secrets.
   * @param options `hint`: what to do. `cause`: the error underneath, passed on.
   */
  constructor(
    kind: ErrorKind,
    message: string,
    options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }

  /** The exit code of the process, from 1 to 143. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The operating system's own codes in plain words; what is missing here is shown as it is. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "another program is using it",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  EIO: "the disk reports a read or write error",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
};

/** Returns why the operating system refused, in plain words: "permission denied". */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return "the process has no permission for it";
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && code in SYSTEM_WORDS) return SYSTEM_WORDS[code]!;
  // "No such file or directory (os error 2): readfile 'x'" → the first half
  return error.message.replace(/ \(os error .*$/s, "").toLowerCase();
}
