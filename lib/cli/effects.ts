/**
 * What a command does to the world, as an argument: tests pass their own.
 */
import { PipelineError, systemReason } from "../errors.ts";
import type { Terminal } from "./screen.ts";

export { printable } from "../printable.ts";

/** A text stream to a person or a pipe. */
export interface Output {
  writeSync(bytes: Uint8Array): number;
  /** Writes some of the bytes while others work; absent where that cannot be had. */
  write?(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/** The world around a command. */
export interface Effects {
  /** An environment variable's value; undefined where it is not set. */
  readonly env: (name: string) => string | undefined;
  readonly stdin: ReadableStream<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Date;
  /** Aborts when the user or the system wants the program to stop. */
  readonly signal: AbortSignal;
  /** What is drawn on; absent where nothing can be. */
  readonly terminal?: Terminal;
}

/** Writes the text; a reader that has gone away (`| head`) is no error. */
export function print(output: Output, text: string): void {
  writeAll(output, new TextEncoder().encode(text));
}

/** Writes the text to standard error; where that is full, nobody can be told of it. */
export function complain({ stderr }: Pick<Effects, "stderr">, text: string): void {
  try {
    print(stderr, text);
  } catch { /* the exit code still tells */ }
}

/** Writes all the bytes; returns whether there is still a reader. */
export function writeAll(output: Output, bytes: Uint8Array): boolean {
  try {
    for (let done = 0; done < bytes.length;) {
      done += writeSome(output, bytes.subarray(done));
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw new PipelineError(
      "output",
      `Cannot write to standard output: ${systemReason(error)}`,
      { cause: error },
    );
  }
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/** Writes some of the bytes; waits where the pipe is full and does not wait itself. */
function writeSome(output: Output, bytes: Uint8Array): number {
  while (true) {
    try {
      return output.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(NEVER_WOKEN, 0, 0, 5);
    }
  }
}

/** The chunks of standard input; a signal ends the waiting for more. */
export async function* untilAborted(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Returns a signal that Ctrl-C and SIGTERM abort; a second one ends the process at once. */
export function stopOnSignals(
  { addSignalListener, build, exit }: Pick<
    typeof Deno,
    "addSignalListener" | "build" | "exit"
  >,
): AbortSignal {
  const controller = new AbortController();
  const stop = (kind: "interrupted" | "terminated", message: string): void => {
    const error = new PipelineError(kind, message, {
      hint: "Earlier outputs are untouched",
    });
    if (controller.signal.aborted) exit(error.exitCode);
    controller.abort(error);
  };
  addSignalListener("SIGINT", () => stop("interrupted", "Stopped by Ctrl-C"));
  if (build.os !== "windows") {
    addSignalListener("SIGTERM", () => stop("terminated", "Stopped by SIGTERM"));
  }
  return controller.signal;
}
