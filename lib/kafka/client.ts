/**
 * The Kafka client: the only file that imports it. It is loaded when a command needs Kafka,
 * and not before.
 */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactory, Kafka, KafkaConfig } from "kafkajs";
import { CODECS } from "./codecs.ts";
import { type Connection, formatServer } from "./connection.ts";
import { decodeFetchResponse } from "./fetch_response.ts";
import { mendClient, withSocket } from "./mends.ts";

export type { Consumer, EachBatchPayload, PartitionAssigner } from "kafkajs";

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
        ssl: {
          ca: [tls.authorities],
          ...(tls.identity && { cert: tls.identity.certificate, key: tls.identity.key }),
        },
      }),
      socketFactory: connect,
      connectionTimeout: 2000,
      requestTimeout: 10_000,
      retry: { ...RETRY, retries },
      logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.INFO,
      logCreator: () => ({ level, log }) =>
        onLog?.({ level: LEVELS[level] ?? "debug", message: log.message }),
    } satisfies KafkaConfig,
  );
}

/** Connects as the client does by itself, but sends what it has at once. */
const connect: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const server = isIP(host) > 0 ? { host, port } : { host, port, servername: host };
  const onReady = (): void => {
    withSocket(socket, onConnect);
  };
  const socket: Socket = ssl
    ? connectTls({ ...server, ...ssl }, onReady)
    : connectTcp({ host, port }, onReady);
  // else a request of several packets waits 40 ms for the broker to confirm the first
  return socket.setNoDelay(true).setKeepAlive(true, 60_000);
};

/** Returns the package with all codecs and without the faults that matter here. */
export async function loadKafkajs(): Promise<typeof import("kafkajs")> {
  const { default: kafkajs } = await import("kafkajs");
  const { CompressionTypes, CompressionCodecs } = kafkajs;
  Object.assign(CompressionCodecs, {
    [CompressionTypes.Snappy]: () => CODECS.snappy,
    [CompressionTypes.LZ4]: () => CODECS.lz4,
    [CompressionTypes.ZSTD]: () => CODECS.zstd,
  });
  await mendClient();
  return kafkajs;
}

/** What of the package's own answers to requests for messages is replaced. */
interface FetchResponse {
  decode(payload: Buffer): Promise<object>;
}

let isBatchwise = false;

/**
 * Lets every consumer of this process get a `BatchMessage` for each batch of records instead
 * of a message for each record: the client spends ten times as long on making those as the
 * stream on cleaning them.
 */
export async function fetchBatchwise(): Promise<void> {
  if (isBatchwise) return;
  isBatchwise = true;
  const { CompressionCodecs } = await loadKafkajs();
  const response: FetchResponse = (await import("kafkajs/fetch-response")).default;
  const { decode } = response;
  response.decode = async (payload) =>
    await decodeFetchResponse(payload, CompressionCodecs) ?? await decode(payload);
}
