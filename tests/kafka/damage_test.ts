/**
 * Messages that are not what was sent, by a broker's disk or on the way: never a wrong row,
 * never a jump. Against a real broker.
 */
import assert from "node:assert/strict";
import { readStore } from "../../lib/stream/snapshot.ts";
import { readTopic } from "../../lib/stream/topic.ts";
import { Proxy } from "./proxy.ts";
import { readAll, runStream, sendTo } from "./stream_support.ts";
import { kafkaTest, newTopic, putCertificates, useBroker } from "./support.ts";

let proxy: Proxy;
const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  proxy = new Proxy();
  return { extra: [{ name: "PLAIN", advertisedPort: proxy.port }] };
});

const UTF8 = new TextEncoder();
const HINT =
  "       Start again: if this happened on the way here, it is over. Else the " +
  "broker's disk is damaged: mend the topic there, or go on behind it with --from OFFSET\n";
/** A batch's size, in messages. */
const BATCH = 10;

/** Sends three batches to a new topic; returns its name and the flags for it. */
async function produceBatches(): Promise<readonly [topic: string, flags: string[]]> {
  const topic = await newTopic(bench().broker);
  for (let i = 0; i < 3 * BATCH; i += BATCH) {
    const offsets = Array.from({ length: BATCH }, (_, j) => i + j);
    const values = offsets.map((offset) => UTF8.encode(`Zoé N${offset}, 30, Law`));
    await sendTo(bench(), topic, values.map((value) => ({ value })));
  }
  const store = `${bench().folder}/store-${topic}`;
  return [topic, ["--topic", topic, "--group-id", topic, "--store", store]];
}

/** Returns the offsets of the rows in the store of the topic, and where it goes on. */
async function stored(topic: string): Promise<readonly [rows: number[], next: bigint]> {
  const store = `${bench().folder}/store-${topic}`;
  const rows = Deno.readTextFileSync(`${store}/etudiants_transformed.csv`).split("\n");
  const { contents: { partitions } } = await readStore(store);
  return [
    rows.slice(1, -1).map((row) => Number(/^ZOÉ,N(\d+),30,LAW$/.exec(row)?.[1])),
    partitions.get(0)!.ranges.at(-1)!.next,
  ];
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

/** Changes the first of the texts in the bytes, if it is there. */
function spoil(bytes: Uint8Array, text: string): boolean {
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  if (at >= 0) bytes[at]! ^= 1;
  return at >= 0;
}

kafkaTest("a batch that the broker's disk has damaged is refused, loudly", async () => {
  const [topic, flags] = await produceBatches();
  const log = `${bench().folder}/broker/log/${topic}-0/00000000000000000000.log`;
  const sound = Deno.readFileSync(log);
  const bytes = sound.slice();
  assert.ok(spoil(bytes, "N15, 30"));
  Deno.writeFileSync(log, bytes, { create: false });
  for (let run = 0; run < 2; run++) {
    const { code, stderr } = await runStream(bench(), [...flags, "--until-end"]);
    assert.equal(code, 5, stderr);
    const first =
      `error: Cannot read ${topic}/0@10: its bytes do not match their checksum`;
    assert.ok(stderr.endsWith(`${first}\n${HINT}`), stderr);
    assert.deepEqual(await stored(topic), [upTo(10), 10n]);
  }
  const { broker: { port }, certificates: certs } = bench();
  const source = await readTopic(topic, { servers: `127.0.0.1:${port}`, certs });
  await assert.rejects(async () => {
    for await (const _batch of source.read(new AbortController().signal));
  }, { message: `Cannot read ${topic}/0@10: its bytes do not match their checksum` });
  // what the hint says: behind it
  await runStream(bench(), [...flags, "--from", "20", "--max-records", "4"]);
  assert.deepEqual(await stored(topic), [[...upTo(10), 20, 21, 22, 23], 24n]);
});

kafkaTest("a disk that begins a batch at another offset makes no jump", async () => {
  const [topic, flags] = await produceBatches();
  const log = `${bench().folder}/broker/log/${topic}-0/00000000000000000000.log`;
  const bytes = Deno.readFileSync(log);
  const length = 12 + new DataView(bytes.buffer).getInt32(8);
  new DataView(bytes.buffer).setBigInt64(length, 1000n); // the checksum leaves it out
  Deno.writeFileSync(log, bytes, { create: false });
  const { code, stderr } = await runStream(bench(), [...flags, "--until-end"]);
  assert.equal(code, 5, stderr);
  assert.match(
    stderr,
    /error: Cannot read topic-\d+\/0@10: its offsets cannot be true\n/,
  );
  assert.deepEqual(await stored(topic), [upTo(10), 10n]);
});

kafkaTest("a batch that was damaged on the way is read with the next start", async () => {
  const [topic, flags] = await produceBatches();
  proxy.target = bench().broker.ports.get("PLAIN")!;
  const through = [
    ...["--bootstrap-servers", `127.0.0.1:${proxy.port}`],
    ...["--security-protocol", "plaintext"],
  ];
  let isSpoilt = false;
  proxy.alterReceived = (bytes) => {
    isSpoilt = spoil(bytes, "N27, 30") || isSpoilt;
  };
  const args = [...flags, ...through];
  const { code, stderr } = await runStream(bench(), [...args, "--until-end"]);
  assert.ok(isSpoilt);
  assert.equal(code, 5, stderr);
  const first = `error: Cannot read ${topic}/0@20: its bytes do not match their checksum`;
  assert.ok(stderr.endsWith(`${first}\n${HINT}`), stderr);
  assert.deepEqual(await stored(topic), [upTo(20), 20n]);
  proxy.alterReceived = () => {};
  await readAll(bench(), args);
  assert.deepEqual(await stored(topic), [upTo(30), 30n]);
});

Deno.test.afterAll(() => proxy?.[Symbol.dispose]());
