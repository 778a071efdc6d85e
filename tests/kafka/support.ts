/**
 * What the tests with a real broker share: one broker for a file of tests, its certificates,
 * topics of their own, a reader of topics.
 */
import type { PipelineError } from "../../lib/errors.ts";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { makeCertificates } from "../../lib/kafka/certificates.ts";
import { openClient } from "../../lib/kafka/client.ts";
import type { Connection } from "../../lib/kafka/connection.ts";
import {
  type Broker,
  type BrokerOptions,
  startBroker,
} from "../../tools/broker/broker.ts";
import { hasProcesses, hasProgram, isGate } from "../support.ts";

/** Whether a broker can be run: there are Java and Maven, or the gate wants to know. */
export const hasBroker = hasProcesses &&
  (["java", "mvn"].every((name) => hasProgram(name)) || isGate);

/** A test that needs a broker: left out with a reason without Java or Maven. */
export function kafkaTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasBroker, fn });
}

/** A broker for all tests of a file. */
export interface Bench {
  /** A folder for whatever the tests write; it goes with the broker. */
  readonly folder: string;
  /** The folder of the certificates. */
  readonly certificates: string;
  readonly broker: Broker;
}

/** Starts a broker before the tests of the file and ends it after them. */
export function useBroker(
  prepare: (folder: string) => Promise<Partial<BrokerOptions>> = async (folder) => {
    await putCertificates(`${folder}/certs`);
    return {};
  },
): () => Bench {
  let bench: Bench | undefined;
  Deno.test.beforeAll(async () => {
    if (!hasBroker) return;
    const folder = await Deno.makeTempDir({ prefix: "cohort-kafka-" });
    const certificates = `${folder}/certs`;
    try {
      const options = await prepare(folder);
      const data = `${folder}/broker`;
      const broker = await startBroker({ data, certificates, heapMb: 96, ...options });
      bench = { folder, certificates, broker };
    } catch (cause) {
      await Deno.remove(folder, { recursive: true });
      const { message, hint } = cause as PipelineError;
      const why = `${message}${hint ? ` (${hint})` : ""}`;
      throw new Error(`The broker of these tests did not start: ${why}`, { cause });
    }
  });
  Deno.test.afterAll(async () => {
    await bench?.broker.kill();
    if (bench !== undefined) await Deno.remove(bench.folder, { recursive: true });
  });
  return () => bench!;
}

/** Writes certificates for a broker on this machine, as `deno task certs` does. */
export async function putCertificates(
  folder: string,
  hosts: readonly string[] = ["127.0.0.1", "localhost"],
): Promise<void> {
  const { authority, service, broker } = await makeCertificates({
    hosts,
    days: 2,
    now: new Date(),
  });
  Deno.mkdirSync(folder, { recursive: true });
  putSecret(`${folder}/ca.pem`, authority);
  putSecret(`${folder}/service.cert`, service.certificate);
  putSecret(`${folder}/service.key`, service.key);
  putSecret(`${folder}/broker.pem`, broker.key + broker.certificate);
}

/** Writes a file that only its owner may read. */
export function putSecret(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { mode: 0o600 });
}

/** Returns the flags with which a command reaches the broker. */
export function flagsFor(
  { certificates, broker }: Bench,
  port = broker.port,
): readonly string[] {
  return [
    ...["--bootstrap-servers", `127.0.0.1:${port}`],
    ...["--ssl-ca-location", `${certificates}/ca.pem`],
    ...["--ssl-certificate-location", `${certificates}/service.cert`],
    ...["--ssl-key-location", `${certificates}/service.key`],
  ];
}

let topics = 0;

/** Makes a topic that no other test knows; returns its name. */
export async function newTopic(
  { connection }: Broker,
  partitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `topic-${++topics}`;
  await using admin = await openAdmin(connection);
  await admin.createTopic({ topic, partitions, config });
  return topic;
}

/** A message as it stands in a topic. */
export interface Stored {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | undefined;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns how many messages the topic holds, by its offsets. */
export async function countMessages(
  connection: Connection,
  topic: string,
): Promise<number> {
  await using admin = await openAdmin(connection);
  const offsets = await admin.offsets(topic);
  return Number(offsets.reduce((sum, { start, end }) => sum + end - start, 0n));
}

/** Resolves when the topic holds so many messages; fails when that takes two minutes. */
export async function untilHolds(
  { connection }: Broker,
  { topic, messages }: { readonly topic: string; readonly messages: number },
): Promise<void> {
  const deadline = performance.now() + 120_000;
  let held = 0;
  while (held < messages) {
    held = await countMessages(connection, topic);
    if (performance.now() > deadline) throw new Error(`${topic} holds ${held} messages`);
  }
}

/** Returns all messages that the topic holds now, by partition and offset. */
export async function readTopic(
  connection: Connection,
  topic: string,
): Promise<Stored[]> {
  const count = await countMessages(connection, topic);
  const stored: Stored[] = [];
  const consumer = (await openClient(connection, { retries: 5 }))
    .consumer({ groupId: `reader-of-${topic}`, allowAutoTopicCreation: false });
  const { promise: isRead, resolve } = Promise.withResolvers<void>();
  if (count === 0) return stored;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    // deno-lint-ignore require-await -- the client wants a promise
    eachBatch: async ({ batch }) => {
      for (const { offset, key, value, headers = {} } of batch.messages) {
        stored.push({
          partition: batch.partition,
          offset: BigInt(offset),
          key: key?.toString(),
          value: value && new Uint8Array(value),
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, String(value)]),
          ),
        });
      }
      if (stored.length >= count) resolve();
    },
  });
  await isRead;
  await consumer.disconnect();
  return stored.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}
