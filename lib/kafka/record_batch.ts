/**
 * Batches of records as a producer has packed them and as a broker keeps and sends them. The
 * format is that of Kafka since 0.11, magic 2
 * (https://kafka.apache.org/documentation/#recordbatch).
 */
import { crc32 } from "node:zlib";
import { type Checksum, loadCrc32c } from "./checksum.ts";

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

/** What {@linkcode readBatches} needs to know beside the bytes. */
export interface ReadBatchesOptions {
  readonly unpackers: Unpackers;
  /** The offset before which all records were, just before the broker has read these. */
  readonly end: bigint;
}

/** What a broker has sent of a partition. */
export interface ReadBatches {
  /** Those that are whole, in order. */
  readonly batches: readonly RecordBatch[];
  /** What is wrong with the batch behind them; absent where nothing is. */
  readonly damage?: string;
}

/** Where a batch has what, in bytes from its start. */
const AT = {
  length: 8,
  oldChecksum: 12,
  magic: 16,
  checksum: 17,
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
/** What is said of offsets that the partition does not have there. */
export const WRONG_OFFSETS = "its offsets cannot be true";
/** How long a batch of an older format is at least, where {@linkcode AT.records} is not. */
const LEAST_OLD = 26;

/**
 * Returns the batches that are whole, in order: the broker cuts the last one where it likes,
 * but never the first. Undefined where one is of the format before magic 2.
 *
 * Nothing of a batch is read before its checksum was compared: a broker sends what its disk
 * holds. The checksum leaves out the offset that a batch begins with; so the offsets are
 * compared with those before and with the end. What comes while the broker answers is behind
 * that end, one batch right behind the other.
 */
export async function readBatches(
  bytes: Uint8Array,
  { unpackers, end }: ReadBatchesOptions,
): Promise<ReadBatches | undefined> {
  const checksum = await loadCrc32c();
  const batches: RecordBatch[] = [];
  let isOld = false;
  let next = 0n;
  for (let at = 0; at < bytes.length;) {
    const frame = frameAt(bytes, at);
    if (frame === undefined) {
      if (at > 0) break;
      return { batches, damage: "it is cut short" };
    }
    const damage = damageIn(frame, checksum);
    if (damage !== undefined) return { batches, damage };
    at += frame.length;
    isOld ||= frame[AT.magic] !== MAGIC;
    if (isOld) continue;
    try {
      const batch = await unpack(frame, unpackers);
      const isBehind = batch.base > next && batch.base > end;
      if (batch.base < next || batch.last < batch.base || isBehind) {
        return { batches, damage: WRONG_OFFSETS };
      }
      next = batch.last + 1n;
      batches.push(batch);
    } catch (error) {
      const { message } = error as Error;
      return { batches, damage: `its records cannot be unpacked: ${message}` };
    }
  }
  return isOld ? undefined : { batches };
}

/** Returns the batch that begins there; undefined where its end is missing. */
function frameAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (at + AT.magic >= bytes.length) return undefined;
  const length = LENGTH_COUNTS_FROM + viewOf(bytes).getInt32(at + AT.length);
  if (at + length > bytes.length) return undefined;
  return bytes.subarray(at, at + Math.max(length, AT.magic + 1));
}

/** Returns what is wrong with a batch; undefined of a sound one. */
function damageIn(frame: Uint8Array, checksum: Checksum): string | undefined {
  const view = viewOf(frame);
  const magic = view.getInt8(AT.magic);
  if (magic < 0 || magic > MAGIC) return "it is no batch of records";
  const isOld = magic < MAGIC;
  if (frame.length < (isOld ? LEAST_OLD : AT.records)) return "it is no batch of records";
  const isSound = isOld
    ? view.getUint32(AT.oldChecksum) === crc32(frame.subarray(AT.magic))
    : view.getUint32(AT.checksum) === checksum(frame.subarray(AT.attributes));
  return isSound ? undefined : "its bytes do not match their checksum";
}

async function unpack(frame: Uint8Array, unpackers: Unpackers): Promise<RecordBatch> {
  const view = viewOf(frame);
  const base = view.getBigInt64(0);
  const attributes = view.getInt16(AT.attributes);
  const packed = frame.subarray(AT.records);
  const type = attributes & COMPRESSION;
  const unpacker = unpackers[type];
  if (type !== 0 && unpacker === undefined) throw new RangeError(`compression ${type}`);
  return {
    base,
    last: base + BigInt(view.getInt32(AT.lastDelta)),
    count: view.getInt32(AT.count),
    records: unpacker === undefined ? packed : await unpacker().decompress(packed),
    isControl: (attributes & CONTROL) !== 0,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    producerId: view.getBigInt64(AT.producerId),
  };
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
