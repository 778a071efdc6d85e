/**
 * Runs the cells of a notebook without Jupyter: as one module, type-checked, in a Deno
 * process of its own that may read and write files, and use the network where it is let.
 */
import { PipelineError } from "../errors.ts";
import { cellError, checkError, lateError, whereIs } from "./cell_errors.ts";
import { type Event, eventsIn, type Happening } from "./events.ts";
import type { CellModule } from "./module.ts";

/** Where and how cells run. */
export interface ProcessOptions {
  /** The notebook's name, for errors. */
  readonly name: string;
  /** The notebook's folder: the cells see paths from there, as in Jupyter. */
  readonly folder: string;
  /** The path of the project's `deno.json`, which says what `cohort` is. */
  readonly config: string;
  /** How long one cell may take, in seconds; 0 for no end. */
  readonly timeout: number;
  /** Whether the cells may use the network; by default not. */
  readonly hasNetwork?: boolean;
  readonly signal: AbortSignal;
}

/** The module that stands around the cells. */
export const HOST: string = new URL("./host.ts", import.meta.url).href;

/**
 * Runs the cells and tells what they do, in order, while they do it.
 *
 * @throws {PipelineError} If a type is wrong, a cell throws or takes too long; the error names
 * the cell. It is of the kind "input", or of the kind of the `PipelineError` that the cell has
 * thrown.
 */
export async function runCells(
  module: CellModule,
  options: ProcessOptions & { readonly onHappening: (one: Happening) => void },
): Promise<void> {
  const { name, timeout, signal, onHappening } = options;
  const child = await start(
    // --permission-set goes with --config, so that a notebook may stand anywhere
    [
      ...["run", "--quiet", "--no-prompt", "--check"],
      ...(options.hasNetwork
        ? ["--permission-set=cells-network"]
        // without the second an import could still ask the hosts that Deno trusts
        : ["--permission-set=cells", "--no-remote"]),
    ],
    module,
    options,
  );
  using clock = new Clock(timeout, () => kill(child));
  const stderr = beginningOf(child.stderr);
  let cell: number | undefined;
  let error: Event & { readonly kind: "error" } | undefined;
  for await (const one of eventsIn(textIn(child.stdout))) {
    if (one.kind === "ready" || one.kind === "cell") clock.start();
    if (one.kind === "cell") cell = one.cell;
    if (one.kind === "error") error ??= one;
    else onHappening(one);
  }
  const { success } = await child.status;
  const subject = { name, module, cell };
  signal.throwIfAborted();
  if (clock.isOver) throw lateError(timeout, subject);
  if (success) return;
  throw error === undefined
    ? checkError(await stderr, subject)
    : cellError(error, subject);
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL"); // a cell may not listen to others
  } catch { /* it has just ended by itself */ }
}

/** The time that a cell has. */
class Clock implements Disposable {
  /** Whether the time of a cell has run out. */
  isOver = false;
  readonly #seconds: number;
  readonly #end: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param end Called when it is over. */
  constructor(seconds: number, end: () => void) {
    this.#seconds = seconds;
    this.#end = end;
  }

  /** Gives the whole time again. */
  start(): void {
    clearTimeout(this.#timer);
    if (this.#seconds === 0) return;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#end();
    }, 1000 * this.#seconds);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Checks the cells with `deno lint`.
 *
 * @throws {PipelineError} If it finds something; the error names the cell.
 */
export async function lintCells(
  module: CellModule,
  options: ProcessOptions,
): Promise<void> {
  const child = await start(["lint", "--json"], module, options);
  const output = await child.output();
  options.signal.throwIfAborted();
  if (output.success) return;
  const { diagnostics } = JSON.parse(new TextDecoder().decode(output.stdout)) as {
    readonly diagnostics: readonly {
      readonly range: { readonly start: { readonly line: number } };
      readonly message: string;
      readonly code: string;
      readonly hint: string | null;
    }[];
  };
  const [first] = diagnostics;
  if (first === undefined) {
    const stderr = new TextDecoder().decode(output.stderr);
    throw checkError(stderr, { name: options.name, module, cell: undefined });
  }
  const { range, message, code, hint } = first;
  const where = whereIs(module.place(range.start.line), options.name);
  const what = message.replace(/\.$/, "");
  throw new PipelineError("input", `${where}: ${what} (${code})`, {
    hint: hint ?? undefined,
  });
}

/** Starts Deno on the module, which it reads from its standard input. */
async function start(
  args: readonly string[],
  { source }: CellModule,
  { folder, config, signal }: ProcessOptions,
): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, "--config", config, "-"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const writer = child.stdin.getWriter();
  // a process that ends early closes the pipe: its exit code tells why
  await writer.write(new TextEncoder().encode(source)).catch(() => {});
  await writer.close().catch(() => {});
  return child;
}

function textIn(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream());
}

/** How much is kept of what the process says on standard error, in characters. */
const MOST_SAID = 100_000;

/** Reads all of the stream, and returns the beginning. */
async function beginningOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let text = "";
  for await (const chunk of textIn(stream)) {
    if (text.length < MOST_SAID) text += chunk;
  }
  return text;
}
