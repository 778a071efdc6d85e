/**
 * Sends records to a topic, each exactly once: the broker numbers what an idempotent producer
 * sends, so that a batch that is sent again after a lost answer is stored once.
 */
import { Buffer } from "node:buffer";
import { PipelineError } from "../errors.ts";
import { loadKafkajs, type LogEntry, openClient } from "./client.ts";
import type { Connection } from "./connection.ts";

/** How the records of a batch can be packed. */
export const COMPRESSIONS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** How the records of a batch are packed. */
export type Compression = typeof COMPRESSIONS[number];

/** A message to be. */
export interface Outgoing {
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
  /** Messages of one key go to one partition, in their order. */
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a producer needs to know. */
export interface ProducerOptions {
  readonly topic: string;
  /** How many partitions the topic has. */
  readonly partitions: number;
  readonly compression: Compression;
  /** Told what the client would print. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** Sends messages; dispose of it to hang up. */
export interface RecordProducer extends AsyncDisposable {
  /**
   * Returns how many of the messages all replicas have, once they have them. Waits while the
   * broker is away; call it again only after it has returned.
   *
   * @throws {PipelineError} If the broker refuses them.
   */
  send(messages: readonly Outgoing[]): Promise<number>;
}

/** Returns a producer that is connected. */
export async function openProducer(
  connection: Connection,
  { topic, partitions, compression, onLog }: ProducerOptions,
): Promise<RecordProducer> {
  const { CompressionTypes, Partitioners } = await loadKafkajs();
  const types = {
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
    zstd: CompressionTypes.ZSTD,
  };
  // with fewer retries the client no longer promises "once"
  const client = await openClient(connection, {
    retries: Number.MAX_SAFE_INTEGER,
    onLog,
  });
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner,
  });
  await producer.connect().catch((error) => {
    throw refused(topic, error);
  });
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    ...{ partitionId, leader: 0, replicas: [0], isr: [0] },
    partitionErrorCode: 0,
  }));
  const byKey = createPartitioner();
  let turn = 0;
  return {
    async send(outgoing) {
      const partition = turn++ % partitions;
      // chosen here and not by the client, which would choose anew with each further try, so
      // that a batch whose answer was lost would be stored in two partitions
      const messages = outgoing.map(({ value, key, headers = {} }) => {
        const message = {
          value: value && Buffer.from(value),
          headers,
          ...(key !== undefined && { key }),
        };
        if (key === undefined) return { ...message, partition };
        return { ...message, partition: byKey({ topic, partitionMetadata, message }) };
      });
      const stored = await producer.send({
        topic,
        messages,
        acks: -1,
        compression: types[compression],
      }).catch((error) => {
        throw refused(topic, error);
      });
      const acknowledged = new Set(stored.map(({ partition }) => partition));
      return messages.filter(({ partition }) => acknowledged.has(partition)).length;
    },
    [Symbol.asyncDispose]: () => producer.disconnect(),
  };
}

/** What to do about Kafka's own errors. */
const HINTS: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: "Raise max.message.bytes of the topic",
  TOPIC_AUTHORIZATION_FAILED: "Ask for the right to write to it",
  CLUSTER_AUTHORIZATION_FAILED: "Ask for the right IdempotentWrite on the cluster",
};

function refused(topic: string, error: unknown): PipelineError {
  const { message, type, cause } = error as Error & { readonly type?: string };
  const reason = (cause as { readonly type?: string } | undefined)?.type ?? type;
  return new PipelineError("kafka", `Kafka refuses records for ${topic}: ${message}`, {
    hint: HINTS[reason ?? ""] ?? "The broker's log may tell more",
    cause: error,
  });
}
