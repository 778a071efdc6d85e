/**
 * Values of a topic as lines of text, which is what the byte kernel reads.
 */
import { MAX_RECORD_BYTES } from "./rules.ts";
import type { ValuesBatch } from "./types.ts";
import { withoutLineEnd } from "./verdict.ts";

const LF = 10;
const CR = 13;

/** Values of consecutive offsets as lines of text. */
export interface Packed {
  readonly text: Uint8Array;
  /** How many they are. */
  readonly values: number;
}

let packing = new Uint8Array(0);

/** Returns the values from there on as lines; undefined where the first cannot be a line. */
export function pack(
  { values, offsets }: ValuesBatch,
  from: number,
  capacity: number,
): Packed | undefined {
  if (packing.length < capacity) packing = new Uint8Array(capacity);
  let length = 0;
  let count = 0;
  for (let i = from; i < values.length; i++, count++) {
    if (count > 0 && offsets[i]! !== offsets[i - 1]! + 1n) break;
    const value = values[i] && withoutLineEnd(values[i]!);
    if (!value || value.length > MAX_RECORD_BYTES || value.at(-1) === CR) break;
    if (length + value.length + 1 > capacity || value.includes(LF)) break;
    packing.set(value, length);
    length += value.length;
    packing[length++] = LF;
  }
  return count === 0 ? undefined : { text: packing.subarray(0, length), values: count };
}
