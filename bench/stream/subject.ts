/**
 * Reads a topic to its end as a process of its own, and prints what it took as JSON.
 *
 * subject.ts count|plain|stream CERTIFICATES PORT TOPIC MESSAGES [STORE]
 *
 * `count` only counts the messages, by the same reader as the stream; `plain` counts them by
 * the client as it comes; `stream` is the stream itself, into a store.
 */
import { openClient } from "../../lib/kafka/client.ts";
import { GroupMember } from "../../lib/kafka/consumer.ts";
import type { PartitionReader } from "../../lib/kafka/reader.ts";
import { StreamMonitor } from "../../lib/stream/status.ts";
import { stream } from "../../lib/stream/stream.ts";
import { connectionTo } from "../../tools/broker/broker.ts";
import type { Finished } from "./processes.ts";

const [kind, certificates, port, topic, messages, store = ""] = Deno.args as string[];
const connection = connectionTo(Number(port), certificates!);
const groupId = `bench-${crypto.randomUUID()}`;
const wanted = Number(messages);

/** What has been read since the partitions were ours, and how much memory that took. */
const seen = { since: 0, until: 0, messages: 0, early: 0, peak: 0 };

function begin(): void {
  seen.since ||= performance.now();
}

/** Counts messages that are done with; returns whether these were the last. */
function count(more: number): boolean {
  const { rss } = Deno.memoryUsage();
  seen.until = performance.now();
  seen.messages += more;
  seen.peak = Math.max(seen.peak, rss);
  if (seen.messages <= wanted / 10) seen.early = seen.peak;
  return seen.messages >= wanted;
}

const SUBJECTS: Readonly<Record<string, () => Promise<void>>> = {
  async count() {
    const { promise: isDone, resolve, reject } = Promise.withResolvers<void>();
    const positions = new Map<number, bigint>();
    const reader: PartitionReader = {
      checkpoints: new Map(),
      positions,
      findStarts: (all) => Promise.resolve(new Map(all.map((one) => [one, 0n]))),
      assign(starts) {
        for (const [partition, at] of starts) positions.set(partition, at);
        begin();
        return positions;
      },
      take({ partition, values, end }) {
        positions.set(partition, end);
        if (count(values.length)) resolve();
      },
      handOver() {},
      onJoining() {},
      onFailure: reject,
    };
    await using _member = await GroupMember.join(connection, {
      ...{ topic: topic!, groupId, sessionTimeoutMs: 10_000, reader },
    });
    await isDone;
  },
  async plain() {
    const { promise: isDone, resolve } = Promise.withResolvers<void>();
    const consumer = (await openClient(connection, { retries: 5 })).consumer({
      ...{ groupId, maxWaitTimeInMs: 200 },
    });
    await consumer.connect();
    await consumer.subscribe({ topic: topic!, fromBeginning: true });
    consumer.on(consumer.events.GROUP_JOIN, begin);
    await consumer.run({
      autoCommit: false,
      // deno-lint-ignore require-await -- the client wants a promise
      eachBatch: async ({ batch }) => {
        if (count(batch.messages.length)) resolve();
      },
    });
    await isDone;
    await consumer.disconnect();
  },
  async stream() {
    const now = () => new Date();
    const facts = {
      topic: topic!,
      group: groupId,
      store,
      olderThan: 20,
      version: "",
      now,
    };
    const monitor = new StreamMonitor(facts);
    const { assigned, committed } = monitor;
    monitor.assigned = (positions) => {
      begin();
      assigned.call(monitor, positions);
    };
    monitor.committed = (added) => {
      count(added.records);
      committed.call(monitor, added);
      // who measures the delay reads these lines
      const next = added.checkpoints.get(0);
      console.log(
        JSON.stringify({ at: performance.timeOrigin + seen.until, next: `${next}` }),
      );
    };
    await stream({
      ...{ connection, topic: topic!, groupId, store, monitor, now },
      ...{
        sessionTimeoutMs: 10_000,
        olderThan: 20,
        start: "earliest",
        reset: "earliest",
      },
      ...{ isUntilEnd: false, maxRecords: wanted, signal: new AbortController().signal },
    });
  },
};

await SUBJECTS[kind!]!();
console.log(JSON.stringify(
  {
    messages: seen.messages,
    seconds: (seen.until - seen.since) / 1000,
    earlyMegabytes: seen.early / 1e6,
    megabytes: seen.peak / 1e6,
  } satisfies Finished,
));
Deno.exit(0);
