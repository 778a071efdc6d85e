/** The command line: real effects in, exit code out. */
import { needsNetwork } from "./lib/cli/network.ts";

const env = (name: string) => Deno.env.get(name);
if (!needsNetwork(Deno.args, env)) Deno.permissions.revokeSync({ name: "net" });
const { runCommand, stopOnSignals, terminalOf } = await import("./lib/cli/main.ts");
const code = await runCommand(Deno.args, {
  env,
  stdin: Deno.stdin.readable,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  now: () => new Date(),
  signal: stopOnSignals(Deno),
  terminal: terminalOf(Deno),
});
Deno.exit(code);
