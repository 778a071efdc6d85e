/**
 * What a stream costs against a real broker, in one run: messages that are only counted and
 * messages that become durable, their delay, the memory, the restart; kcat and PySpark beside
 * it.
 */
import { inputFile } from "../inputs.ts";
import type { Missing } from "../peers.ts";
import { durableDelays, restarts } from "./delays.ts";
import { STREAM_PEERS, type StreamPeer } from "./peers.ts";
import {
  type BenchBroker,
  finish,
  type Finished,
  produce,
  startBench,
  startSubject,
} from "./processes.ts";

/** What is measured, and where. */
export interface StreamBenchOptions {
  /** How many messages a topic has. */
  readonly records: number;
  readonly rounds: number;
  /** Further numbers of messages at which the memory of the stream is taken. */
  readonly memoryAt: readonly number[];
  /** Where the inputs are kept; the broker and the stores are there for a moment. */
  readonly folder: string;
  /** Where the Python of the peers is kept. */
  readonly home: string;
  /** Told what is done now. */
  readonly say: (what: string) => void;
}

/** A way to read a topic to its end. */
export interface RateRow {
  readonly name: string;
  readonly partitions: number;
  /** Of every round. */
  readonly perSecond: readonly number[];
  /** Peak resident memory of every round, in millions of bytes; none where it is not known. */
  readonly megabytes: readonly number[];
}

/** What was measured. */
export interface StreamResults {
  readonly rates: readonly RateRow[];
  /** From produced to durable at 1,000 messages a second, in ms, sorted. */
  readonly delaysMs: readonly number[];
  /** From the start of the process to its first new row, in seconds. */
  readonly restartSeconds: readonly number[];
  /** By number of messages: peak memory over the first tenth and over all. */
  readonly memory: readonly Finished[];
  readonly missing: readonly Missing[];
}

/** How many partitions the topics have. */
export const PARTITIONS: readonly number[] = [1, 4];
/** For how long messages are sent at a steady rate. */
const STEADY_SECONDS = 20;
const RESTARTS = 5;

/** What reads the topics; the client as it comes is there to compare with. */
export const COUNTED = "counted only";
export const PLAIN = "counted by kafkajs as it comes";
export const DURABLE = "cleaned, written, committed";
const KINDS = { [COUNTED]: "count", [PLAIN]: "plain", [DURABLE]: "stream" } as const;

/** Measures everything once. */
export async function benchStream(options: StreamBenchOptions): Promise<StreamResults> {
  const { records, folder, memoryAt, say } = options;
  const place = await Deno.makeTempDir({ dir: folder, prefix: "stream-" });
  try {
    say("start the broker");
    await using bench = await startBench(place);
    for (const partitions of PARTITIONS) {
      await fill(bench, { topic: `of-${partitions}`, partitions, records }, options);
    }
    const { found, missing } = await findStreamPeers(bench, options);
    const rates = await readInRounds(bench, place, found, options);
    say(`${STEADY_SECONDS} s of 1,000 messages a second`);
    const steady = { topic: "steady", seconds: STEADY_SECONDS, store: `${place}/steady` };
    const delays = await durableDelays(bench, steady);
    say("restarts");
    const restarted = { topic: "restarts", times: RESTARTS, store: `${place}/restarts` };
    const restartSeconds = await restarts(bench, restarted);
    const memory: Finished[] = [];
    for (const size of memoryAt) {
      const topic = { topic: `of-${size}`, partitions: 4, records: size };
      await fill(bench, topic, options);
      say(`memory, ${size} messages`);
      memory.push(await read("stream", bench, topic, place));
    }
    return {
      ...{ rates, missing, memory, restartSeconds },
      delaysMs: delays.toSorted((a, b) => a - b),
    };
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

interface Topic {
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
}

async function fill(
  bench: BenchBroker,
  { records, ...topic }: Topic,
  { folder, say }: StreamBenchOptions,
): Promise<void> {
  say(`${records} messages to ${topic.partitions} partitions`);
  const input = await inputFile(folder, "canonical", records);
  await produce(bench, { ...topic, input });
}

async function findStreamPeers(
  bench: BenchBroker,
  { home }: StreamBenchOptions,
): Promise<{ found: StreamPeer[]; missing: Missing[] }> {
  const found: StreamPeer[] = [];
  const missing: Missing[] = [];
  for (const [name, find] of Object.entries(STREAM_PEERS)) {
    try {
      found.push(await find(bench, home));
    } catch (error) {
      missing.push({ name, reason: (error as Error).message });
    }
  }
  return { found, missing };
}

/** Reads the topics in every way once, then all again. */
async function readInRounds(
  bench: BenchBroker,
  place: string,
  peers: readonly StreamPeer[],
  { records, rounds, say }: StreamBenchOptions,
): Promise<readonly RateRow[]> {
  const rows = new Map<string, RateRow & { perSecond: number[]; megabytes: number[] }>();
  const note = (name: string, partitions: number, perSecond: number, mb?: number) => {
    const key = `${name}, ${partitions}`;
    const row = rows.get(key) ?? { name, partitions, perSecond: [], megabytes: [] };
    rows.set(key, row);
    row.perSecond.push(perSecond);
    if (mb !== undefined) row.megabytes.push(mb);
  };
  for (let round = 1; round <= rounds; round++) {
    for (const partitions of PARTITIONS) {
      const topic = { topic: `of-${partitions}`, partitions, records };
      for (const [name, kind] of Object.entries(KINDS)) {
        say(`round ${round}: ${name}, ${partitions} partitions`);
        const { messages, seconds, megabytes } = await read(kind, bench, topic, place);
        note(name, partitions, messages / seconds, megabytes);
      }
      for (const peer of peers) {
        say(`round ${round}: ${peer.name}, ${partitions} partitions`);
        const out = await Deno.makeTempDir({ dir: place });
        note(peer.name, partitions, records / await peer.run(topic.topic, records, out));
        await Deno.remove(out, { recursive: true });
      }
    }
  }
  return [...rows.values()];
}

async function read(
  kind: "count" | "plain" | "stream",
  bench: BenchBroker,
  { topic, records }: Topic,
  place: string,
): Promise<Finished> {
  const store = await Deno.makeTempDir({ dir: place });
  const subject = { topic, messages: records, store };
  const { finished } = await finish(startSubject(kind, bench, subject));
  await Deno.remove(store, { recursive: true });
  return finished;
}
