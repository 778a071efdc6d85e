/**
 * Writes the cells of a row but the last one: names in upper case, ASCII sixteen letters at a
 * time, letters of two bytes by a table that the rules as text have filled; and the age.
 */
import { COMMA, equal, isFormula, NOT_ASCII, sixteen, skipSpaces, SPACE } from "./bytes";
import { AGE_TEXTS, LANES, UPPER_CASE } from "./memory";

const LOWER_A: u32 = 0x61;
const LOWER_Z: u32 = 0x7a;
/** In which a letter of ASCII differs from its upper case. */
const CASE_BIT: u32 = 0x20;

/** Where the row that is being written ends. */
export let rowEnd: usize = 0;

export function setRowEnd(at: usize): void {
  rowEnd = at;
}

/** Writes first and last name, each with a comma, from a cell that holds both. */
@inline
export function copyFullName(from: usize, end: usize): bool {
  const first = skipSpaces(from);
  if (isFormula(load<u8>(first))) return false;
  const last = copyWord(first, end);
  if (last == 0) return false;
  endCell();
  return copyWords(last, end);
}

/** Writes the words of a cell, one space between two, and a comma. */
@inline
export function copyWords(from: usize, end: usize): bool {
  let at = skipSpaces(from);
  if (isFormula(load<u8>(at))) return false;
  do {
    at = copyWord(at, end);
    if (at == 0) return false;
    at = skipSpaces(at);
  } while (at < end); // a quote, a delimiter or a line end stands behind each cell
  endCell();
  return true;
}

/** Writes the age and a comma. */
@inline
export function copyAge(age: u32): void {
  const text = load<u64>(AGE_TEXTS + (<usize>age << 3));
  store<u64>(rowEnd, text);
  rowEnd += <usize>(text >> 56);
}

/** Makes the space behind the last word a comma. */
@inline
function endCell(): void {
  store<u8>(rowEnd - 1, <u8>COMMA);
}

/** Copies letters in upper case and a space; 0 if there are none, or one has no rule here. */
@inline
function copyWord(from: usize, end: usize): usize {
  let at = from;
  let to = rowEnd;
  while (true) {
    const bytes = v128.load(at);
    v128.store(to, upperCase(bytes));
    const letters = min(lettersIn(bytes), end - at);
    at += letters;
    to += letters;
    if (letters == LANES) continue;
    if (at == end || <u32>load<u8>(at) < NOT_ASCII) break;
    do {
      const upper = twoByteLetter(at);
      if (upper == 0) return 0;
      store<u64>(to, upper);
      to += <usize>(upper >> 56);
      at += 2;
    } while (<u32>load<u8>(at) >= NOT_ASCII);
  }
  store<u8>(to, <u8>SPACE);
  rowEnd = to + 1;
  return at == from ? 0 : at;
}

/** Returns how many bytes there are before the first space, comma or byte of no ASCII. */
@inline
function lettersIn(bytes: v128): usize {
  const isStop = v128.or(i8x16.le_s(bytes, sixteen(SPACE)), equal(bytes, COMMA)); // signed
  return <usize>ctz(i8x16.bitmask(isStop) | 1 << LANES);
}

@inline
function upperCase(bytes: v128): v128 {
  const isLower = v128.and(
    i8x16.ge_s(bytes, sixteen(LOWER_A)),
    i8x16.le_s(bytes, sixteen(LOWER_Z)),
  );
  return v128.xor(bytes, v128.and(isLower, sixteen(CASE_BIT)));
}

/** Returns the letter's upper case as the table has it, or 0 where it has none. */
@inline
function twoByteLetter(at: usize): u64 {
  const lead = <u32>load<u8>(at);
  const tail = <u32>load<u8>(at, 1);
  if (lead < 0xc2 || lead > 0xdf || (tail & 0xc0) != 0x80) return 0;
  const codePoint = ((lead & 0x1f) << 6) | (tail & 0x3f);
  return load<u64>(UPPER_CASE + (<usize>codePoint << 3));
}
