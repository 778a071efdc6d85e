/**
 * Rejects as a worker writes them, numbered from the first line of its split, with their
 * places in the whole file.
 */
import { concat } from "../transform/bytes.ts";
import type { Reason } from "../transform/types.ts";

/** What stands before a split in its file. */
export interface Before {
  readonly lines: number;
  readonly bytes: number;
}

/** Rejects in their places. */
export interface Placed {
  readonly lines: Uint8Array;
  readonly reasons: ReadonlyMap<Reason, number>;
}

const LF = 10;
const COMMA = 44;
const BRACE = 125;
const QUOTE = 34;
const UTF8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };
const BEFORE_REASON = ',"reason":"'.length;

/**
 * Returns the lines with their numbers moved.
 *
 * @param lines Of one source, each with its end.
 * @param prefixLength How long that is what stands before the number of each line.
 */
export function placeRejects(
  lines: Uint8Array,
  prefixLength: number,
  before: Before,
): Placed {
  const parts: Uint8Array[] = [];
  const reasons = new Map<Reason, number>();
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(LF, at) + 1;
    const number = at + prefixLength;
    const comma = lines.indexOf(COMMA, number);
    const reason = textUntil(lines, comma + BEFORE_REASON, QUOTE) as Reason;
    const tail = reason === "too_long" ? offsetIn(lines, at, end) : end;
    const line = Number(textUntil(lines, number, COMMA)) + before.lines;
    parts.push(lines.subarray(at, number), text(line), lines.subarray(comma, tail));
    if (tail < end) {
      const offset = Number(textUntil(lines, tail, BRACE)) + before.bytes;
      parts.push(text(offset), UTF8.encoder.encode("}\n"));
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    at = end;
  }
  return { lines: concat(parts), reasons };
}

/** Returns where the digits of the byte offset begin, which are the last of the line. */
function offsetIn(lines: Uint8Array, from: number, end: number): number {
  return from + lines.subarray(from, end).lastIndexOf(QUOTE) + '":'.length;
}

function text(number: number): Uint8Array {
  return UTF8.encoder.encode(String(number));
}

function textUntil(bytes: Uint8Array, from: number, end: number): string {
  return UTF8.decoder.decode(bytes.subarray(from, bytes.indexOf(end, from)));
}
