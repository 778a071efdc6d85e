/** The `broker` task: real effects in, exit code out. */
import { runCommand, stopOnSignals } from "../../lib/cli/main.ts";
import { brokerCommand } from "./command.ts";

const effects = {
  env: (name: string) => Deno.env.get(name),
  stdin: Deno.stdin.readable,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  now: () => new Date(),
  signal: stopOnSignals(Deno),
};
const commands = new Map([["broker", () => Promise.resolve(brokerCommand)]]);
Deno.exit(await runCommand(["broker", ...Deno.args], effects, commands));
