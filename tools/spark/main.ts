/** The `spark` task: real effects in, exit code out. */
import { runCommand, stopOnSignals } from "../../lib/cli/main.ts";
import { sparkCommand } from "./command.ts";

const effects = {
  env: (name: string) => Deno.env.get(name),
  stdin: Deno.stdin.readable,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  now: () => new Date(),
  signal: stopOnSignals(Deno),
};
const commands = new Map([["spark", () => Promise.resolve(sparkCommand)]]);
Deno.exit(await runCommand(["spark", ...Deno.args], effects, commands));
