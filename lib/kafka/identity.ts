/**
 * Kafka's own names of a cluster and a topic. A topic that is deleted and made again has
 * another id, and its offsets mean other messages. The client cannot tell it: it speaks an
 * older version of the request (https://kafka.apache.org/protocol#The_Messages_Metadata).
 */
import type { Connection } from "./connection.ts";
import { connect } from "./probe.ts";

/** Which cluster and which topic it is, whatever they are called. */
export interface TopicIdentity {
  readonly clusterId: string;
  /** A UUID. */
  readonly topicId: string;
}

const PATIENCE_MS = 5000;

/**
 * Returns the ids, from the first server that answers; undefined where there is no such topic.
 *
 * @throws {Error} If none tells; what Deno says of the first one's connection.
 */
export async function readTopicIdentity(
  { servers, tls }: Connection,
  topic: string,
): Promise<TopicIdentity | undefined> {
  const asked = servers.map(async (server) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const conn = await connect(server, tls, signal);
    const hangUp = (): void => conn.close();
    signal.addEventListener("abort", hangUp);
    try {
      await writeAll(conn, question(topic));
      const length = new Fields(await readBytes(conn, 4)).number(4);
      return parseAnswer(await readBytes(conn, length));
    } finally {
      signal.removeEventListener("abort", hangUp);
      if (!signal.aborted) conn.close();
    }
  });
  return await Promise.any(asked).catch((error) => {
    throw error.errors[0];
  });
}

/** Metadata, version 12, of one topic that is not to be made. */
function question(topic: string): Uint8Array {
  const name = new TextEncoder().encode(topic);
  const client = new TextEncoder().encode("cohort");
  const body = [
    ...[0, 3, 0, 12, 0, 0, 0, 1, 0, client.length, ...client, 0], // header, no tags
    ...[2, ...new Array(16).fill(0)], // one topic, by its name and not by its id
    ...[...varint(name.length + 1), ...name, 0],
    ...[0, 0, 0], // make none, tell no rights, no tags
  ];
  return Uint8Array.of(
    ...[24, 16, 8, 0].map((bits) => body.length >>> bits & 255),
    ...body,
  );
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >>> 7)];
}

/** Kafka's error for a topic that it does not have. */
const UNKNOWN_TOPIC = 3;

function parseAnswer(bytes: Uint8Array): TopicIdentity | undefined {
  const fields = new Fields(bytes);
  fields.number(4); // correlation
  fields.tags();
  fields.number(4); // throttle
  for (let brokers = fields.varint() - 1; brokers > 0; brokers--) {
    fields.number(4); // node
    fields.text();
    fields.number(4); // port
    fields.text(); // rack
    fields.tags();
  }
  const clusterId = fields.text();
  fields.number(4); // controller
  fields.varint(); // one topic
  const error = fields.number(2);
  if (error === UNKNOWN_TOPIC) return undefined;
  if (error !== 0) throw new Error(`the topic cannot be told (Kafka's error ${error})`);
  fields.text();
  return { clusterId, topicId: formatUuid(fields.bytes(16)) };
}

function formatUuid(bytes: Uint8Array): string {
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(bytes.toHex())!;
  return parts.join("-");
}

/** Reads the fields of an answer, one after the other. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at += length);
  }

  /** One number of so many bytes. */
  number(length: number): number {
    return this.bytes(length).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  /** A text, or nothing where it is absent. */
  text(): string {
    return new TextDecoder().decode(this.bytes(Math.max(0, this.varint() - 1)));
  }

  tags(): void {
    for (let count = this.varint(); count > 0; count--) {
      this.varint();
      this.bytes(this.varint());
    }
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

async function readBytes(conn: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length;) {
    const count = await conn.read(bytes.subarray(read));
    if (count === null) throw new Deno.errors.UnexpectedEof("the broker hung up");
    read += count;
  }
  return bytes;
}
