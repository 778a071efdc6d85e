/**
 * Splits a line into its cells, as `lib/transform/cells.ts` does, where it is a plain one: no
 * control characters, each quoted cell closed on the line, no doubled quotes in it.
 */
import { CARRIAGE_RETURN, DELETE, equal, LINE_FEED, QUOTE, sixteen, skipSpaces, SPACE } from "./bytes";
import { delimiter } from "./layout";
import { CELLS, LANES, MOST_CELLS } from "./memory";

/** How many cells the line has. */
export let cellCount: u32 = 0;
/** Where the line ends, and where the next one begins. */
export let lineEnd: usize = 0;
export let nextLine: usize = 0;

@inline
export function cellStart(cell: u32): usize {
  return <usize>load<u32>(CELLS + (<usize>cell << 3));
}

@inline
export function cellEnd(cell: u32): usize {
  return <usize>load<u32>(CELLS + (<usize>cell << 3), 4);
}

/** How many bytes are looked at together: a bit each. */
const WINDOW: usize = 4 * LANES;

/** Finds the cells of the line that begins there; false where it is no plain line. */
@inline
export function splitLine(line: usize): bool {
  cellCount = 0;
  let start = line;
  let isQuoted = false;
  let quotedEnd: usize = 0; // where a quoted cell must end
  let window = line;
  while (true) {
    for (let marks = marksIn(window); marks != 0; marks &= marks - 1) {
      const mark = window + <usize>ctz(marks);
      const byte = <u32>load<u8>(mark);
      if (isQuoted) {
        if (byte == delimiter) continue;
        if (byte != QUOTE || <u32>load<u8>(mark + 1) == QUOTE) return false;
        addCell(start, mark);
        isQuoted = false;
        quotedEnd = skipSpaces(mark + 1);
      } else if (byte == QUOTE) {
        if (quotedEnd != 0 || skipSpaces(start) != mark) return false;
        isQuoted = true;
        start = mark + 1;
      } else {
        if (quotedEnd == 0) addCell(start, mark);
        else if (quotedEnd != mark) return false;
        if (byte != delimiter) return endLine(mark);
        start = mark + 1;
        quotedEnd = 0;
      }
    }
    window += WINDOW;
  }
}

/** Where a byte of the window is a delimiter, a quote or a control character. */
@inline
function marksIn(window: usize): u64 {
  return marksOf(v128.load(window)) | marksOf(v128.load(window, 16)) << 16 |
    marksOf(v128.load(window, 32)) << 32 | marksOf(v128.load(window, 48)) << 48;
}

@inline
function marksOf(bytes: v128): u64 {
  const isLow = i8x16.lt_u(bytes, sixteen(SPACE));
  const controls = v128.or(isLow, equal(bytes, DELETE));
  const separators = v128.or(equal(bytes, delimiter), equal(bytes, QUOTE));
  return <u64>i8x16.bitmask(v128.or(controls, separators));
}

/** Takes note of the line's next cell; of more than MOST_CELLS only the number counts. */
@inline
export function addCell(start: usize, end: usize): void {
  if (cellCount < MOST_CELLS) {
    const cell = CELLS + (<usize>cellCount << 3);
    store<u32>(cell, <u32>start);
    store<u32>(cell, <u32>end, 4);
  }
  cellCount++;
}

/** Takes LF or CR LF for the line's end; false where another byte stands there. */
@inline
function endLine(at: usize): bool {
  const byte = <u32>load<u8>(at);
  const isCrLf = byte == CARRIAGE_RETURN && <u32>load<u8>(at + 1) == LINE_FEED;
  if (byte != LINE_FEED && !isCrLf) return false;
  lineEnd = at;
  nextLine = at + (isCrLf ? 2 : 1);
  return true;
}

/** Begins a line anew whose end is known. */
export function startLine(end: usize, next: usize): void {
  lineEnd = end;
  nextLine = next;
  cellCount = 0;
}
