/**
 * A topic that Spark reads, over mutual TLS: the same rows as from anywhere, and rejects that
 * name their places.
 */
import assert from "node:assert/strict";
import { openProducer } from "../../lib/kafka/producer.ts";
import { concat } from "../../lib/transform/bytes.ts";
import { fastCleaner } from "../../lib/transform/clean.ts";
import { PLAIN_LAYOUT } from "../../lib/transform/types.ts";
import {
  hasBroker,
  newTopic,
  readTopic,
  type Stored,
  useBroker,
} from "../kafka/support.ts";
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
): Promise<Ran> {
  const { certificates, broker } = kafka();
  return runHere(
    [
      ...["report", "--input", `kafka://${topic}`, "--out", out, "--quiet", "--no-html"],
      ...args,
    ],
    {
      now: () => new Date(),
      env: {
        COHORT_ENGINE: spark().server.address,
        COHORT_BOOTSTRAP_SERVERS: `127.0.0.1:${broker.port}`,
        COHORT_SSL_CA_LOCATION: `${certificates}/ca.pem`,
        COHORT_SSL_CERTIFICATE_LOCATION: `${certificates}/service.cert`,
        COHORT_SSL_KEY_LOCATION: `${certificates}/service.key`,
      },
    },
  );
}

Deno.test({
  name: "--engine reads a topic over mutual TLS, between the places that are named",
  ignore: !hasBroker || !hasSpark,
  async fn() {
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
    assert.deepEqual(await report(topic, all), { code: 0, stdout: "", stderr: "" });
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
});
