/**
 * What the client hands over, as plain values with their offsets.
 */
import { PipelineError } from "../errors.ts";
import type { EachBatchPayload } from "./client.ts";
import type { BatchMessage } from "./fetch_response.ts";
import type { FetchedMessages } from "./reader.ts";
import { RecordReader } from "./record_reader.ts";

/** What of the client's batch its types do not tell. */
interface RawBatch {
  readonly fetchedOffset: string;
  readonly messages: readonly (Partial<BatchMessage> & {
    readonly offset: string;
    readonly value?: Uint8Array | null;
  })[];
}

/** A batch of records that cannot be read: where, and what is wrong with it. */
export interface DamagedBatch {
  /** `topic/partition`. */
  readonly place: string;
  /** The offset that was asked for. */
  readonly offset: string;
  readonly damage: string;
}

/** Returns the error for a batch that cannot be read. */
export function damagedError({ place, offset, damage }: DamagedBatch): PipelineError {
  return new PipelineError("kafka", `Cannot read ${place}@${offset}: ${damage}`, {
    hint:
      "Start again: if this happened on the way here, it is over. Else the broker's " +
      "disk is damaged: mend the topic there, or go on behind it with --from OFFSET",
  });
}

/** Returns what is wrong with the client's batch, if anything is. */
export function damageOf(batch: EachBatchPayload["batch"]): DamagedBatch | undefined {
  const { fetchedOffset: offset, messages } = batch as unknown as RawBatch;
  const damage = messages[0]?.damage;
  const place = `${batch.topic}/${batch.partition}`;
  return damage === undefined ? undefined : { place, offset, damage };
}

/** Returns the messages of the client's batch. */
export function messagesOf(batch: EachBatchPayload["batch"]): FetchedMessages {
  const { partition, highWatermark } = batch;
  const { fetchedOffset, messages } = batch as unknown as RawBatch;
  const from = BigInt(fetchedOffset);
  const values: (Uint8Array | null)[] = [];
  const offsets: bigint[] = [];
  for (const { batch: records, offset, value = null } of messages) {
    if (records === undefined) { // of a broker that does not know version 11
      values.push(value);
      offsets.push(BigInt(offset));
      continue;
    }
    const reader = new RecordReader(records);
    while (reader.next()) {
      if (reader.offset < from) continue; // the broker sends whole batches
      values.push(reader.value);
      offsets.push(reader.offset);
    }
  }
  const end = BigInt(batch.lastOffset()) + 1n;
  return { partition, from, end, high: BigInt(highWatermark), values, offsets };
}

/** What a message takes in memory beside its bytes, about. */
const OVERHEAD_BYTES = 100;

/** Returns how much memory the messages take, in bytes. */
export function sizeOf({ values }: FetchedMessages): number {
  return values.reduce((sum, value) => sum + (value?.length ?? 0) + OVERHEAD_BYTES, 0);
}
