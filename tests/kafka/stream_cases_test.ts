/**
 * What `deno task stream` does with single messages, places to begin and end, other members,
 * and topics that are not what they were: against a real broker.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { openClient } from "../../lib/kafka/client.ts";
import { COMPRESSIONS, type Outgoing } from "../../lib/kafka/producer.ts";
import { readStore } from "../../lib/stream/snapshot.ts";
import { startBroker } from "../../tools/broker/broker.ts";
import { checkStore } from "../store_support.ts";
import { bytes, rejectLines } from "../support.ts";
import {
  checkTogether,
  openFeeder,
  PARTITIONS,
  readAll,
  runStream,
  sendTo,
  SESSION_MS,
  startStream,
  TOPIC,
  wait,
} from "./stream_support.ts";
import { kafkaTest, newTopic, putCertificates, readTopic, useBroker } from "./support.ts";

const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  return { topic: TOPIC, partitions: PARTITIONS };
});

const UTF8 = new TextEncoder();
/** For a stream that others are to take for dead. */
const SHORT = { session: SESSION_MS };

/** Returns messages of students who say who they are. */
function students(from: number, count: number): Outgoing[] {
  return Array.from({ length: count }, (_, i) => ({
    value: UTF8.encode(`Zoé N${from + i}, 30, Law`),
  }));
}

/** Returns the flags for a topic with a store and a group of its name. */
function flagsOf(topic: string, store = topic): string[] {
  const path = `${bench().folder}/store-${store}`;
  return ["--topic", topic, "--group-id", topic, "--store", path];
}

/** Returns the rows of the store of that name. */
function rowsOf(store: string): string[] {
  const csv = `${bench().folder}/store-${store}/etudiants_transformed.csv`;
  return Deno.readTextFileSync(csv).split("\n").slice(1, -1);
}

/** Returns the row of a student of {@linkcode students}. */
const row = (i: number): string => `ZOÉ,N${i},30,LAW`;
const rows = (from: number, count: number): string[] =>
  students(from, count).map((_, i) => row(from + i));

const POISON:
  readonly (readonly [name: string, value: Uint8Array | null, reason?: string])[] = [
    ["a tombstone", null, "empty"],
    ["no bytes", new Uint8Array(0)],
    ["white space", UTF8.encode(" \t\n")],
    ["10 MB", new Uint8Array(10_000_000).fill(65), "too_long"],
    ["invalid UTF-8", bytes("Zo\xe9 A, 30, Law"), "invalid_utf8"],
    ["an escape sequence", UTF8.encode("Zoé \x1b[2J, 30, Law"), "control_character"],
    ["a formula", UTF8.encode("=cmd|' /C calc'!A0 B, 30, Law"), "unsafe_text"],
    [
      "a line end in the middle",
      UTF8.encode("Zoé A, 30, Law\nZoé B, 30, Law"),
      "field_count",
    ],
    ["gzip", gzipSync("Zoé A, 30, Law"), "invalid_utf8"],
    ["many commas", UTF8.encode(",".repeat(60_000)), "field_count"],
  ];

kafkaTest(
  "each poison message is one reject or blank, and the next is read",
  async () => {
    const config = { "max.message.bytes": "12000000" };
    const topic = await newTopic(bench().broker, 1, config);
    const letters = await newTopic(bench().broker, 1, config);
    for (const [i, [, value]] of POISON.entries()) {
      await sendTo(bench(), topic, [{ value }]);
      await sendTo(bench(), topic, students(i, 1));
    }
    await readAll(bench(), [...flagsOf(topic), "--dead-letters", letters]);
    assert.deepEqual(rowsOf(topic), rows(0, POISON.length));
    const path = `${bench().folder}/store-${topic}`;
    const refused = [...POISON.entries()].filter(([, [, , reason]]) =>
      reason !== undefined
    );
    assert.deepEqual(
      rejectLines(Deno.readFileSync(`${path}/rejects.jsonl`)).map((line) => [
        ...[line.topic, line.partition, line.offset, line.reason],
      ]),
      refused.map(([i, [, , reason]]) => [topic, 0, 2 * i, reason]),
    );
    const { contents: { partitions } } = await readStore(path);
    assert.equal(partitions.get(0)!.counts.blank, 2);
    const { connection } = bench().broker;
    const dead = await readTopic(connection, letters);
    assert.deepEqual(
      dead.map(({ value }) => value && new Uint8Array(value)),
      refused.map(([, [, value]]) => value && new Uint8Array(value)),
    );
    assert.deepEqual(
      dead.map(({ headers }) => headers),
      refused.map(([i, [, , reason]]) => ({
        reason,
        "source-topic": topic,
        "source-partition": "0",
        "source-offset": `${2 * i}`,
      })),
    );
  },
);

kafkaTest("messages of every compression are read", async () => {
  const topic = await newTopic(bench().broker);
  for (const [i, compression] of COMPRESSIONS.entries()) {
    await sendTo(bench(), topic, students(100 * i, 100), { compression });
  }
  await readAll(bench(), flagsOf(topic));
  assert.deepEqual(rowsOf(topic), rows(0, 100 * COMPRESSIONS.length));
});

kafkaTest("what a transaction has undone is no record, what it has done is", async () => {
  const topic = await newTopic(bench().broker);
  const client = await openClient(bench().broker.connection, { retries: 5 });
  const producer = client.producer({
    ...{ transactionalId: topic, maxInFlightRequests: 1, idempotent: true },
  });
  await producer.connect();
  const send = async (from: number, count: number, end: "commit" | "abort") => {
    const transaction = await producer.transaction();
    const messages = students(from, count).map(({ value }) => ({
      value: Buffer.from(value!),
    }));
    await transaction.send({ topic, messages });
    await transaction[end]();
  };
  await send(0, 10, "abort");
  await send(10, 10, "commit");
  await send(20, 10, "abort");
  await send(30, 10, "commit");
  await send(40, 10, "abort");
  await producer.disconnect();
  await readAll(bench(), flagsOf(topic));
  assert.deepEqual(rowsOf(topic), [...rows(10, 10), ...rows(30, 10)]);
  const { contents: { partitions } } = await readStore(
    `${bench().folder}/store-${topic}`,
  );
  assert.equal(partitions.get(0)!.ranges.at(-1)!.next, 55n); // five marks among them
});

kafkaTest(
  "--max-records takes exactly so many, and the next run goes on behind",
  async () => {
    const topic = await newTopic(bench().broker);
    await sendTo(bench(), topic, students(0, 50));
    const ran = await runStream(bench(), [...flagsOf(topic), "--max-records", "7"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(rowsOf(topic), rows(0, 7));
    await readAll(bench(), flagsOf(topic));
    assert.deepEqual(rowsOf(topic), rows(0, 50));
  },
);

kafkaTest("--for ends a stream by itself", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, students(0, 5));
  // on a busy machine the time may be over before anything is read
  for (let read = 0; read < 5; read = rowsOf(topic).length) {
    const ran = await runStream(bench(), [...flagsOf(topic), "--for", "2s"]);
    assert.equal(ran.code, 0, ran.stderr);
  }
  assert.deepEqual(rowsOf(topic), rows(0, 5));
});

kafkaTest("--from begins at an end, an offset, a time", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, students(0, 10));
  await wait(50);
  const time = new Date().toISOString();
  await wait(50);
  await sendTo(bench(), topic, students(10, 5));
  const first: Readonly<Record<string, number>> = {
    earliest: 0,
    "4": 4,
    "99": 15,
    [time]: 10,
    latest: 15,
  };
  for (const [i, [place, start]] of Object.entries(first).entries()) {
    const flags = [...flagsOf(topic, `${topic}-${i}`), "--from", place];
    await readAll(bench(), flags);
    assert.deepEqual(rowsOf(`${topic}-${i}`), rows(start, 15 - start), place);
    // what is in the store is not read again
    await readAll(bench(), flags);
    assert.deepEqual(rowsOf(`${topic}-${i}`), rows(start, 15 - start), place);
  }
});

kafkaTest(
  "a fresh store begins where the group is, else by auto.offset.reset",
  async () => {
    const topic = await newTopic(bench().broker);
    await sendTo(bench(), topic, students(0, 10));
    const latest = ["--auto-offset-reset", "latest"];
    await readAll(bench(), [...flagsOf(topic), "--group-id", `${topic}-new`, ...latest]);
    assert.deepEqual(rowsOf(topic), []);
    await readAll(bench(), [
      ...flagsOf(topic, `${topic}-a`),
      ...latest,
      "--from",
      "earliest",
    ]);
    await sendTo(bench(), topic, students(10, 5));
    await readAll(bench(), flagsOf(topic, `${topic}-b`));
    assert.deepEqual(rowsOf(`${topic}-b`), rows(10, 5));
  },
);

kafkaTest(
  "two members share the partitions; what one leaves the other reads",
  async () => {
    const { folder } = bench();
    const paths = [`${folder}/one`, `${folder}/two`];
    const flags = paths.map((store) => ["--store", store, "--group-id", "shared"]);
    await using feeder = await openFeeder(bench());
    const one = startStream(bench(), flags[0]!);
    await one.said("partitions 0, 1");
    {
      await using _flow = feeder.flow();
      await wait(300);
      const two = startStream(bench(), flags[1]!);
      await two.said(/partition [01]\n/);
      await one.said(/partition [01]\n/);
      await wait(500);
      one.child.kill("SIGTERM");
      assert.equal((await one.ended).code, 143);
      await two.said("partitions 0, 1");
      await wait(300);
      two.child.kill("SIGTERM");
      assert.equal((await two.ended).code, 143);
    }
    await readAll(bench(), flags[1]!);
    await checkTogether(paths);
  },
);

kafkaTest("--until-end warns where other members have a share", async () => {
  const { folder } = bench();
  const group = ["--group-id", "halves"];
  const one = startStream(bench(), ["--store", `${folder}/half`, ...group]);
  await one.said("partitions 0, 1");
  const { stderr } = await readAll(bench(), [
    "--store",
    `${folder}/other-half`,
    ...group,
  ]);
  assert.match(
    stderr,
    /^warning: 1 of 2 partitions of ibtissam were read: other members of group halves have the others$/m,
  );
  await one.said("partitions 0, 1");
  one.child.kill("SIGTERM");
  assert.equal((await one.ended).code, 143);
  const { stderr: alone } = await readAll(bench(), [
    "--store",
    `${folder}/half`,
    ...group,
  ]);
  assert.doesNotMatch(alone, /warning/);
});

kafkaTest(
  "a process that was stopped while others took over writes nothing",
  async () => {
    const { folder } = bench();
    const zombie = `${folder}/zombie`;
    const group = ["--group-id", "fenced"];
    await using feeder = await openFeeder(bench());
    const one = startStream(bench(), ["--store", zombie, ...group], SHORT);
    await one.said("partitions 0, 1");
    await using _flow = feeder.flow();
    await wait(300);
    one.child.kill("SIGSTOP");
    const two = startStream(bench(), ["--store", `${folder}/heir`, ...group]);
    await two.said("partitions 0, 1");
    await wait(2 * SESSION_MS);
    const before = await checkStore(zombie, { isClosed: false });
    one.child.kill("SIGCONT");
    await one.said(/Reading ibtissam, partition/);
    for (const { child, ended } of [one, two]) {
      child.kill("SIGTERM");
      await ended;
    }
    // What the zombie reads after it has joined again begins where the heir was by then. The
    // commit in which it was stopped it takes back.
    const { contents } = await readStore(zombie);
    for (const [partition, { ranges }] of contents.partitions) {
      assert.ok(Number(ranges[0]!.next) <= before.get(partition)!, `${[...before]}`);
    }
    await overlapFree([zombie, `${folder}/heir`]);
  },
);

/** Fails where two stores have read the same messages. */
async function overlapFree(paths: readonly string[]): Promise<void> {
  const stores = await Promise.all(paths.map(readStore));
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const ranges = stores.flatMap(({ contents }) =>
      contents.partitions.get(partition)?.ranges ?? []
    ).toSorted((a, b) => Number(a.start - b.start));
    for (const [i, { start }] of ranges.entries()) {
      assert.ok(i === 0 || start >= ranges[i - 1]!.next, `${partition}@${start}`);
    }
  }
}

kafkaTest("a topic that was made again is refused", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, students(0, 10));
  await readAll(bench(), flagsOf(topic));
  await using admin = await openAdmin(bench().broker.connection);
  await admin.deleteTopic(topic);
  while ((await admin.topics()).includes(topic)) await wait(50);
  await admin.createTopic({ topic, partitions: 1 });
  const { code, stderr } = await runStream(bench(), flagsOf(topic));
  assert.equal(code, 5);
  assert.match(
    stderr,
    /was deleted and made again since \(its id was .+, now it is .+\)\n/,
  );
  assert.deepEqual(rowsOf(topic), rows(0, 10));
});

kafkaTest("another cluster is refused", async () => {
  const { folder, certificates } = bench();
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, students(0, 10));
  await readAll(bench(), flagsOf(topic));
  await using other = await startBroker({
    ...{ data: `${folder}/other`, certificates, topic, heapMb: 96 },
  });
  const { code, stderr } = await runStream({ ...bench(), broker: other }, flagsOf(topic));
  assert.equal(code, 5);
  assert.match(
    stderr,
    /it holds messages of Kafka cluster \S+, not \S+\n +Check bootstrap/,
  );
});

kafkaTest(
  "a checkpoint below the first message is refused until --from says so",
  async () => {
    const topic = await newTopic(bench().broker);
    await sendTo(bench(), topic, students(0, 10));
    await runStream(bench(), [...flagsOf(topic), "--max-records", "4"]);
    await using admin = await openAdmin(bench().broker.connection);
    await admin.deleteMessages(topic, new Map([[0, 8n]]));
    const { code, stderr } = await runStream(bench(), [...flagsOf(topic), "--until-end"]);
    assert.equal(code, 5);
    assert.match(
      stderr,
      /\/0 is read up to 4, but the broker begins at 8\n +It has deleted .+\/0@4 to 7: go on/,
    );
    await runStream(bench(), [...flagsOf(topic), "--until-end", "--from", "earliest"]);
    assert.deepEqual(rowsOf(topic), [...rows(0, 4), ...rows(8, 2)]);
  },
);

kafkaTest("--dry-run shows the settings, checks them and changes nothing", async () => {
  const topic = await newTopic(bench().broker);
  const { code, stdout } = await runStream(bench(), [...flagsOf(topic), "--dry-run"]);
  assert.equal(code, 0);
  assert.match(stdout, /^store +\S+ +\S+\nfrom +stored +/);
  assert.match(stdout, /group\.id +topic-/);
  assert.match(stdout, new RegExp(`Kafka answers at .+; partitions of ${topic}: 1\n$`));
  assert.throws(
    () => Deno.statSync(`${bench().folder}/store-${topic}`),
    Deno.errors.NotFound,
  );
});
