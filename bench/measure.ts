/**
 * Runs whole processes and measures them: wall time from start to end, and peak memory as
 * GNU time tells it where it is installed. Without it, Linux would count this process's own
 * memory as a child's.
 */

import { PipelineError } from "../lib/errors.ts";

/** A process to start. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables on top of those that are there. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One run of a process, or the median of several. */
export interface Measured {
  /** Wall time. */
  readonly seconds: number;
  /** Peak resident memory, in millions of bytes; undefined where GNU time is missing. */
  readonly megabytes: number | undefined;
}

/** A program under measurement. */
export interface Subject {
  /** Its name; no two have the same. */
  readonly name: string;
  /** How it is started, to write into the folder. */
  readonly command: (out: string) => Command;
  /** The subject whose statistics it must have written too; that one stands before it. */
  readonly sameAs?: string;
}

const GNU_TIME = "/usr/bin/time";
const DECODER = new TextDecoder();

/**
 * Runs a process to its end.
 *
 * @throws {PipelineError} If it fails; the message is the last line of its complaint.
 */
export async function measure({ program, args, env }: Command): Promise<Measured> {
  const isTimed = await hasGnuTime();
  const words = isTimed ? ["-f", "peak %M KiB", program, ...args] : [...args];
  const command = new Deno.Command(isTimed ? GNU_TIME : program, {
    args: words,
    ...(env && { env }),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const started = performance.now();
  const { success, stderr } = await command.output();
  const seconds = (performance.now() - started) / 1000;
  const text = DECODER.decode(stderr);
  if (!success) {
    throw new PipelineError(
      "engine",
      lastLine(text) ?? `${program} fails without a word`,
    );
  }
  const kibibytes = isTimed ? /peak (\d+) KiB\s*$/.exec(text)?.[1] : undefined;
  const megabytes = kibibytes === undefined ? undefined : Number(kibibytes) * 1024 / 1e6;
  return { seconds, megabytes };
}

let gnuTime: Promise<boolean> | undefined;

function hasGnuTime(): Promise<boolean> {
  return gnuTime ??= new Deno.Command(GNU_TIME, {
    args: ["-f", "%M", "true"],
    stdout: "null",
    stderr: "null",
  }).output().then(({ success }) => success, () => false);
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").findLast((line) =>
    !/^(peak \d+|Command exited)/.test(line)
  );
}

/**
 * Returns what a program prints.
 *
 * @throws {PipelineError} If it cannot be started or fails; the message says why.
 */
export async function run(program: string, args: readonly string[]): Promise<string> {
  let output;
  try {
    output = await new Deno.Command(program, { args: [...args] }).output();
  } catch {
    throw new PipelineError("engine", `${program} is not installed`);
  }
  if (output.success) return DECODER.decode(output.stdout).trim();
  const complaint = DECODER.decode(output.stderr).trim().split("\n").at(-1);
  throw new PipelineError("engine", `${program} ${args[0]} fails: ${complaint}`);
}

/** Returns the middle value, or the mean of the two in the middle; undefined of none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Returns the medians of time and memory over the runs; undefined of none. */
export function medians(runs: readonly Measured[]): Measured | undefined {
  const seconds = median(runs.map((run) => run.seconds));
  if (seconds === undefined) return undefined;
  const known = runs.flatMap(({ megabytes }) => megabytes ?? []);
  return { seconds, megabytes: median(known) };
}
