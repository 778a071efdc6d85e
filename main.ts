/** The command line: real effects in, exit code out. */
import { runCommand, stopOnSignals, terminalOf } from "./lib/cli/main.ts";

const code = await runCommand(Deno.args, {
  env: (name) => Deno.env.get(name),
  stdin: Deno.stdin.readable,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  now: () => new Date(),
  signal: stopOnSignals(Deno),
  terminal: terminalOf(Deno),
});
Deno.exit(code);
