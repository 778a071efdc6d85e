/**
 * The Kafka client: the only file that imports it. It is loaded when a command needs Kafka,
 * and not before.
 */
import type { Kafka, KafkaConfig } from "kafkajs";
import { CODECS } from "./codecs.ts";
import { type Connection, formatServer } from "./connection.ts";

export type { Admin, Consumer, Kafka, Message, Partitioners, Producer } from "kafkajs";

/** What the client would print. */
export interface LogEntry {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
}

/** What the client is told beside the connection. */
export interface ClientOptions {
  /** How often it tries again what a broker's absence has stopped. */
  readonly retries: number;
  /** Told what the client would print; absent: it says nothing. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** The client's numbers for its levels. */
const LEVELS: Readonly<Record<number, LogEntry["level"]>> = {
  1: "error",
  2: "warn",
  4: "info",
};

/** Waits between two tries, in ms: a broker that is back is found within a second. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1000 };

/** Returns the client. It connects nowhere before it is asked to. */
export async function openClient(
  { servers, clientId, tls }: Connection,
  { retries, onLog }: ClientOptions,
): Promise<Kafka> {
  const { Kafka, logLevel } = await loadKafkajs();
  return new Kafka(
    {
      brokers: servers.map(formatServer),
      clientId,
      ...(tls && {
        ssl: { ca: [tls.authorities], cert: tls.certificate, key: tls.key },
      }),
      connectionTimeout: 2000,
      requestTimeout: 10_000,
      retry: { ...RETRY, retries },
      logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.INFO,
      logCreator: () => ({ level, log }) =>
        onLog?.({ level: LEVELS[level] ?? "debug", message: log.message }),
    } satisfies KafkaConfig,
  );
}

/** Returns the package with all codecs and without its one fault. */
export async function loadKafkajs(): Promise<typeof import("kafkajs")> {
  const { default: kafkajs } = await import("kafkajs");
  const { CompressionTypes, CompressionCodecs } = kafkajs;
  Object.assign(CompressionCodecs, {
    [CompressionTypes.Snappy]: () => CODECS.snappy,
    [CompressionTypes.LZ4]: () => CODECS.lz4,
    [CompressionTypes.ZSTD]: () => CODECS.zstd,
  });
  await mendRequestQueue();
  return kafkajs;
}

/** What of the package's own queue is mended. */
interface RequestQueue {
  /** Until when the broker wants no request, in ms since 1970. */
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

let isMended = false;

/**
 * Gives a time that is over as "now". The queue hands "time until then" to a timer, and a
 * negative one makes Node and Deno print a TimeoutNegativeWarning on every run.
 */
async function mendRequestQueue(): Promise<void> {
  if (isMended) return;
  isMended = true;
  const queue: { readonly prototype: RequestQueue } =
    (await import("kafkajs/request-queue")).default;
  const { scheduleCheckPendingRequests } = queue.prototype;
  queue.prototype.scheduleCheckPendingRequests = function () {
    this.throttledUntil = Math.max(this.throttledUntil, Date.now());
    scheduleCheckPendingRequests.call(this);
  };
}
