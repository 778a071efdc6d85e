/**
 * The worker that Spark's executors run is the one that its TypeScript gives.
 */
import assert from "node:assert/strict";
import { processTest } from "./support.ts";

const BUILT = "lib/spark/worker.js";

processTest(`${BUILT} is built from its TypeScript as it is now`, async (folder) => {
  const { tasks } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const [name, ...args] = tasks.worker.command.split(" ");
  assert.equal(name, "deno");
  const rebuilt = `${folder}/worker.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: args.map((arg: string) => arg === BUILT ? rebuilt : arg),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.ok(
    Deno.readTextFileSync(rebuilt) === Deno.readTextFileSync(BUILT),
    "Run deno task worker",
  );
});
