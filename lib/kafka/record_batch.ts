/**
 * Records as a producer has packed them and as a broker keeps and sends them: read where they
 * stand, since an object for each message costs more than all that is done with it.
 *
 * The format is that of Kafka since 0.11, magic 2
 * (https://kafka.apache.org/documentation/#recordbatch).
 */

/** Unpacks the records of a batch. */
export interface Unpacker {
  decompress(bytes: Uint8Array): Promise<Uint8Array>;
}

/** What unpacks the types of compression, by their numbers. */
export type Unpackers = Readonly<Record<number, () => Unpacker>>;

/** Records of consecutive offsets, some of which may hold none. */
export interface RecordBatch {
  /** The offset that the records count theirs from. */
  readonly base: bigint;
  /** The last offset that the batch covers. */
  readonly last: bigint;
  /** How many records there are. */
  readonly count: number;
  /** Unpacked. */
  readonly records: Uint8Array;
  /** Whether it holds marks of transactions instead of messages. */
  readonly isControl: boolean;
  readonly isTransactional: boolean;
  readonly producerId: bigint;
}

/** Where a batch has what, in bytes from its start. */
const AT = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastDelta: 23,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
/** Where what {@linkcode AT.length} tells begins. */
const LENGTH_COUNTS_FROM = 12;
const COMPRESSION = 0x07;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const MAGIC = 2;

/**
 * Returns the batches that are whole, in order: the broker cuts the last one where it likes.
 * Undefined where one is of the format before magic 2.
 */
export async function readBatches(
  bytes: Uint8Array,
  unpackers: Unpackers,
): Promise<RecordBatch[] | undefined> {
  const batches: RecordBatch[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + AT.magic < bytes.length;) {
    if (view.getInt8(at + AT.magic) !== MAGIC) return undefined;
    if (at + AT.records > bytes.length) break;
    const end = at + LENGTH_COUNTS_FROM + view.getInt32(at + AT.length);
    if (end > bytes.length) break;
    const base = view.getBigInt64(at);
    const attributes = view.getInt16(at + AT.attributes);
    const packed = bytes.subarray(at + AT.records, end);
    const type = attributes & COMPRESSION;
    batches.push({
      base,
      last: base + BigInt(view.getInt32(at + AT.lastDelta)),
      count: view.getInt32(at + AT.count),
      records: type === 0 ? packed : await unpackers[type]!().decompress(packed),
      isControl: (attributes & CONTROL) !== 0,
      isTransactional: (attributes & TRANSACTIONAL) !== 0,
      producerId: view.getBigInt64(at + AT.producerId),
    });
    at = end;
  }
  return batches;
}

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
