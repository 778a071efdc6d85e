/**
 * Where a stream ends by itself: after so many records, or at what was there when it began.
 */
import type { FetchedMessages } from "../kafka/reader.ts";

/** What may still be taken of a partition. */
export interface Limit {
  /** How many records. */
  readonly records: number;
  /** Up to before this offset; absent: whatever comes. */
  readonly end?: bigint | undefined;
}

/** Knows when a stream has all that it wants. */
export class Limits {
  readonly #isUntilEnd: boolean;
  readonly #ends = new Map<number, bigint>();
  #left: number;

  constructor(
    { maxRecords = Infinity, isUntilEnd }: {
      readonly maxRecords?: number | undefined;
      readonly isUntilEnd: boolean;
    },
  ) {
    this.#left = maxRecords;
    this.#isUntilEnd = isUntilEnd;
  }

  /** Learns where a partition ends; the first time counts. */
  ends(partition: number, end: bigint): void {
    if (this.#isUntilEnd && !this.#ends.has(partition)) this.#ends.set(partition, end);
  }

  /** What may still be taken of a partition. */
  of(partition: number): Limit {
    return { records: this.#left, end: this.#ends.get(partition) };
  }

  /** Counts records that were taken. */
  count(records: number): void {
    this.#left -= records;
  }

  /** Whether nothing more is wanted of these partitions. */
  areReached(positions: ReadonlyMap<number, bigint>): boolean {
    if (this.#left <= 0) return true;
    // who has no partition waits for one
    return this.#isUntilEnd && positions.size > 0 &&
      positions.entries().every(([partition, at]) =>
        at >= (this.#ends.get(partition) ?? 0n)
      );
  }
}

/** Returns what of the messages may be taken. */
export function cut(messages: FetchedMessages, { records, end }: Limit): FetchedMessages {
  const { values, offsets } = messages;
  const beyond = end === undefined ? -1 : offsets.findIndex((offset) => offset >= end);
  const count = Math.min(records, beyond < 0 ? offsets.length : beyond);
  if (count === offsets.length) return messages;
  const next = offsets[count]!;
  return {
    ...messages,
    values: values.slice(0, count),
    offsets: offsets.slice(0, count),
    end: end !== undefined && end < next ? end : next,
  };
}
