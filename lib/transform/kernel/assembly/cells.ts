/**
 * Splits a line into its cells, as `lib/transform/cells.ts` does, where it is a plain one: no
 * control characters, each quoted cell closed on the line, no doubled quotes in it.
 */
import { CARRIAGE_RETURN, DELETE, equal, LINE_FEED, QUOTE, skipSpaces, SPACE } from "./bytes";
import { delimiter } from "./layout";
import { CELLS, LANES, MOST_CELLS } from "./memory";

/** How many cells the line has. */
export let cellCount: u32 = 0;
/** Where the line ends, and where the next one begins. */
export let lineEnd: usize = 0;
export let nextLine: usize = 0;
/** Whether the line is known to hold only ASCII. */
export let isAscii: bool = true;
/** The bits of all bytes in quotes. */
let quoted: v128 = i8x16.splat(0);

@inline
export function cellStart(cell: u32): usize {
  return <usize>load<u32>(CELLS + (<usize>cell << 3));
}

@inline
export function cellEnd(cell: u32): usize {
  return <usize>load<u32>(CELLS + (<usize>cell << 3), 4);
}

/** Finds the cells of the line that begins there; false where it is no plain line. */
@inline
export function splitLine(line: usize): bool {
  cellCount = 0;
  let start = line;
  let at = line;
  let seen = i8x16.splat(0);
  quoted = seen;
  while (true) {
    const bytes = v128.load(at);
    seen = v128.or(seen, bytes);
    let marks = i8x16.bitmask(marksIn(bytes));
    at += LANES;
    while (marks != 0) {
      const mark = at - LANES + <usize>ctz(marks);
      marks &= marks - 1;
      const byte = <u32>load<u8>(mark);
      if (byte == delimiter) {
        addCell(start, mark);
        start = mark + 1;
      } else if (byte == QUOTE) {
        if (skipSpaces(start) != mark) return false;
        const close = closingQuote(mark + 1);
        if (close == 0) return false;
        addCell(mark + 1, close);
        const after = skipSpaces(close + 1);
        if (<u32>load<u8>(after) != delimiter) return endLine(after, seen);
        start = at = after + 1;
        marks = 0;
      } else {
        addCell(start, mark);
        return endLine(mark, seen);
      }
    }
  }
}

/** Where a byte is a delimiter, a quote or a control character. */
@inline
function marksIn(bytes: v128): v128 {
  const separators = v128.or(equal(bytes, delimiter), equal(bytes, QUOTE));
  return v128.or(controlsIn(bytes), separators);
}

@inline
function controlsIn(bytes: v128): v128 {
  const isLow = i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE));
  return v128.or(isLow, equal(bytes, DELETE));
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

/** Begins a line anew whose end is known. */
export function startLine(end: usize, next: usize): void {
  lineEnd = end;
  nextLine = next;
  cellCount = 0;
}

/** Takes LF or CR LF for the line's end; false where another byte stands there. */
@inline
function endLine(at: usize, seen: v128): bool {
  const byte = <u32>load<u8>(at);
  const isCrLf = byte == CARRIAGE_RETURN && <u32>load<u8>(at + 1) == LINE_FEED;
  if (byte != LINE_FEED && !isCrLf) return false;
  lineEnd = at;
  nextLine = at + (isCrLf ? 2 : 1);
  isAscii = i8x16.bitmask(v128.or(seen, quoted)) == 0;
  return true;
}

/** Returns the place of the quote that closes the cell; 0 where the cell is no plain one. */
function closingQuote(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    quoted = v128.or(quoted, bytes);
    const marks = i8x16.bitmask(v128.or(controlsIn(bytes), equal(bytes, QUOTE)));
    if (marks != 0) {
      const mark = at + <usize>ctz(marks);
      if (<u32>load<u8>(mark) != QUOTE || <u32>load<u8>(mark + 1) == QUOTE) return 0;
      return mark;
    }
    at += LANES;
  }
}
