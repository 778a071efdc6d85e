/**
 * A topic as a source for scripts and notebooks: looked at from a group of its own that
 * commits nothing, so that nobody else who reads the topic notices.
 */
import { PipelineError } from "../errors.ts";
import type { Source } from "../ingest/source.ts";
import { openAdmin } from "../kafka/admin.ts";
import { checkConnection } from "../kafka/check.ts";
import { type Connection, parseServers } from "../kafka/connection.ts";
import { GroupMember } from "../kafka/consumer.ts";
import type { FetchedMessages, PartitionReader } from "../kafka/reader.ts";
import { parseTls, readPem, refuseOpenFile } from "../kafka/tls.ts";
import { PLAIN_LAYOUT, type ValuesBatch } from "../transform/types.ts";
import { cut, Limits } from "./limits.ts";

/** How a topic is reached, and how long it is looked at. */
export interface ReadTopicOptions {
  /** Servers of the cluster, with commas between them; `127.0.0.1:9093` by default. */
  readonly servers?: string;
  /**
   * The folder with `ca.pem`, `service.cert` and `service.key`, `certs` by default; an empty
   * text where the connection is not encrypted.
   */
  readonly certs?: string;
  /**
   * How long to wait for more when all is read that the topic held at the beginning, in ms;
   * 0 by default, which ends exactly there. `Infinity` never ends: leave the loop.
   */
  readonly followMs?: number;
}

/**
 * Returns the topic as a source, once a server has answered. It reads from the first message
 * that the broker still has, with the service's certificate, and commits no offsets.
 *
 * @throws {PipelineError} If a certificate cannot be used, no server answers, it refuses us,
 * or it has no such topic, within 5 s.
 *
 * @example
 * ```ts ignore
 * import { readTopic, students } from "cohort";
 *
 * for await (const batch of students(await readTopic("ibtissam", { followMs: 5000 }))) {
 *   console.log(batch.length);
 * }
 * ```
 */
export async function readTopic(
  topic: string,
  options: ReadTopicOptions = {},
): Promise<Source> {
  const { followMs = 0 } = options;
  const connection = connectionOf(options);
  await checkConnection(connection, topic);
  return {
    name: topic,
    layout: PLAIN_LAYOUT,
    read: (signal) => look({ connection, topic, followMs, signal }),
  };
}

function connectionOf(
  { servers = "127.0.0.1:9093", certs = "certs" }: ReadTopicOptions,
): Connection {
  const parsed = parseServers(servers);
  if (parsed === undefined) {
    throw new PipelineError("usage", `servers cannot be "${servers}"`, {
      hint: "Give servers with commas between them: kafka.example:9093,127.0.0.1:9094",
    });
  }
  const connection = { servers: parsed, clientId: "cohort" };
  if (certs === "") return connection;
  const pem = (name: string) => readPem(`${certs}/${name}`, "certs");
  const identity = { certificate: pem("service.cert"), key: pem("service.key") };
  refuseOpenFile(identity.key.name, "the key ");
  const tls = parseTls({ authorities: pem("ca.pem"), identity }, new Date());
  return { ...connection, tls };
}

/** What a look at a topic needs to know. */
interface LookOptions {
  readonly connection: Connection;
  readonly topic: string;
  readonly followMs: number;
  readonly signal: AbortSignal;
}

/** What a timer can wait, in ms: 24 days. Who follows for longer follows for ever. */
const LONGEST_MS = 2 ** 31 - 1;
/** As long as a slow reader may keep its partitions, in ms; it tells that it lives. */
const SESSION_MS = 10_000;

async function* look(options: LookOptions): AsyncGenerator<ValuesBatch> {
  const { connection, topic, signal } = options;
  signal.throwIfAborted();
  const reader = new Look(options);
  const stop = (): void => reader.onFailure(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    const groupId = `cohort-look-${crypto.randomUUID()}`;
    await using _member = await GroupMember.join(connection, {
      ...{ topic, groupId, sessionTimeoutMs: SESSION_MS, reader },
    });
    for await (const batch of reader.batches) {
      reader.isAsked = false;
      yield batch;
      reader.isAsked = true;
      reader.endInTime();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    reader.end();
  }
}

/** Hands on what comes, a batch at a time: the next is taken when the last was asked for. */
class Look implements PartitionReader {
  readonly batches: ReadableStream<ValuesBatch>;
  readonly positions = new Map<number, bigint>();
  readonly #options: LookOptions;
  readonly #limits = new Limits({ isUntilEnd: true });
  readonly #writer: WritableStreamDefaultWriter<ValuesBatch>;
  /** Whether somebody waits for a batch, and is not at work on the last one. */
  isAsked = true;
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LookOptions) {
    this.#options = options;
    const { readable, writable } = new TransformStream<ValuesBatch>();
    this.batches = readable;
    this.#writer = writable.getWriter();
  }

  /** Where to go on after the group was joined again. */
  get checkpoints(): ReadonlyMap<number, bigint> {
    return this.positions;
  }

  async findStarts(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const { connection, topic } = this.#options;
    await using admin = await openAdmin(connection, { retries: 0 });
    const held = await admin.offsets(topic);
    for (const { partition, end } of held) this.#limits.ends(partition, end);
    const wanted = held.filter(({ partition }) => partitions.includes(partition));
    return new Map(wanted.map(({ partition, start }) => [partition, start]));
  }

  assign(starts: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint> {
    for (const [partition, start] of starts) {
      const at = this.positions.get(partition) ?? start;
      this.positions.set(partition, at > start ? at : start); // the broker may delete
    }
    this.endInTime();
    return this.positions;
  }

  async take(messages: FetchedMessages): Promise<void> {
    const { topic, followMs } = this.#options;
    const { partition } = messages;
    const position = this.positions.get(partition);
    if (this.#hasEnded || position === undefined || messages.end <= position) return;
    const limit = followMs > 0 ? { records: Infinity } : this.#limits.of(partition);
    const { values, offsets, end } = cut(messages, limit);
    this.positions.set(partition, end);
    if (values.length === 0) return this.endInTime();
    const input = { name: topic, layout: PLAIN_LAYOUT };
    await this.#writer.write({ input, partition, values, offsets });
  }

  handOver(): void {}

  onJoining(): void {}

  onFailure(error: unknown): void {
    void this.#writer.abort(error).catch(() => {}); // whoever reads is told
  }

  /** Ends the batches, after the last one that was taken. */
  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    void this.#writer.close().catch(() => {}); // they may have failed
  }

  /** Ends the batches when their time is over: it begins when all is read and more is asked. */
  endInTime(): void {
    const { followMs } = this.#options;
    if (!this.isAsked || this.#timer !== undefined) return;
    if (followMs > LONGEST_MS || !this.#limits.areReached(this.positions)) return;
    this.#timer = setTimeout(() => this.end(), followMs);
  }
}
