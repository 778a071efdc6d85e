/**
 * A process that shows a busy stream until a signal comes, for tests. With `fail` it then
 * throws; with `exit` it ends at once, as at a second signal.
 */
import { stopOnSignals } from "../lib/cli/main.ts";
import { liveView } from "../lib/cli/live_view.ts";
import { terminalOf } from "../lib/cli/screen.ts";
import { busyStream, feed } from "./live_support.ts";

const signal = stopOnSignals(Deno);
const monitor = busyStream({ now: () => new Date() });
const view = liveView(monitor.read, {
  env: (name) => Deno.env.get(name),
  stderr: Deno.stderr,
  terminal: terminalOf(Deno),
});
try {
  for (let offset = 1000n; !signal.aborted; offset += 7n) {
    feed(monitor, new Array(7).fill("Zoé Martin, 30, Law"), { offset });
    monitor.ends(0, offset + 7n);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (Deno.args[0] === "exit") Deno.exit(3);
  if (Deno.args[0] === "fail") throw new Error("it failed");
  view.say("finished \x1b[31m");
} finally {
  await view[Symbol.asyncDispose]();
}
