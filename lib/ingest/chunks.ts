/**
 * Small tools for bytes that come in chunks.
 */

import { concat } from "../transform/bytes.ts";

/** Bytes in order, cut anywhere. */
export type Chunks = AsyncIterable<Uint8Array>;

/** What {@linkcode peek} saw. */
export interface Peeked {
  /** The first bytes: as many as were asked for, or all there are. */
  readonly head: Uint8Array;
  /** All bytes, those of the head included. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/** Returns the first `bytes` bytes without losing them. */
export async function peek(chunks: Chunks, bytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let seen = new Uint8Array(0);
  let isDone = false;
  while (seen.length < bytes && !isDone) {
    const next = await iterator.next();
    if (next.done) isDone = true;
    else seen = concat([seen, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (seen.length > 0) yield seen;
      while (!isDone) {
        const next = await iterator.next();
        if (next.done) isDone = true;
        else yield next.value;
      }
    } finally {
      if (!isDone) await iterator.return?.();
    }
  }
  return { head: seen.subarray(0, bytes), chunks: all() };
}

/** Whether the bytes begin with these. */
export function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
