/**
 * What a store costs without Kafka: messages that are counted only, cleaned only, and cleaned
 * into a store, interleaved, with their ratio; and how long a commit takes, at full rate and
 * at 1,000 messages a second.
 *
 * deno run --allow-read --allow-write bench/store.ts [--records 200000] [--rounds 3]
 * [--fields 100000] [--seconds 10]
 */
import { parseArgs } from "node:util";
import { generate } from "../lib/generate/records.ts";
import { Ingest, type IngestOptions } from "../lib/stream/ingest.ts";
import { Store } from "../lib/stream/store.ts";
import { fastCleaner } from "../lib/transform/clean.ts";
import { PLAIN_LAYOUT, type ValuesBatch } from "../lib/transform/types.ts";

const { values: flags } = parseArgs({
  options: {
    records: { type: "string", default: "200000" },
    rounds: { type: "string", default: "3" },
    fields: { type: "string", default: "" },
    seconds: { type: "string", default: "10" },
  },
});
const records = Number(flags.records);
/** Messages in a batch, as Kafka hands them over at full rate. */
const BATCH = 2000;

const input = { name: "bench", layout: PLAIN_LAYOUT };
const UTF8 = new TextEncoder();

/** Returns messages in batches: the generator's, or with so many different fields. */
function makeBatches(): ValuesBatch[] {
  const text = flags.fields === ""
    ? [...generate({ records, seed: 1 })].map((chunk) => new TextDecoder().decode(chunk))
      .join("")
    : Array.from(
      { length: records },
      (_, i) => `Ali Bennis, ${21 + i % 40}, Field ${i * 7919 % Number(flags.fields)}\n`,
    ).join("");
  const values = text.split("\n").slice(1, -1).map((line) => UTF8.encode(line));
  return Array.from({ length: Math.ceil(values.length / BATCH) }, (_, i) => {
    const some = values.slice(i * BATCH, (i + 1) * BATCH);
    const offsets = some.map((_, k) => BigInt(i * BATCH + k));
    return { input, partition: 0, values: some, offsets };
  });
}

const folder = await Deno.makeTempDir({ prefix: "cohort-bench-" });
const identity = {
  clusterId: "bench",
  topic: "bench",
  topicId: "bench",
  groupId: "bench",
  olderThan: 20,
};

/** Runs with an ingest into a new store, and commits at the end. */
async function withIngest(
  options: Partial<IngestOptions>,
  use: (ingest: Ingest) => void | Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ dir: folder });
  using store = await Store.open(path, identity);
  const ingest = new Ingest(store, { cleaner: fastCleaner(), ...options });
  ingest.assign(new Map([[0, 0n]]));
  await use(ingest);
  ingest.commit();
}

function quantile(numbers: readonly number[], p: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.round(p * (sorted.length - 1))] ?? NaN;
}

function describe(milliseconds: readonly number[]): string {
  const [p50, p99] = [0.5, 0.99].map((p) => quantile(milliseconds, p).toFixed(1));
  return `p50 ${p50} ms, p99 ${p99} ms (${milliseconds.length})`;
}

const batches = makeBatches();
const total = batches.reduce((sum, { values }) => sum + values.length, 0);
const commits: number[] = [];
const subjects: Readonly<Record<string, () => void | Promise<void>>> = {
  counted() {
    let bytes = 0;
    for (const { values } of batches) for (const value of values) bytes += value!.length;
    if (bytes === 0) throw new RangeError("nothing was counted");
  },
  cleaned() {
    const cleaner = fastCleaner();
    for (const batch of batches) cleaner.clean(batch);
  },
  "cleaned into a store"() {
    return withIngest(
      { onCommit: ({ latencyMs }) => commits.push(latencyMs) },
      (ingest) => {
        for (const batch of batches) ingest.add(batch);
      },
    );
  },
};

/** Adds 1,000 messages a second; returns how long each waited until it was durable. */
async function paced(seconds: number): Promise<readonly number[]> {
  const waits: number[] = [];
  let waiting: number[] = [];
  const onCommit = (): void => {
    const now = performance.now();
    waits.push(...waiting.map((came) => now - came));
    waiting = [];
  };
  await withIngest({ onCommit }, async (ingest) => {
    const all = batches.slice(0, seconds).flatMap(({ values }) => values);
    const started = performance.now();
    for (let sent = 0; sent < seconds * 1000;) {
      await new Promise((done) => setTimeout(done, 4));
      const now = performance.now();
      const due = Math.min(Math.floor(now - started), all.length);
      const offsets = Array.from({ length: due - sent }, (_, i) => BigInt(sent + i));
      // a message is sent each millisecond, whenever the timer comes round
      for (; sent < due; sent++) waiting.push(started + sent);
      const values = all.slice(due - offsets.length, due);
      ingest.add({ input, partition: 0, values, offsets });
      if (ingest.dueInMs === 0) ingest.commit();
      if (due === all.length) break;
    }
  });
  return waits;
}

try {
  const seconds = new Map<string, number[]>();
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const started = performance.now();
      await run();
      const took = (performance.now() - started) / 1000;
      seconds.set(name, [...seconds.get(name) ?? [], took]);
    }
  }
  console.log(`${total} messages in batches of ${BATCH}, median of ${flags.rounds}\n`);
  console.log("| messages | thousands a second | of cleaned |\n|---|---|---|");
  const rate = (name: string): number => total / quantile(seconds.get(name)!, 0.5);
  for (const name of seconds.keys()) {
    const share = 100 * rate(name) / rate("cleaned");
    console.log(
      `| ${name} | ${(rate(name) / 1000).toFixed(0)} | ${share.toFixed(0)} % |`,
    );
  }
  console.log(`\ncommits at full rate: ${describe(commits)}`);
  console.log(
    `from sent to durable at 1,000/s: ${describe(await paced(Number(flags.seconds)))}`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
