/**
 * What Spark feeds to a worker, taken apart again: where a split begins, and the bytes of its
 * records just as they stand in the file.
 */
import { ESCAPE, TO_WORKER } from "./protocol.ts";

/** A split that begins, as the words of its line; or whole lines, each with its end. */
export type Fed =
  | { readonly split: readonly string[] }
  | { readonly bytes: Uint8Array };

const LF = 10;
const ASCII = new TextDecoder("latin1");

/**
 * Yields what is fed, in order; bytes are valid until the next are asked for.
 *
 * @param read Fills memory as far as it can; null at the end.
 */
export function* fed(
  read: (into: Uint8Array) => number | null,
  chunkBytes = 1 << 20,
): Generator<Fed> {
  for (const lines of wholeLines(read, chunkBytes)) {
    if (lines.includes(ESCAPE)) yield* unescaped(lines);
    else yield { bytes: lines };
  }
}

/** Yields as many whole lines as there are at a time. */
export function* wholeLines(
  read: (into: Uint8Array) => number | null,
  chunkBytes = 1 << 20,
): Generator<Uint8Array> {
  let memory = new Uint8Array(chunkBytes);
  let length = 0;
  for (;;) {
    if (length === memory.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(memory);
      memory = larger;
    }
    const count = read(memory.subarray(length));
    if (count === null) break;
    const end = length + memory.subarray(length, length + count).lastIndexOf(LF) + 1;
    const isWhole = end > length;
    length += count;
    // small lots are slow: go on until there is some to do
    if (!isWhole || length < memory.length / 2) continue;
    yield memory.subarray(0, end);
    memory.copyWithin(0, end, length);
    length -= end;
  }
  if (length > 0) yield memory.subarray(0, length);
}

/** Yields the lines with what was escaped among them put back, in the same memory. */
function* unescaped(lines: Uint8Array): Generator<Fed> {
  let [from, to] = [0, 0]; // what is put back ends at `to`: it is shorter than its escape
  for (let at = 0; at < lines.length;) {
    const found = nextEscape(lines, at);
    lines.copyWithin(to, at, found);
    to += found - at;
    if (found === lines.length) break;
    const end = lines.indexOf(LF, found);
    const text = ASCII.decode(lines.subarray(found + 2, end));
    at = end + 1;
    if (String.fromCharCode(lines[found + 1]!) === TO_WORKER.split) {
      if (to > from) yield { bytes: lines.subarray(from, to) };
      yield { split: text.split("\t") };
      from = to = at;
    } else {
      const { written } = lines.subarray(to).setFromHex(text);
      to += written;
      lines[to++] = LF;
    }
  }
  if (to > from) yield { bytes: lines.subarray(from, to) };
}

/** Returns where the next line begins that is escaped; the end where there is none. */
function nextEscape(lines: Uint8Array, from: number): number {
  for (let at = from;; at++) {
    at = lines.indexOf(ESCAPE, at);
    if (at < 0) return lines.length;
    if (at === 0 || lines[at - 1] === LF) return at;
  }
}
