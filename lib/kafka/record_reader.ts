/**
 * The records of a batch: read where they stand, since an object for each message costs more
 * than all that is done with it.
 */
import type { RecordBatch } from "./record_batch.ts";

/** Reads the records of a batch one after the other. */
export class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #base: bigint;
  #left: number;
  #at = 0;
  /** The offset of the record. */
  offset = 0n;
  /** Null: a tombstone. */
  value: Uint8Array | null = null;
  /** Null: it has none. */
  key: Uint8Array | null = null;

  constructor({ base, count, records }: RecordBatch) {
    // a Buffer's views are slower
    this.#bytes = new Uint8Array(records.buffer, records.byteOffset, records.length);
    this.#base = base;
    this.#left = count;
  }

  /** Goes to the next record; returns whether there is one. */
  next(): boolean {
    if (this.#left-- <= 0) return false;
    const length = this.#varint();
    const end = this.#at + length;
    this.#at++; // attributes
    while (this.#bytes[this.#at++]! > 127); // time
    this.offset = this.#base + BigInt(this.#varint());
    this.key = this.#part();
    this.value = this.#part();
    this.#at = end; // headers
    return true;
  }

  #part(): Uint8Array | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#at;
    return this.#bytes.subarray(start, this.#at = start + length);
  }

  /** A number of at most 32 bits, the sign in the lowest. */
  #varint(): number {
    let result = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      result |= (byte & 127) << shift;
      if (byte < 128) return (result >>> 1) ^ -(result & 1);
    }
  }
}
