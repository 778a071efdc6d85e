/**
 * The broker's answer to a request for messages, version 11, in the form in which the client
 * wants it, but for one thing: a batch of records stands where a message would.
 */
import { Buffer } from "node:buffer";
import { readBatches, type RecordBatch, type Unpackers } from "./record_batch.ts";
import { RecordReader } from "./record_reader.ts";

/** A batch of records as the client takes it, for one message. */
export interface BatchMessage {
  /** The last offset that the batch covers. */
  readonly offset: string;
  readonly isControlRecord: boolean;
  /** What kind of mark it is; null of messages. */
  readonly key: Buffer | null;
  readonly batchContext: {
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
  /** Absent of one that is damaged. */
  readonly batch?: RecordBatch;
  /** What is wrong with it. */
  readonly damage?: string;
}

/** Returns the answer; undefined where it holds messages of a format that is no longer used. */
export async function decodeFetchResponse(
  payload: Uint8Array,
  unpackers: Unpackers,
): Promise<object | undefined> {
  const reader = new Reader(payload);
  const head = {
    throttleTime: 0, // it is for the client to wait: the broker has not
    clientSideThrottleTime: reader.int32(),
    errorCode: reader.int16(),
    sessionId: reader.int32(),
  };
  const responses = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.string();
    const partitions = [];
    for (let count = reader.int32(); count > 0; count--) {
      const partition = decodePartition(reader);
      const end = BigInt(partition.highWatermark);
      const read = await readBatches(reader.bytes(), { unpackers, end });
      if (read === undefined) return undefined;
      const { batches, damage } = read;
      // a damaged one behind others comes again, at the head of the next answer
      const messages = damage !== undefined && batches.length === 0
        ? [asDamaged(partition.highWatermark, damage)]
        : batches.map(asMessage);
      partitions.push({ ...partition, messages });
    }
    responses.push({ topicName, partitions });
  }
  return { ...head, responses };
}

function decodePartition(reader: Reader) {
  return {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    lastStartOffset: reader.int64(),
    abortedTransactions: Array.from(
      { length: Math.max(0, reader.int32()) },
      () => ({ producerId: reader.int64(), firstOffset: reader.int64() }),
    ),
    preferredReadReplica: reader.int32(),
  };
}

function asMessage(batch: RecordBatch): BatchMessage {
  const { last, isControl, isTransactional, producerId } = batch;
  return {
    offset: `${last}`,
    isControlRecord: isControl,
    key: isControl ? markOf(batch) : null,
    batchContext: { producerId: `${producerId}`, inTransaction: isTransactional },
    batch,
  };
}

/** The client drops what is below the offset that it has asked for: the end never is. */
function asDamaged(end: string, damage: string): BatchMessage {
  const batchContext = { producerId: "-1", inTransaction: false };
  return { offset: end, isControlRecord: false, key: null, batchContext, damage };
}

function markOf(batch: RecordBatch): Buffer | null {
  const reader = new RecordReader(batch);
  reader.next();
  return reader.key && Buffer.from(reader.key);
}

/** Reads what the protocol's texts are made of, one after the other. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  int16(): number {
    return this.#view.getInt16(this.#pass(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#pass(4));
  }

  /** As text, which is how the client has such numbers. */
  int64(): string {
    return `${this.#view.getBigInt64(this.#pass(8))}`;
  }

  string(): string {
    const length = this.int16();
    const start = this.#pass(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  bytes(): Uint8Array {
    const length = Math.max(0, this.int32());
    const start = this.#pass(length);
    return this.#bytes.subarray(start, start + length);
  }

  #pass(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
