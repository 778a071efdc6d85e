/**
 * Names in upper case: ASCII sixteen letters at a time, letters of two bytes by a table that
 * the rules as text have filled.
 */
import { COMMA, equal, isFormula, NOT_ASCII, QUOTE, skipSpaces, SPACE } from "./bytes";
import { delimiter } from "./layout";
import { LANES, UPPER_CASE } from "./memory";

/** Where the row that is being written ends. */
export let rowEnd: usize = 0;

export function setRowEnd(at: usize): void {
  rowEnd = at;
}

@inline
export function put(byte: u32): void {
  store<u8>(rowEnd, <u8>byte);
  rowEnd++;
}

/** Writes first and last name, each with a comma, from a cell that holds both. */
@inline
export function copyFullName(from: usize, end: usize): bool {
  const at = copyWord(skipSpaces(from));
  if (at == 0) return false;
  put(COMMA);
  return copyWords(at, end);
}

/** Writes the words of a cell, one space between two, and a comma. */
@inline
export function copyWords(from: usize, end: usize): bool {
  let at = copyWord(skipSpaces(from));
  if (at == 0) return false;
  while (true) {
    at = skipSpaces(at);
    if (at >= end) break; // a quote, a delimiter or a line end stands behind each cell
    put(SPACE);
    const word = rowEnd;
    at = copyLetters(at);
    if (at == 0 || rowEnd == word) return false; // a comma or a delimiter in quotes
  }
  put(COMMA);
  return true;
}

/** Copies a name's first word; 0 where there is none or a spreadsheet would run it. */
@inline
function copyWord(from: usize): usize {
  if (isFormula(load<u8>(from))) return 0;
  const row = rowEnd;
  const at = copyLetters(from);
  return rowEnd == row ? 0 : at;
}

/** Copies letters in upper case up to the first byte that is none; 0 if that has no rule here. */
@inline
function copyLetters(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const stops = i8x16.bitmask(stopsIn(bytes));
    v128.store(rowEnd, upperCase(bytes));
    if (stops == 0) {
      at += LANES;
      rowEnd += LANES;
      continue;
    }
    const letters = <usize>ctz(stops);
    at += letters;
    rowEnd += letters;
    if (<u32>load<u8>(at) < NOT_ASCII) return at;
    do {
      const upper = twoByteLetter(at);
      if (upper == 0) return 0;
      store<u64>(rowEnd, upper);
      rowEnd += <usize>(upper >> 56);
      at += 2;
    } while (<u32>load<u8>(at) >= NOT_ASCII);
  }
}

/** Where a byte is white space, a quote, a separator, or not ASCII. */
@inline
function stopsIn(bytes: v128): v128 {
  const notAbove = i8x16.le_s(bytes, i8x16.splat(<i8>SPACE)); // signed: 0x80 and up too
  const separator = v128.or(equal(bytes, COMMA), equal(bytes, delimiter));
  return v128.or(v128.or(notAbove, separator), equal(bytes, QUOTE));
}

@inline
function upperCase(bytes: v128): v128 {
  const place = i8x16.sub(bytes, i8x16.splat(0x61)); // "a" is 0
  const isLower = i8x16.lt_u(place, i8x16.splat(26));
  return v128.xor(bytes, v128.and(isLower, i8x16.splat(0x20)));
}

/** Returns the letter's upper case as the table has it, or 0 where it has none. */
@inline
export function twoByteLetter(at: usize): u64 {
  const lead = <u32>load<u8>(at);
  const tail = <u32>load<u8>(at, 1);
  if (lead < 0xc2 || lead > 0xdf || (tail & 0xc0) != 0x80) return 0;
  const codePoint = ((lead & 0x1f) << 6) | (tail & 0x3f);
  return load<u64>(UPPER_CASE + (<usize>codePoint << 3));
}
