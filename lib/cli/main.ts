/**
 * The commands: finds the one that is meant, runs it, and turns what goes wrong into two
 * lines and an exit code.
 */
import config from "../../deno.json" with { type: "json" };
import { PipelineError } from "../errors.ts";
import type { Command } from "./command.ts";
import { complain, type Effects, print, printable } from "./effects.ts";
import { flagLines } from "./help.ts";
import { nearest, variableOf } from "./settings.ts";

export { stopOnSignals } from "./effects.ts";
export { terminalOf } from "./screen.ts";

/** What loads each command, by its name: none waits for the code of the others. */
export type Commands = ReadonlyMap<string, () => Promise<Command>>;

const COMMANDS: Commands = new Map([
  ["report", async () => (await import("./report.ts")).reportCommand],
  ["generate", async () => (await import("./generate.ts")).generateCommand],
  ["certs", async () => (await import("./certs.ts")).certsCommand],
  ["produce", async () => (await import("./produce.ts")).produceCommand],
  ["stream", async () => (await import("./stream.ts")).streamCommand],
  ["notebook", async () => (await import("./notebook.ts")).notebookCommand],
]);

/** Runs the command that the arguments name; returns the exit code of the process. */
export async function runCommand(
  args: readonly string[],
  effects: Effects,
  commands: Commands = COMMANDS,
): Promise<number> {
  try {
    await dispatch(args, effects, commands);
    return 0;
  } catch (error) {
    return fail(error, isDebug(args, effects), effects);
  }
}

/** Whether the settings ask for stacks; nothing has read them yet when they are wrong. */
function isDebug(args: readonly string[], { env }: Effects): boolean {
  return args.includes("--debug") ||
    ["1", "true"].includes(env(variableOf("debug")) ?? "");
}

async function dispatch(
  args: readonly string[],
  effects: Effects,
  commands: Commands,
): Promise<void> {
  const [name, ...rest] = args;
  const load = commands.get(name ?? "");
  if (args.includes("--version")) {
    print(effects.stdout, `cohort ${config.version} (Deno ${Deno.version.deno})\n`);
  } else if (load !== undefined) {
    const command = await load();
    if (rest.includes("--help")) {
      print(effects.stdout, await command.help?.(rest) ?? helpOf(name!, command));
    } else await command.run(rest, effects);
  } else if (name === "--help") print(effects.stdout, await overview(commands));
  else {
    const close = name === undefined ? undefined : nearest(name, [...commands.keys()]);
    const what = name === undefined
      ? "No command is given"
      : `There is no command "${name}"`;
    const known = [...commands.keys()].join(", ");
    throw new PipelineError("usage", what, {
      hint: close === undefined
        ? `Commands: ${known}; see --help`
        : `Did you mean ${close}?`,
    });
  }
}

/** Tells what went wrong and what to do, in two lines at most. */
function fail(error: unknown, isDebug: boolean, effects: Effects): number {
  const known = error instanceof PipelineError ? error : new PipelineError(
    "internal",
    `A fault of cohort: ${error instanceof Error ? error.message : String(error)}`,
    { hint: "Run again with --debug and report what it shows", cause: error },
  );
  complain(effects, `error: ${printable(known.message)}\n`);
  if (known.hint !== undefined) complain(effects, `       ${printable(known.hint)}\n`);
  if (isDebug) {
    for (let at: unknown = known; at instanceof Error; at = at.cause) {
      complain(effects, `${(at.stack ?? "").split("\n").map(printable).join("\n")}\n`);
    }
  }
  return known.exitCode;
}

async function overview(commands: Commands): Promise<string> {
  const lines = await Promise.all(
    [...commands].map(async ([name, load]) =>
      `  ${name.padEnd(10)} ${(await load()).summary}`
    ),
  );
  return `cohort: cleans and analyses student records\n\n` +
    `Usage: deno task COMMAND [FLAGS]\n\nCommands:\n${lines.join("\n")}\n\n` +
    `Each has its own help: deno task ${[...commands.keys()][0]} --help\n`;
}

function helpOf(name: string, { summary, settings }: Command): string {
  const flags = flagLines(settings);
  return `${summary}\n\nUsage: deno task ${name} [FLAGS]\n\n${flags}\n\n` +
    `A flag can also be set as a variable: ${
      variableOf(Object.keys(settings)[0]!)
    } and so on.\n`;
}
