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

/** The connection whose queue is being made. */
let connected: Socket | undefined;

/** Connects as the client does by itself, but sends what it has at once. */
const connect: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const server = isIP(host) > 0 ? { host, port } : { host, port, servername: host };
  const onReady = (): void => {
    connected = socket;
    onConnect();
    connected = undefined;
  };
  const socket: Socket = ssl
    ? connectTls({ ...server, ...ssl }, onReady)
    : connectTcp({ host, port }, onReady);
  // else a request of several packets waits 40 ms for the broker to confirm the first
  return socket.setNoDelay(true).setKeepAlive(true, 60_000);
};

/** Returns the package with all codecs and without its two faults. */
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

/** A request on its way, as far as it is mended. */
interface SocketRequest {
  /** Called when its answer has not come in time. */
  timeoutHandler(): void;
}

/** What of the package's own queue of a connection is mended. */
interface RequestQueue {
  /** Until when the broker wants no request, in ms since 1970. */
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
  /** Called when the connection is there. */
  scheduleRequestTimeoutCheck(): void;
  createSocketRequest(request: unknown): SocketRequest;
  /** Ours: the connection. */
  socket: Socket | undefined;
}

/** How often the queue looks for requests that wait, in ms. */
const QUEUE_CHECK_MS = 10;

let isMended = false;

async function mendRequestQueue(): Promise<void> {
  if (isMended) return;
  isMended = true;
  const { prototype }: { readonly prototype: RequestQueue } =
    (await import("kafkajs/request-queue")).default;
  mendTimer(prototype);
  closeSilentConnections(prototype);
}

/**
 * Gives the queue's timer a time to come. It is handed the time until the broker's throttle
 * ends, and of a throttle that has ended long ago that is a negative one, for which Node and
 * Deno print a TimeoutNegativeWarning.
 */
function mendTimer(queue: RequestQueue): void {
  const { scheduleCheckPendingRequests } = queue;
  queue.scheduleCheckPendingRequests = function () {
    const { throttledUntil } = this;
    this.throttledUntil = Math.max(throttledUntil, Date.now() + QUEUE_CHECK_MS);
    scheduleCheckPendingRequests.call(this);
    this.throttledUntil = throttledUntil;
  };
}

/**
 * Closes a connection on which an answer has not come in time. The client would go on asking
 * there, for ever where the other side is gone without a word: a cable, a firewall.
 */
function closeSilentConnections(queue: RequestQueue): void {
  const { scheduleRequestTimeoutCheck, createSocketRequest } = queue;
  queue.scheduleRequestTimeoutCheck = function () {
    this.socket = connected;
    scheduleRequestTimeoutCheck.call(this);
  };
  queue.createSocketRequest = function (pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { timeoutHandler } = request;
    request.timeoutHandler = () => {
      timeoutHandler();
      this.socket?.destroy(new Error("it does not answer any more"));
    };
    return request;
  };
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
