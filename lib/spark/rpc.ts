/**
 * Requests to a Spark Connect server over gRPC: the only file that imports it. It is loaded
 * when a session is opened, and not before.
 */
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import type { Client, Metadata, ServiceDefinition, ServiceError } from "@grpc/grpc-js";
import type { MessageTypeDefinition, PackageDefinition } from "@grpc/proto-loader";
import { formatAddress, type SparkAddress } from "./address.ts";
import type {
  Artifacts,
  ArtifactsResponse,
  Calls,
  Head,
  PlanResponse,
  Streams,
} from "./messages.ts";

/** A connection; the first request makes it, and the next one where it has broken. */
export interface Channel extends Disposable {
  /**
   * Returns the answer to a request.
   *
   * @throws {RpcError} If it failed, or was not answered in time.
   */
  call<M extends keyof Calls>(
    method: M,
    request: Head & Calls[M][0],
    options?: CallOptions,
  ): Promise<Calls[M][1]>;
  /** Sends files; throws as `call` does. */
  upload(request: Head & Artifacts, options?: CallOptions): Promise<ArtifactsResponse>;
  /**
   * Yields the responses as they are asked for: who does not ask makes the server wait.
   * Leaving the loop ends the request, but not what it has started on the cluster. Throws
   * as `call` does; a server that falls silent is one that has gone away.
   */
  stream<M extends keyof Streams>(
    method: M,
    request: Head & Streams[M],
    options?: StreamOptions,
  ): AsyncGenerator<PlanResponse, void>;
}

/** How long a request may take, and what gives it up. */
export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long a stream may take, and how long it may be silent, in ms. */
export interface StreamOptions extends CallOptions {
  readonly silenceMs?: number | undefined;
}

/** A request that failed. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  /** gRPC's number for what went wrong, one of {@linkcode CODES} or another. */
  readonly code: number;
  /** What Spark adds, such as its `errorId`; empty where it adds nothing. */
  readonly info: ReadonlyMap<string, string>;

  constructor(code: number, message: string, info: ReadonlyMap<string, string>) {
    super(message);
    this.code = code;
    this.info = info;
  }
}

/** Some of gRPC's numbers for what can go wrong. */
export const CODES = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const PROTO = fileURLToPath(new URL("connect.proto", import.meta.url));
const TIMEOUT_MS = 60_000;
/** What Spark takes and gives at most in one message. */
const MOST_BYTES = 128 << 20;

/** Returns a connection to the server. Nothing is sent yet. */
export async function openChannel(address: SparkAddress): Promise<Channel> {
  const [{ default: grpc }, { default: loader }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@grpc/proto-loader"),
  ]);
  const definitions = loader.loadSync(PROTO, {
    ...{ keepCase: true, longs: Number, enums: String, defaults: true },
  });
  const metadata = new grpc.Metadata();
  for (const [name, value] of address.headers) metadata.set(name, value);
  if (address.token !== undefined) {
    metadata.set("authorization", `Bearer ${address.token}`);
  }
  const { credentials } = grpc;
  const connect = (): Client =>
    new grpc.Client(
      formatAddress(address),
      address.tls ? credentials.createSsl() : credentials.createInsecure(),
      {
        "grpc.max_receive_message_length": MOST_BYTES,
        "grpc.max_send_message_length": MOST_BYTES,
        "grpc.initial_reconnect_backoff_ms": 100,
        "grpc.max_reconnect_backoff_ms": 1000,
        // else the next session begins with what is wrong with the one before
        "grpc.use_local_subchannel_pool": 1,
        // a proxy for the web is not on the way to a cluster
        "grpc.enable_http_proxy": 0,
      },
    );
  return channelOf({ connect, metadata, definitions });
}

interface Parts {
  readonly connect: () => Client;
  /** Sent with every request. */
  readonly metadata: Metadata;
  readonly definitions: PackageDefinition;
}

function channelOf({ connect, metadata, definitions }: Parts): Channel {
  let client = connect();
  const methods = definitions["spark.connect.SparkConnectService"] as ServiceDefinition;
  /** Returns where a request goes, how it is written, and how its answer is read. */
  const wireOf = (method: string) => {
    const { path, requestSerialize, responseDeserialize } = methods[method]!;
    return [path, requestSerialize, responseDeserialize] as const;
  };
  const fail = (error: ServiceError): never => {
    throw new RpcError(error.code, error.details, infoIn(error, definitions));
  };
  return {
    call: (method, request, options) =>
      answerTo(
        (settings, done) =>
          client.makeUnaryRequest(...wireOf(method), request, metadata, settings, done),
        options,
      ).catch(fail),
    upload: (request, options) =>
      answerTo((settings, done) => {
        const wire = wireOf("AddArtifacts");
        const call = client.makeClientStreamRequest(...wire, metadata, settings, done);
        call.end(request);
        return call;
      }, options).catch(fail),
    async *stream(method, request, options) {
      const { settings, signal } = settingsOf(options);
      const wire = wireOf(method);
      const call = client.makeServerStreamRequest(...wire, request, metadata, settings);
      call.on("error", () => {}); // of a call that is cancelled when nobody reads any more
      const cancel = (): void => call.cancel();
      signal?.addEventListener("abort", cancel);
      if (signal?.aborted) cancel();
      let isSilent = false;
      const hangUp = (): void => {
        isSilent = true;
        cancel();
        client.close(); // the next request would go the same dead way
        client = connect();
      };
      const responses: AsyncIterator<PlanResponse> = call[Symbol.asyncIterator]();
      try {
        for (;;) {
          const timer = options?.silenceMs && setTimeout(hangUp, options.silenceMs);
          const { value, done } = await responses.next().finally(() =>
            clearTimeout(timer)
          );
          if (done) return;
          yield value;
        }
      } catch (error) {
        if (isSilent) throw new RpcError(CODES.unavailable, "It fell silent", new Map());
        fail(error as ServiceError);
      } finally {
        signal?.removeEventListener("abort", cancel);
        cancel();
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** A request under way. */
interface Call {
  cancel(): void;
}

type Done = (error: ServiceError | null, answer?: object) => void;

/** Returns the answer to the request that `start` sends. */
function answerTo(
  start: (settings: { deadline: number }, done: Done) => Call,
  options: CallOptions | undefined,
  // deno-lint-ignore no-explicit-any -- what it is stands in connect.proto
): Promise<any> {
  const { settings, signal } = settingsOf(options);
  return new Promise((resolve, reject) => {
    const call = start(settings, (error, answer) => {
      signal?.removeEventListener("abort", cancel);
      if (error) reject(error);
      else resolve(answer);
    });
    const cancel = (): void => call.cancel();
    signal?.addEventListener("abort", cancel);
    if (signal?.aborted) cancel();
  });
}

function settingsOf({ timeoutMs = TIMEOUT_MS, signal }: CallOptions = {}) {
  return { settings: { deadline: Date.now() + timeoutMs }, signal };
}

/** Returns what Spark adds to an error: a message in a message in a trailer. */
function infoIn(
  { metadata }: ServiceError,
  definitions: PackageDefinition,
): ReadonlyMap<string, string> {
  // deno-lint-ignore no-explicit-any -- what it is stands in connect.proto
  const read = (message: string, bytes: Uint8Array): any => {
    const type = definitions[`spark.connect.${message}`];
    return (type as MessageTypeDefinition<object, object>).deserialize(
      Buffer.from(bytes),
    );
  };
  const [status] = metadata?.get("grpc-status-details-bin") ?? [];
  if (status === undefined || typeof status === "string") return new Map();
  for (const { type_url, value } of read("Status", status).details) {
    if (!type_url.endsWith("google.rpc.ErrorInfo")) continue;
    return new Map(Object.entries(read("ErrorInfo", value).metadata));
  }
  return new Map();
}
