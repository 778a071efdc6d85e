/**
 * Cuts zstd data at the ends of its frames (RFC 8878, section 3.1). The platform's
 * decompressor drops what follows a frame in the same chunk and takes data that ends within
 * a frame for whole: of several frames, or of half a file, records would be lost unseen.
 */
import type { Chunks } from "./chunks.ts";

const ZSTD = 0xfd2fb528;
/** The first of sixteen magic numbers of frames that hold no data. */
const SKIPPABLE = 0x184d2a50;

/** Whether the bytes begin with a zstd frame, or with one that holds no data. */
export function isZstd(head: Uint8Array): boolean {
  const magic = number([...head.subarray(0, 4)]);
  return magic === ZSTD || isSkippable(magic);
}

/** The next bytes of the format: read, or only passed over. */
interface Part {
  readonly bytes: number;
  /** The magic number of a frame: here the data may end. */
  readonly isStart?: boolean;
  readonly isSkipped?: boolean;
}

/**
 * Yields the same bytes, each chunk within one frame; frames that hold no data are left out.
 *
 * @throws {RangeError} If the data ends within a frame, or something else follows one.
 */
export async function* zstdFrames(chunks: Chunks): Chunks {
  const parts = frameParts();
  let part = parts.next([]).value;
  let read: number[] = [];
  let left = part.bytes;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      if (part.bytes <= MAX_READ) read.push(...bytes);
      if (!part.isStart && !part.isSkipped) yield bytes;
      while (left === 0) {
        const { isStart } = part;
        const magic = Uint8Array.from(read);
        part = parts.next(read).value;
        if (isStart && !part.isSkipped) yield magic;
        read = [];
        left = part.bytes;
      }
    }
  }
  if (!part.isStart || read.length > 0) throw new RangeError("It ends within a frame");
}

/** The longest part whose bytes say something; longer ones are data. */
const MAX_READ = 4;

/** Yields the parts of frame after frame; takes the bytes of each part of at most four. */
function* frameParts(): Generator<Part, never, readonly number[]> {
  while (true) {
    const magic = number(yield { bytes: 4, isStart: true });
    if (isSkippable(magic)) {
      yield { bytes: number(yield { bytes: 4, isSkipped: true }), isSkipped: true };
      continue;
    }
    if (magic !== ZSTD) throw new RangeError("Something else follows a frame");
    const descriptor = number(yield { bytes: 1 });
    const isSingle = (descriptor & 0x20) !== 0;
    const idBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    yield { bytes: (isSingle ? 0 : 1) + idBytes + sizeBytes };
    let block;
    do {
      block = number(yield { bytes: 3 });
      const isRepeated = (block >> 1 & 3) === 1; // one byte stands for the whole block
      yield { bytes: isRepeated ? 1 : block >> 3 };
    } while ((block & 1) === 0);
    if ((descriptor & 4) !== 0) yield { bytes: 4 }; // the checksum
  }
}

function isSkippable(magic: number): boolean {
  return magic - (magic & 15) === SKIPPABLE;
}

/** Returns the number that the bytes hold, the lowest first. */
function number(bytes: readonly number[]): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}
