/**
 * Java as a process: started, and ended.
 */
import { PipelineError, systemReason } from "../../lib/errors.ts";
import type { Product } from "./product.ts";

/** A running program. */
export interface JavaProcess {
  readonly child: Deno.ChildProcess;
  /** What Java itself has said; the program writes into a log of its own. */
  readonly complaints: Promise<string>;
}

/** Why a server cannot start, and what to do. */
export type Reason = readonly [what: string, hint: string];

/** What Java says where it is older than what it is to run. */
export const TOO_OLD: readonly [pattern: RegExp, reason: Reason] = [
  /UnsupportedClassVersionError/,
  [
    "this Java is too old",
    "Install Java 17 or newer (Debian: apt install default-jre-headless)",
  ],
];

/** How long a server may take to end when it is asked to, in ms. */
const FAREWELL_MS = 20_000;

/**
 * Starts a program in Java.
 *
 * @throws {PipelineError} If Java is missing.
 */
export function startJava(
  { kind }: Product,
  options: Pick<Deno.CommandOptions, "args" | "cwd" | "env">,
): JavaProcess {
  try {
    const child = new Deno.Command("java", {
      ...options,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return { child, complaints: child.stderr.text() };
  } catch (cause) {
    throw new PipelineError(kind, `Cannot run java: ${systemReason(cause)}`, {
      hint: "Install Java 17 or newer (Debian: apt install default-jre-headless)",
      cause,
    });
  }
}

/** Ends the process and waits until it is gone. */
export async function end(
  { child, complaints }: JavaProcess,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  const send = (signal: Deno.Signal): void => {
    try {
      child.kill(signal);
    } catch { /* it has ended by itself */ }
  };
  send(signal);
  const timer = setTimeout(() => send("SIGKILL"), FAREWELL_MS);
  await child.status;
  await complaints;
  clearTimeout(timer);
}

/** Returns the text of a file, or none where it cannot be read. */
export function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Returns the error of a server that cannot start. */
export function startError(
  { kind, server }: Product,
  [what, hint]: Reason,
  cause?: unknown,
): PipelineError {
  return new PipelineError(kind, `Cannot start the ${server}: ${what}`, { hint, cause });
}
