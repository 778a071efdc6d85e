/**
 * A process that ingests the tests' messages of two partitions into a store, for tests that
 * kill it: deno run tests/store_child.ts FOLDER END, up to that offset of both.
 */
import { ingestInto, messages, openHere } from "./store_support.ts";

const [path, end] = [Deno.args[0]!, Number(Deno.args[1])];
const PARTITIONS = [0, 1];

console.log("opening");
using store = await openHere(path);
console.log("opened");
const ingest = ingestInto(store, { partitions: PARTITIONS, commitMs: 3 });
for (let i = 0; ingest.positions.values().some((at) => at < end); i++) {
  const partition = PARTITIONS[i % 2]!;
  const at = Number(ingest.positions.get(partition));
  ingest.add(messages(partition, at, Math.min(end, at + 1 + i * 7 % 50)));
}
ingest.commit();
