/**
 * What the tests share: tests that need permissions or components, a temporary folder, the
 * command line in this process and as a real one.
 */
import assert from "node:assert/strict";
import { type Commands, runCommand } from "../lib/cli/main.ts";
import { BatchReader, type RawRecord } from "../lib/transform/records.ts";
import type { RejectLine } from "../lib/transform/rejects.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";

const isGranted = (name: "read" | "write" | "run" | "env" | "net"): boolean =>
  Deno.permissions.querySync({ name }).state === "granted";

/** Whether files can be read and written: false under a bare `deno test`. */
export const hasDisk = isGranted("read") && isGranted("write");
/** Whether real processes can be started. */
export const hasProcesses = hasDisk && isGranted("run") && isGranted("env");
/** Whether this machine can be asked over the network. */
export const hasNetwork =
  Deno.permissions.querySync({ name: "net", host: "127.0.0.1" }).state === "granted";
/** Whether a missing component fails a test instead of leaving it out. */
export const isGate = isGranted("env") && Deno.env.get("CI") === "true";

/** Whether a program can be started; says so where it cannot, but not at the gate. */
export function hasProgram(name: string): boolean {
  if (!hasProcesses) return false;
  try {
    new Deno.Command(name, { args: ["-v"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    if (!isGate) console.info(`left out, ${name} is not installed: tests that need it`);
    return false;
  }
}

/** A test that reads and writes files; ignored where it may not. */
export function diskTest(
  name: string,
  test: (folder: string) => void | Promise<void>,
): void {
  Deno.test({ name, ignore: !hasDisk, fn: () => inTempFolder(test) });
}

/** A test that starts real processes; ignored where it may not. */
export function processTest(
  name: string,
  test: (folder: string) => void | Promise<void>,
  options: { readonly ignore?: boolean } = {},
): void {
  const ignore = !hasProcesses || options.ignore === true;
  Deno.test({ name, ignore, fn: () => inTempFolder(test) });
}

async function inTempFolder(
  test: (folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cohort-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a command left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with a world of its own. */
export async function runHere(
  args: readonly string[],
  world: {
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: Uint8Array;
    readonly now?: () => Date;
    readonly signal?: AbortSignal;
    readonly isTerminal?: boolean;
  } = {},
  commands?: Commands,
): Promise<Ran> {
  const out = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const output = (name: "stdout" | "stderr") => ({
    isTerminal: () => world.isTerminal ?? false,
    writeSync: (bytes: Uint8Array) => {
      out[name] += decoder.decode(bytes);
      return bytes.length;
    },
  });
  const code = await runCommand(args, {
    env: (name) => world.env?.[name],
    stdin: new Blob([world.stdin?.slice() ?? ""]).stream(),
    stdout: output("stdout"),
    stderr: output("stderr"),
    now: world.now ?? (() => new Date("2026-01-31T12:00:00Z")),
    signal: world.signal ?? new AbortController().signal,
  }, commands);
  return { code, ...out };
}

const ROOT = new URL("../", import.meta.url);

/** Returns the words that start the command line as its task does, with its permissions. */
export function commandWords(
  args: readonly string[],
): readonly [program: string, ...args: string[]] {
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const task: string = config.tasks[args[0]!].command;
  const flags = task.split(" ").filter((word) => word.startsWith("--"));
  const main = new URL("main.ts", ROOT).pathname;
  return [Deno.execPath(), "run", ...flags, main, ...args];
}

/** Starts the command line as a real process, with the permissions of its task. */
export function startCommand(
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args"> = {},
): Deno.ChildProcess {
  const [program, ...words] = commandWords(args);
  return new Deno.Command(program, {
    args: words,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
}

/** Runs the command line as a real process to its end. */
export async function runCommandProcess(
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args"> = {},
): Promise<Ran> {
  const output = await startCommand(args, options).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Writes a file below the folder; returns its path. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = `${folder}/${name}`;
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  return path;
}

/** Returns the bytes of a text in Latin-1, for bytes that are no UTF-8. */
export function bytes(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}

/** Returns the lines of `rejects.jsonl`, parsed. */
export function rejectLines(rejects: Uint8Array): readonly RejectLine[] {
  const lines = new TextDecoder().decode(rejects).split("\n");
  assert.equal(lines.pop(), ""); // each line has its end
  return lines.map((line) => JSON.parse(line));
}

/** Yields the records of a whole input. */
export function recordsOf(
  bytes: Uint8Array,
  layout: Layout = PLAIN_LAYOUT,
): Generator<RawRecord> {
  const input = { name: "x.csv", layout };
  return new BatchReader(layout).read({ input, bytes, byteOffset: 0, isLast: true });
}
