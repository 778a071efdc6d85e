/**
 * Unpacks gzip and zstd, which are recognised by their first bytes, never by a name.
 */
import { PipelineError } from "../errors.ts";
import { type Chunks, peek, startsWith } from "./chunks.ts";
import { isZstd, zstdFrames } from "./zstd_frames.ts";

const CHUNK_BYTES = 128 * 1024;
const GZIP = [0x1f, 0x8b];
/** A ZIP archive, which an Excel or LibreOffice workbook is too. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/** Unpacked bytes and what they were packed with. */
export interface Unpacked {
  readonly chunks: Chunks;
  readonly compression: "gzip" | "zstd" | undefined;
}

/**
 * Returns the bytes unpacked where they are gzip or zstd, else as they are.
 *
 * @param name The input's name, for errors.
 * @throws {PipelineError} If it is a ZIP archive or a workbook; while the chunks are read,
 * if the packed data is damaged or ends too early.
 */
export async function unpack(packed: Chunks, name: string): Promise<Unpacked> {
  const { head, chunks } = await peek(packed, 4);
  if (startsWith(head, ZIP)) {
    throw new PipelineError(
      "input",
      `Cannot read ${name}: it is a ZIP archive or a workbook, not a CSV file`,
      { hint: 'Unpack it, or save the sheet as "CSV UTF-8" first' },
    );
  }
  const compression = startsWith(head, GZIP) ? "gzip" : isZstd(head) ? "zstd" : undefined;
  if (compression === undefined) return { chunks, compression };
  return { chunks: decompress(chunks, compression, name), compression };
}

async function* decompress(
  packed: Chunks,
  compression: "gzip" | "zstd",
  name: string,
): Chunks {
  // only where they are needed: they take longer to load than a small file to read
  const { pipeline } = await import("node:stream");
  const { createGunzip, createZstdDecompress } = await import("node:zlib");
  // chunks share memory: each must be used up before the next one is asked for
  const options = { chunkSize: CHUNK_BYTES, writableHighWaterMark: 1 };
  const unpacker = compression === "gzip"
    ? createGunzip(options)
    : createZstdDecompress(options);
  const frames = compression === "zstd" ? zstdFrames(packed) : packed;
  // pipeline hands an error of either side on to whoever reads
  pipeline(frames, unpacker, () => {});
  try {
    for await (const { buffer, byteOffset, byteLength } of unpacker as Buffers) {
      yield new Uint8Array(buffer, byteOffset, byteLength);
      // else the garbage collector lets 64 MB pile up; of memory that is not used up to its
      // end, the unpacker still fills the rest
      if (byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
    }
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError(
      "input",
      `Cannot read ${name}: its ${compression} data is damaged or ends too early`,
      { hint: "Fetch or pack the file again", cause },
    );
  }
}

/** What Node's streams yield; `slice()` of such a chunk would not copy it. */
type Buffers = AsyncIterable<Uint8Array<ArrayBuffer>>;
