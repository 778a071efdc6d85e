/**
 * `deno task stream` against a real broker, killed again and again: `--soak` for longer.
 */
import assert from "node:assert/strict";
import { readStore } from "../../lib/stream/snapshot.ts";
import { checkStore } from "../store_support.ts";
import {
  openFeeder,
  PARTITIONS,
  readAll,
  sent,
  SESSION_MS,
  startStream,
  TOPIC,
  until,
  wait,
} from "./stream_support.ts";
import { kafkaTest, putCertificates, useBroker } from "./support.ts";

const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  return { topic: TOPIC, partitions: PARTITIONS };
});

const SHORT = { session: SESSION_MS };
const KILLS = Deno.args.includes("--soak") ? 150 : 25;
const MESSAGES = 1_000_000;

/** When a process is killed: so many milliseconds at most after it said so. */
const MOMENTS: readonly (readonly [after: string, withinMs: number])[] = [
  ["", 1200],
  ["Reading", 20],
  ["Reading", 400],
];

kafkaTest(`a stream survives ${KILLS} kills while a million messages flow`, async () => {
  const store = `${bench().folder}/killed`;
  const flags = ["--store", store, "--group-id", "killed"];
  await using feeder = await openFeeder(bench());
  for (let i = 0; i < KILLS; i++) {
    // while each of them lives: poured at once, the first ones could read them all
    const poured = feeder.pour(Math.ceil(MESSAGES / KILLS));
    const [after, withinMs] = MOMENTS[i % MOMENTS.length]!;
    const { child, said, ended } = startStream(bench(), flags, SHORT);
    if (after !== "") await said(after);
    await wait(withinMs * Math.random());
    child.kill("SIGKILL");
    assert.equal((await ended).signal, "SIGKILL");
    await poured;
  }
  // on a busy machine none of them may have come far: one has time to commit before it dies
  const before = await bytesIn(store);
  await feeder.send(10_000);
  const { child, ended } = startStream(bench(), flags, SHORT);
  await until(async () => await bytesIn(store) > Math.max(before, 10_000));
  child.kill("SIGKILL");
  await ended;
  await checkStore(store, { isClosed: false });
  await readAll(bench(), flags);
  assert.deepEqual(await checkStore(store), sent());
});

/** Returns how many bytes of rows are committed. */
async function bytesIn(store: string): Promise<number> {
  return (await readStore(store)).contents.rows.bytes;
}
