/**
 * `produce` and the real broker: what was sent is in the topic, once, byte for byte, also
 * when the broker dies meanwhile.
 */
import assert from "node:assert/strict";
import { generate } from "../../lib/generate/records.ts";
import { COMPRESSIONS, openProducer } from "../../lib/kafka/producer.ts";
import { readFiles, textCleaner } from "../../lib/mod.ts";
import type { RejectLine } from "../../lib/transform/rejects.ts";
import { type Batch, PLAIN_LAYOUT } from "../../lib/transform/types.ts";
import { put, type Ran, runHere, startCommand } from "../support.ts";
import {
  countMessages,
  flagsFor,
  kafkaTest,
  newTopic,
  readTopic,
  type Stored,
  untilHolds,
  useBroker,
} from "./support.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SAMPLE = `${ROOT}data/students.csv`;
/** Lines of the sample that are records or blank. */
const SAMPLE_RECORDS = 2007;

const bench = useBroker();

/** Runs `produce` in this process. */
function produce(
  topic: string,
  args: readonly string[] = [],
  world: Parameters<typeof runHere>[1] = {},
): Promise<Ran> {
  const flags = [...flagsFor(bench()), "--topic", topic];
  return runHere(["produce", ...flags, ...args], { now: () => new Date(), ...world });
}

/** Returns what the summary of a run says. */
function countsIn(
  { stdout }: Ran,
): { readonly sent: number; readonly acknowledged: number } {
  const [, sent, acknowledged] =
    /^Sent +([\d,]+) records? to .*\nAcknowledged +([\d,]+)\nDone in [\d.]+ s, [\d,]+ records\/s\n$/
      .exec(stdout) ?? assert.fail(stdout);
  const number = (text: string | undefined): number => Number(text!.replaceAll(",", ""));
  return { sent: number(sent), acknowledged: number(acknowledged) };
}

/** A reject without its place, which is not the same in a file and a topic. */
type Refused = Pick<RejectLine, "reason" | "raw" | "raw_base64" | "bytes">;

/** Returns the rejects of lines of JSON. */
function parseRejects(lines: Uint8Array): readonly Refused[] {
  const texts = new TextDecoder().decode(lines).split("\n").slice(0, -1);
  return texts.map((text) => {
    const { reason, raw, raw_base64, bytes } = JSON.parse(text) as RejectLine;
    return { reason, raw, raw_base64, bytes } as Refused;
  });
}

/** Returns what a cleaner makes of the batches of one input. */
async function cleanAll(batches: AsyncIterable<Batch> | Iterable<Batch>) {
  const cleaner = textCleaner();
  let csv = "";
  const rejects: Refused[] = [];
  const counts = { blank: 0, kept: 0 };
  for await (const batch of batches) {
    const cleaned = cleaner.clean(batch);
    csv += new TextDecoder().decode(cleaned.csv);
    rejects.push(...parseRejects(cleaned.rejects));
    counts.blank += cleaned.counts.blank;
    counts.kept += cleaned.counts.kept;
  }
  return { csv, rejects, counts };
}

function cleanStored(stored: readonly Stored[]) {
  const input = { name: "topic", layout: PLAIN_LAYOUT };
  const values = stored.map(({ value }) => value);
  const offsets = stored.map(({ offset }) => offset);
  return cleanAll([{ input, values, offsets, partition: 0 }]);
}

async function cleanFile(path: string) {
  const [source] = await readFiles(path);
  return cleanAll(source!.read(new AbortController().signal));
}

kafkaTest(
  "produce sends each record of the sample once; sent, acknowledged and offsets agree",
  async () => {
    const { broker } = bench();
    const topic = await newTopic(broker, 3);
    const ran = await produce(topic);
    assert.equal(ran.stderr, "");
    assert.equal(ran.code, 0);
    assert.deepEqual(countsIn(ran), {
      sent: SAMPLE_RECORDS,
      acknowledged: SAMPLE_RECORDS,
    });
    assert.equal(await countMessages(broker.connection, topic), SAMPLE_RECORDS);
  },
);

kafkaTest(
  "a produced topic gives the rows and the rejects of the file, byte for byte",
  async () => {
    const { broker } = bench();
    const topic = await newTopic(broker);
    assert.equal((await produce(topic)).code, 0);
    const fromTopic = await cleanStored(await readTopic(broker.connection, topic));
    const fromFile = await cleanFile(SAMPLE);
    assert.equal(fromTopic.csv, fromFile.csv);
    assert.deepEqual(fromTopic.rejects, fromFile.rejects);
    assert.equal(fromTopic.counts.blank, fromFile.counts.blank);
    assert.ok(fromTopic.rejects.some(({ reason }) => reason === "too_long"));
    assert.ok(fromTopic.rejects.some(({ reason }) => reason === "invalid_utf8"));
    assert.ok(fromTopic.counts.blank > 0);
  },
);

kafkaTest("produce maps other layouts to the message's form", async () => {
  const { broker, folder } = bench();
  const topic = await newTopic(broker);
  const input = put(
    folder,
    "export.csv",
    "filière;prénom;nom;âge\n" +
      "Droit, etc.;Ali;Bennis;21\n\nDroit;Anne Marie;Dupont;22\nDroit;Ali;Bennis\n",
  );
  const ran = await produce(topic, ["--input", input]);
  assert.equal(
    ran.stderr,
    "warning: 1 record is not the student of the file: a message knows no first name of " +
      "several words, and no comma in a first or last name\n",
  );
  assert.deepEqual(countsIn(ran), { sent: 4, acknowledged: 4 });
  const values = (await readTopic(broker.connection, topic))
    .map(({ value }) => new TextDecoder().decode(value!));
  assert.deepEqual(values, [
    'Ali Bennis, 21, "Droit, etc."',
    "",
    "Anne Marie Dupont, 22, Droit",
    "Droit;Ali;Bennis",
  ]);
});

kafkaTest("produce sends a record of 10 MB without its end, and says so", async () => {
  const { broker, folder } = bench();
  const topic = await newTopic(broker);
  const middle = "y".repeat(300_000);
  const input = put(
    folder,
    "long.csv",
    `${"x".repeat(10_000_000)}\n${middle}\nAli Bennis,21,Law\n`,
  );
  const ran = await produce(topic, ["--input", input]);
  assert.equal(
    ran.stderr,
    "warning: 1 record is longer than a message can be, and was sent without its end\n",
  );
  assert.deepEqual(countsIn(ran), { sent: 3, acknowledged: 3 });
  const stored = await readTopic(broker.connection, topic);
  assert.deepEqual(stored.map(({ value }) => value!.length), [999_000, 300_000, 17]);
  const { rejects, counts } = await cleanStored(stored);
  assert.deepEqual(rejects.map(({ reason }) => reason), ["too_long", "too_long"]);
  assert.equal(counts.kept, 1);
});

kafkaTest("produce --key sends the records of one student to one partition", async () => {
  const { broker, folder } = bench();
  const topic = await newTopic(broker, 4);
  const lines = Array.from(
    { length: 200 },
    (_, i) => `Student N${i % 20}, ${i % 150}, Law`,
  );
  const input = put(folder, "keys.csv", `${lines.join("\n")}\nno student\n`);
  assert.equal((await produce(topic, ["--input", input, "--key", "name"])).code, 0);
  const stored = await readTopic(broker.connection, topic);
  assert.equal(stored.length, 201);
  const places = new Map<string | undefined, Set<number>>();
  for (const { key, partition } of stored) {
    places.set(key, (places.get(key) ?? new Set()).add(partition));
  }
  assert.equal(places.size, 21, "20 students and what is no student, without a key");
  for (const [key, partitions] of places) assert.equal(partitions.size, 1, `${key}`);
  assert.ok(new Set(stored.map(({ partition }) => partition)).size > 1);
});

for (const compression of COMPRESSIONS) {
  kafkaTest(`${compression}: our packing is read by Java, and Java's by us`, async () => {
    const { broker } = bench();
    // "producer" keeps our bytes, which the broker unpacks to check them; its own packing
    // is what another type makes it do
    const ours = await newTopic(broker, 1, { "compression.type": "producer" });
    const javas = await newTopic(broker, 1, {
      "compression.type": compression === "none" ? "uncompressed" : compression,
    });
    for (const [topic, type] of [[ours, compression], [javas, "none"]]) {
      const ran = await produce(topic!, ["--compression", type!]);
      assert.deepEqual([ran.stderr, ran.code], ["", 0]);
    }
    const [one, two] = [
      await readTopic(broker.connection, ours),
      await readTopic(broker.connection, javas),
    ];
    assert.equal(one.length, SAMPLE_RECORDS);
    assert.deepEqual(one.map(({ value }) => value), two.map(({ value }) => value));
    assert.equal((await cleanStored(one)).csv, (await cleanFile(SAMPLE)).csv);
  });
}

kafkaTest("produce --rate holds the rate", async () => {
  const { broker, folder } = bench();
  const topic = await newTopic(broker);
  const input = put(folder, "rate.csv", "Ali Bennis,21,Law\n".repeat(500));
  const started = performance.now();
  const ran = await produce(topic, ["--input", input, "--rate", "500"]);
  const seconds = (performance.now() - started) / 1000;
  assert.deepEqual(countsIn(ran), { sent: 500, acknowledged: 500 });
  assert.ok(seconds > 0.9, `${seconds} s for 500 records at 500 a second`);
});

kafkaTest(
  "produce reads standard input and sends what there is before more comes",
  async () => {
    const { broker } = bench();
    const topic = await newTopic(broker);
    const child = startCommand(
      ["produce", ...flagsFor(bench()), "--topic", topic, "--input", "-"],
      { stdin: "piped" },
    );
    const writer = child.stdin.getWriter();
    const line = new TextEncoder().encode("Ali Bennis,21,Law\n");
    // the first 64 KiB decide on the layout
    for (let i = 0; i < 4000; i++) await writer.write(line);
    await untilHolds(broker, { topic, messages: 3000 });
    await writer.write(line.subarray(0, -1));
    await writer.close();
    const { code, stdout } = await child.output();
    assert.equal(code, 0);
    assert.match(new TextDecoder().decode(stdout), /^Sent +4,001 records/);
    assert.equal(await countMessages(broker.connection, topic), 4001);
  },
);

kafkaTest(
  "produce --loop goes on until Ctrl-C, ends after a batch, and counts",
  async () => {
    const { broker, folder } = bench();
    const topic = await newTopic(broker, 2);
    const input = put(folder, "loop.csv", "Ali Bennis,21,Law\n".repeat(30));
    const child = startCommand([
      ...["produce", ...flagsFor(bench()), "--topic", topic],
      ...["--input", input, "--loop"],
    ]);
    await untilHolds(broker, { topic, messages: 300 });
    child.kill("SIGINT");
    const output = await child.output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert.equal(
      stderr,
      "error: Stopped by Ctrl-C\n       The topic holds what is acknowledged above\n",
    );
    assert.equal(output.code, 130);
    const { sent, acknowledged } = countsIn({ code: 130, stdout: stdout!, stderr: "" });
    assert.equal(acknowledged, sent);
    assert.equal(await countMessages(broker.connection, topic), sent);
  },
);

kafkaTest("produce --loop of files without records ends", async () => {
  const topic = await newTopic(bench().broker);
  const input = put(bench().folder, "empty.csv", "name,age,field\n");
  const ran = await produce(topic, ["--input", input, "--loop"]);
  assert.deepEqual(countsIn(ran), { sent: 0, acknowledged: 0 });
});

kafkaTest("produce --dry-run tries the connection and sends nothing", async () => {
  const { broker } = bench();
  const topic = await newTopic(broker, 3);
  const { code, stdout, stderr } = await produce(topic, ["--dry-run"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, new RegExp(`^topic +${topic} +--topic$`, "m"));
  const last = `Kafka answers at 127.0.0.1:${broker.port}; partitions of ${topic}: 3\n`;
  assert.ok(stdout.endsWith(last), stdout);
  assert.equal(await countMessages(broker.connection, topic), 0);
});

const USAGE:
  readonly (readonly [args: readonly string[], first: string, second: string])[] = [
    [
      ["--loop", "--input", "-"],
      "--loop does not go with --input -",
      "Standard input can be read only once",
    ],
    [["--rate", "0"], '--rate cannot be "0"', "Give a whole number from 1 to 10000000"],
    [["--key", "age"], '--key cannot be "age"', "Give name or field"],
    [
      ["--compression", "zip"],
      '--compression cannot be "zip"',
      "Give one of none, gzip, snappy, lz4, zstd",
    ],
  ];

for (const [args, first, second] of USAGE) {
  Deno.test(`produce ${args.join(" ")} ends with 2`, async () => {
    const { code, stdout, stderr } = await runHere(["produce", ...args]);
    assert.equal(stderr, `error: ${first}\n       ${second}\n`);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}

kafkaTest(
  "a topic that takes only small messages refuses in plain words, with the counts",
  async () => {
    const { broker, folder } = bench();
    const topic = await newTopic(broker, 1, { "max.message.bytes": "1000" });
    const input = put(folder, "small.csv", `Ali Bennis,21,Law\n${"x".repeat(5000)}\n`);
    const ran = await produce(topic, ["--input", input]);
    assert.match(
      ran.stderr,
      /^warning: 2 records were not acknowledged: the topic may hold them or not\nerror: Kafka refuses records for topic-\d+: .+\n {7}Raise max\.message\.bytes of the topic\n$/,
    );
    assert.equal(ran.code, 5);
    assert.deepEqual(countsIn(ran), { sent: 2, acknowledged: 0 });
    assert.equal(await countMessages(broker.connection, topic), 0);
  },
);

kafkaTest("what Kafka refuses for other reasons is told in its words", async () => {
  const { broker, folder } = bench();
  const topic = await newTopic(broker, 1, { "cleanup.policy": "compact" });
  const input = put(folder, "keyless.csv", "Ali Bennis,21,Law\n");
  const { code, stderr } = await produce(topic, ["--input", input]);
  assert.match(
    stderr,
    /error: Kafka refuses records for topic-\d+: .+\n {7}The broker's log may tell more\n$/,
  );
  assert.equal(code, 5);
});

/** Starts to send many records; resolves when some are in the topic. */
async function startMany(topic: string, records: number): Promise<Deno.ChildProcess> {
  const { broker, folder } = bench();
  const input = `${folder}/many.csv`;
  await Deno.writeFile(input, ReadableStream.from(generate({ records, seed: 5 })));
  const child = startCommand([
    "produce",
    ...flagsFor(bench()),
    "--topic",
    topic,
    "--input",
    input,
  ]);
  await untilHolds(broker, { topic, messages: 2000 });
  return child;
}

kafkaTest(
  "produce loses and doubles nothing when the broker is killed twice meanwhile",
  async () => {
    const { broker, folder } = bench();
    const topic = await newTopic(broker, 3);
    const child = await startMany(topic, 120_000);
    for (let round = 0; round < 2; round++) {
      await broker.kill();
      await broker.start();
      const before = await countMessages(broker.connection, topic);
      await untilHolds(broker, { topic, messages: before + 1 });
    }
    const output = await child.output();
    const ran = {
      code: output.code,
      stdout: new TextDecoder().decode(output.stdout),
      stderr: new TextDecoder().decode(output.stderr),
    };
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /warning: Kafka does not answer: trying again\n/);
    assert.match(ran.stderr, /warning: Kafka answers again\n/);
    const expected = await cleanFile(`${folder}/many.csv`);
    const stored = await readTopic(broker.connection, topic);
    assert.deepEqual(countsIn(ran), { sent: stored.length, acknowledged: stored.length });
    const lines = (csv: string): string[] => csv.split("\n").sort();
    assert.deepEqual(
      lines((await cleanStored(stored)).csv),
      lines(expected.csv),
      "as multisets",
    );
  },
);

kafkaTest("produce ends by SIGTERM within seconds while the broker is away", async () => {
  const { broker } = bench();
  const topic = await newTopic(broker);
  const child = await startMany(topic, 500_000);
  await broker.kill();
  const ended = performance.now();
  child.kill("SIGTERM");
  const { code, stderr } = await child.output();
  assert.ok(performance.now() - ended < 10_000);
  assert.equal(code, 143);
  assert.match(
    new TextDecoder().decode(stderr),
    /records were not acknowledged: the topic may hold them or not\nerror: Stopped by SIGTERM\n/,
  );
  await broker.start();
});

kafkaTest("openProducer() sends tombstones and empty values apart", async () => {
  const { broker } = bench();
  const topic = await newTopic(broker);
  await using producer = await openProducer(broker.connection, {
    ...{ topic, partitions: 1, compression: "none" },
  });
  const value = new Uint8Array(0);
  assert.equal(await producer.send([{ value: null }, { value }]), 2);
  const stored = await readTopic(broker.connection, topic);
  assert.deepEqual(stored.map(({ value }) => value), [null, value]);
});
