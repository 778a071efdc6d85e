/**
 * What the client hands over, as plain values with their offsets.
 */
import type { EachBatchPayload } from "./client.ts";
import type { BatchMessage } from "./fetch_response.ts";
import type { FetchedMessages } from "./reader.ts";
import { RecordReader } from "./record_batch.ts";

/** What of the client's batch its types do not tell. */
interface RawBatch {
  readonly fetchedOffset: string;
  readonly messages: readonly (Partial<BatchMessage> & {
    readonly offset: string;
    readonly value?: Uint8Array | null;
  })[];
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
