/**
 * The compressions that the Kafka client lacks: it reads and writes gzip by itself. Each
 * package is loaded with the first message that needs it.
 */
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";

/** Packs the records of a batch and unpacks them. */
export interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** What packs bytes in one go. */
interface Packer {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
}

const loadLz4 = async (): Promise<Packer> => (await import("lz4js")).default;
const loadSnappy = async (): Promise<Codec> => (await import("kafkajs-snappy")).default();
const [packZstd, unpackZstd] = [promisify(zstdCompress), promisify(zstdDecompress)];

/** The codecs by the names that Kafka has for them. */
export const CODECS: Readonly<Record<"snappy" | "lz4" | "zstd", Codec>> = {
  snappy: {
    compress: async (encoder) => (await loadSnappy()).compress(encoder),
    decompress: async (bytes) => (await loadSnappy()).decompress(bytes),
  },
  lz4: {
    compress: async ({ buffer }) =>
      asIndependent(Buffer.from((await loadLz4()).compress(buffer))),
    decompress: async (bytes) => Buffer.from((await loadLz4()).decompress(bytes)),
  },
  zstd: {
    compress: ({ buffer }) => packZstd(buffer),
    decompress: (bytes) => unpackZstd(bytes),
  },
};

/**
 * Returns the frame with the mark that its blocks do not need each other, which Kafka asks
 * for and lz4js does not set. It is true of the one block that a batch under 4 MB is.
 */
function asIndependent(frame: Buffer): Buffer {
  frame[4] = 0x60; // version 1, independent blocks
  frame[6] = 0x73; // the checksum of this byte and the next, which says blocks of 4 MB
  return frame;
}
