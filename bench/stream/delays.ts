/**
 * How long a message waits: from produced to durable, and from the start of a stream that was
 * stopped to its first new row.
 */
import { openAdmin } from "../../lib/kafka/admin.ts";
import { openProducer } from "../../lib/kafka/producer.ts";
import { STUDENTS_HEADER } from "../../lib/transform/csv.ts";
import { inputBytes } from "../inputs.ts";
import {
  type BenchBroker,
  finish,
  flagsFor,
  startCohort,
  startSubject,
} from "./processes.ts";

/** How many messages are sent in a second. */
export const PER_SECOND = 1000;
/** How often they are sent, in ms. */
const TICK_MS = 5;
/** How often it is looked whether the file has grown, in ms. */
const LOOK_MS = 2;

/** What was sent before the stream was ready is left out. */
const WARM_UP_SECONDS = 5;

/** Sends messages at a steady rate. */
interface Flow extends AsyncDisposable {
  /** When each message was due, in ms since 1970, by offset. */
  readonly due: readonly number[];
}

/** Begins to send messages to a new topic of one partition. */
async function startFlow(bench: BenchBroker, topic: string): Promise<Flow> {
  await using admin = await openAdmin(bench.broker.connection);
  await admin.createTopic({ topic, partitions: 1 });
  const producer = await openProducer(bench.broker.connection, {
    ...{ topic, partitions: 1, compression: "none" },
  });
  const text = new TextDecoder();
  const records = [...inputBytes("canonical", PER_SECOND)]
    .flatMap((chunk) => text.decode(chunk).split("\n")).filter((line) => line !== "");
  const values = records.map((record) => new TextEncoder().encode(record));
  const due: number[] = [];
  const sent: Promise<number>[] = [];
  const started = performance.timeOrigin + performance.now();
  const timer = setInterval(() => {
    const now = performance.timeOrigin + performance.now();
    const count = Math.floor((now - started) * PER_SECOND / 1000) - due.length;
    if (count <= 0) return;
    const messages = Array.from({ length: count }, () => {
      due.push(started + due.length * 1000 / PER_SECOND);
      return { value: values[due.length % values.length]! };
    });
    sent.push(producer.send(messages));
  }, TICK_MS);
  return {
    due,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(sent);
      await producer[Symbol.asyncDispose]();
    },
  };
}

/** Returns how long each message took from when it was due to when it was durable, in ms. */
export async function durableDelays(
  bench: BenchBroker,
  { topic, seconds, store }: {
    readonly topic: string;
    readonly seconds: number;
    readonly store: string;
  },
): Promise<readonly number[]> {
  await using flow = await startFlow(bench, topic);
  const messages = (seconds + WARM_UP_SECONDS) * PER_SECOND;
  const child = startSubject("stream", bench, { topic, messages, store });
  const { commits } = await finish(child);
  const delays: number[] = [];
  let from = 0;
  for (const { at, next } of commits) {
    for (; from < Number(next); from++) delays.push(at - flow.due[from]!);
  }
  return delays.slice(WARM_UP_SECONDS * PER_SECOND);
}

/** Returns how long streams take from their start to their first new row, in seconds. */
export async function restarts(
  bench: BenchBroker,
  { topic, times, store }: {
    readonly topic: string;
    readonly times: number;
    readonly store: string;
  },
): Promise<readonly number[]> {
  await using _flow = await startFlow(bench, topic);
  const args = ["stream", "--topic", topic, "--group-id", topic, "--store", store];
  const csv = `${store}/etudiants_transformed.csv`;
  const seconds: number[] = [];
  for (let i = 0; i <= times; i++) {
    const size = sizeOf(csv);
    const started = performance.now();
    const child = startCohort([...args, ...flagsFor(bench)]);
    while (sizeOf(csv) <= Math.max(size, STUDENTS_HEADER.length)) {
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    if (i > 0) seconds.push((performance.now() - started) / 1000);
    child.kill("SIGTERM");
    await child.status;
  }
  return seconds;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
