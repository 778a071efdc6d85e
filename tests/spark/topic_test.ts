/**
 * A topic that Spark reads, over mutual TLS: the same rows as from anywhere, and rejects that
 * name their places.
 */
import assert from "node:assert/strict";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { openProducer } from "../../lib/kafka/producer.ts";
import { concat } from "../../lib/transform/bytes.ts";
import { fastCleaner } from "../../lib/transform/clean.ts";
import { PLAIN_LAYOUT } from "../../lib/transform/types.ts";
import {
  hasBroker,
  newTopic,
  putCertificates,
  readTopic,
  type Stored,
  useBroker,
} from "../kafka/support.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { bytes, type Ran, runHere } from "../support.ts";
import { hasSpark, useSpark } from "./support.ts";

const kafka = useBroker();
const spark = useSpark();

const VALUES: readonly (Uint8Array | null)[] = [
  ...["A B, 21, Law", "C D, 22, Law\r\n", '"E\nF", 23, Arts', "", "one, 21, Law"],
  ...["\x01b41, 2, 3", "\\N", "A\0 B, 21, Law", "\xff B, 21, Law", "G H, 20, Law"],
  ...[
    "tab\there B, 44, Law",
    "I J, 45, Law",
    "K L\r, 46, Law",
    `M ${"N".repeat(70_000)}`,
  ],
].map((text) => bytes(text));
const HEADER = bytes("first_name,last_name,age,field\n");

/** Returns what cleaning the messages gives here, by partition and offset. */
function cleanedHere(name: string, messages: readonly Stored[]): readonly string[] {
  const cleaner = fastCleaner();
  const sorted = messages.toSorted((a, b) =>
    a.partition - b.partition || Number(a.offset - b.offset)
  );
  const [rows, rejects] = [[HEADER], [new Uint8Array(0)]];
  for (const { partition, offset, value } of sorted) {
    const input = { name, layout: PLAIN_LAYOUT };
    const cleaned = cleaner.clean({
      input,
      partition,
      values: [value],
      offsets: [offset],
    });
    rows.push(cleaned.csv.slice());
    rejects.push(cleaned.rejects.slice());
  }
  return [rows, rejects].map((parts) => new TextDecoder().decode(concat(parts)));
}

/** Runs the report of a topic on the cluster. */
function report(
  topic: string,
  out: string,
  args: readonly string[] = [],
  other: { readonly port?: number; readonly ca?: string; readonly service?: string } = {},
): Promise<Ran> {
  const { certificates, broker } = kafka();
  const { port = broker.port, ca = certificates, service = certificates } = other;
  return runHere(
    [
      ...["report", "--input", `kafka://${topic}`, "--out", out, "--no-html"],
      ...args,
    ],
    {
      now: () => new Date(),
      env: {
        COHORT_ENGINE: spark().server.address,
        COHORT_BOOTSTRAP_SERVERS: `127.0.0.1:${port}`,
        COHORT_SSL_CA_LOCATION: `${ca}/ca.pem`,
        COHORT_SSL_CERTIFICATE_LOCATION: `${service}/service.cert`,
        COHORT_SSL_KEY_LOCATION: `${service}/service.key`,
      },
    },
  );
}

/** A test with a broker and a server of Spark. */
function topicTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasBroker || !hasSpark, fn });
}

topicTest(
  "--engine reads a topic over mutual TLS, between the places that are named",
  async () => {
    const { broker, folder } = kafka();
    const topic = await newTopic(broker, 3);
    {
      const options = { topic, partitions: 3, compression: "gzip" } as const;
      await using producer = await openProducer(broker.connection, options);
      await producer.send(VALUES.map((value, i) => ({ value, key: `${i}` })));
      await producer.send([{ value: null, key: "1" }]);
    }
    const messages = await readTopic(broker.connection, topic);
    const read = (out: string) =>
      ["etudiants_transformed.csv", "rejects.jsonl"].map((file) =>
        Deno.readTextFileSync(`${out}/${file}`)
      );

    const all = `${folder}/all`;
    assert.deepEqual(await report(topic, all, ["--quiet"]), {
      code: 0,
      stdout: "",
      stderr: "",
    });
    assert.deepEqual(read(all), cleanedHere(topic, messages));
    const { inputs, funnel } = JSON.parse(Deno.readTextFileSync(`${all}/report.json`));
    assert.equal(funnel.read, VALUES.length + 1);
    assert.equal(inputs[0].source, `kafka://${topic}`);
    const ends = Map.groupBy(messages, ({ partition }) => partition);
    assert.deepEqual(
      inputs[0].ranges,
      [...ends].map(([partition, { length }]) => ({ partition, start: 0, next: length }))
        .sort((a, b) => a.partition - b.partition),
    );

    const some = `${folder}/some`;
    const bounds = ["--from", "1", "--to", "4"];
    assert.equal((await report(topic, some, bounds)).code, 0);
    const between = messages.filter(({ offset }) => offset >= 1n && offset < 4n);
    assert.deepEqual(read(some), cleanedHere(topic, between));

    const none = `${folder}/none`;
    assert.equal((await report(topic, none, ["--from", "2999-01-01"])).code, 0);
    assert.deepEqual(read(none), cleanedHere(topic, []));
  },
);

topicTest("a topic that Spark cannot read is Kafka's error, and soon", async () => {
  const { broker, folder } = kafka();
  const topic = await newTopic(broker);
  const other = `${folder}/other`;
  await putCertificates(other);
  const [closed] = freePorts(1) as [number];
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  const here = `127.0.0.1:${broker.port}`;
  const away = [
    "it does not answer Spark's machines",
    "See whether it runs, and under which names they reach it: bootstrap.servers",
  ];
  const cases = [
    [["missing", {}], [
      `Kafka at ${here} has no topic missing`,
      "Name one that it has: --input kafka://NAME",
    ]],
    [[topic, { ca: other }], [
      `Spark cannot use Kafka at ${here}: its certificate is signed by an authority that ` +
      "we do not trust",
      "Name the ca.pem that goes with it with ssl.ca.location",
    ]],
    [[topic, { service: other }], [
      `Spark cannot use Kafka at ${here}: it does not trust our certificate`,
      "Name one that its authority has signed with ssl.certificate.location",
    ]],
    [[topic, { port: closed }], [
      `Spark cannot use Kafka at 127.0.0.1:${closed}: ${away[0]}`,
      away[1],
    ]],
    [[topic, { port }], [
      `Spark cannot use Kafka at 127.0.0.1:${port}: ${away[0]}`,
      away[1],
    ]],
  ] as const;
  await Promise.all(cases.map(async ([[name, how], [first, second]], i) => {
    const out = `${folder}/failed-${i}`;
    const { code, stderr } = await report(name, out, ["--quiet"], how);
    assert.equal(stderr, `error: ${first}\n       ${second}\n`);
    assert.equal(code, 5);
    assert.deepEqual([...Deno.readDirSync(out)], []);
  }));
});

topicTest("offsets that a topic does not have are an error, or told", async () => {
  const { broker, folder } = kafka();
  const topic = await newTopic(broker);
  {
    await using producer = await openProducer(broker.connection, {
      topic,
      partitions: 1,
      compression: "none",
    });
    await producer.send(
      [21, 22, 23].map((age) => ({ value: bytes(`A B, ${age}, Law`) })),
    );
  }
  {
    await using admin = await openAdmin(broker.connection);
    await admin.deleteMessages(topic, new Map([[0, 1n]]));
  }
  const beyond = await report(topic, `${folder}/beyond`, ["--from", "3", "--to", "9"]);
  assert.deepEqual(beyond, {
    code: 5,
    stdout: "",
    stderr: `error: ${topic} has no messages from offset 3 to 8\n` +
      "       Name offsets that it has with --from and --to, or a time\n",
  });
  assert.deepEqual([...Deno.readDirSync(`${folder}/beyond`)], []);

  const { code, stderr } = await report(topic, `${folder}/part`, [
    ...["--from", "0", "--to", "9"],
  ]);
  assert.match(
    stderr,
    new RegExp(`^warning: there are no messages at ${topic}/0@0–0, ${topic}/0@3–8$`, "m"),
  );
  assert.equal(code, 0);
});
