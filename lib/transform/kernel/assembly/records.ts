/**
 * Splits a line of any bytes into its cells, as `lib/transform/cells.ts` does, byte by byte:
 * for the lines that `cells.ts` leaves.
 */
import { CARRIAGE_RETURN, findByte, LINE_FEED, QUOTE, SPACE, TAB } from "./bytes";
import { addCell, lineEnd, startLine } from "./cells";
import { delimiter } from "./layout";

// what a line is
export const CELLS_FOUND: i32 = 0;
/** A quote stands where none may stand, or never closes. */
export const BADLY_QUOTED: i32 = 1;
/** It is too long, or may go on over the next lines. */
export const UNDECIDED: i32 = 2;

export const LONGEST_RECORD: usize = 64 * 1024;

let textEnd: usize = 0;

/** Says where the text ends; a line end is put behind it. */
export function setTextEnd(at: usize): void {
  textEnd = at;
  store<u8>(at, <u8>LINE_FEED);
}

/** Finds the cells of the line that begins there; it has an end. */
export function splitRecord(line: usize): i32 {
  const feed = findByte(LINE_FEED, line, textEnd);
  const isCrLf = feed > line && <u32>load<u8>(feed - 1) == CARRIAGE_RETURN;
  startLine(isCrLf ? feed - 1 : feed, feed + 1);
  if (lineEnd - line > LONGEST_RECORD) return UNDECIDED;
  let at = line;
  while (true) {
    const opening = skipBlanks(at);
    if (<u32>load<u8>(opening) == QUOTE) {
      const close = closingQuote(opening + 1, lineEnd);
      if (close == lineEnd) return neverCloses(line, opening) ? BADLY_QUOTED : UNDECIDED;
      addCell(opening + 1, close);
      at = skipBlanks(close + 1);
    } else {
      const start = at;
      while (at < lineEnd && <u32>load<u8>(at) != delimiter) {
        if (<u32>load<u8>(at) == QUOTE) return BADLY_QUOTED;
        at++;
      }
      addCell(start, at);
    }
    if (at == lineEnd) return CELLS_FOUND;
    if (<u32>load<u8>(at) != delimiter) return BADLY_QUOTED;
    at++;
  }
}

/** Whether a quote that is open at the line's end never closes where a cell may end. */
function neverCloses(line: usize, opening: usize): bool {
  const end = min(line + LONGEST_RECORD, textEnd);
  const close = closingQuote(opening + 1, end);
  if (close == end) return true;
  const after = <u32>load<u8>(skipBlanks(close + 1));
  return after != delimiter && after != LINE_FEED && after != CARRIAGE_RETURN;
}

/** Returns the place of the first quote that is not doubled; the end where there is none. */
function closingQuote(from: usize, end: usize): usize {
  let at = findByte(QUOTE, from, end);
  while (at < end && <u32>load<u8>(at + 1) == QUOTE) at = findByte(QUOTE, at + 2, end);
  return at;
}

/** Returns the place of the first byte from there on that is no space and no tab. */
function skipBlanks(at: usize): usize {
  let byte = <u32>load<u8>(at);
  while ((byte == SPACE || byte == TAB) && byte != delimiter) byte = load<u8>(++at);
  return at;
}
