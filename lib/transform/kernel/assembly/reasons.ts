/**
 * Says why a line is no student, by the rules of `lib/transform/rules.ts` in their order. Of
 * any bytes it knows blank lines and the reasons up to `control_character`; the later ones
 * only where it knows every character of the used cells.
 */
import { COMMA, DIGIT_0, findByte, isDigit, isFormula, MINUS, PLUS } from "./bytes";
import { cellCount, cellEnd, cellStart, lineEnd } from "./cells";
import {
  ageColumn,
  expectedCells,
  fieldColumn,
  firstColumn,
  lastColumn,
  nameColumn,
} from "./layout";
import { OLDEST } from "./memory";
import { BADLY_QUOTED, splitRecord, UNDECIDED } from "./records";
import { CONTROL, isUtf8, kindOf, nextCharacter, OTHER, PLAIN, WHITE_SPACE } from "./utf8";

/** What a line is, if it is no reject: the rules as text decide, or it is blank. */
export const UNKNOWN: i32 = -2;
export const BLANK: i32 = -1;
// the numbers are places in REASONS of `lib/transform/types.ts`
export const INVALID_UTF8: i32 = 1;
const BAD_QUOTE: i32 = 2;
const FIELD_COUNT: i32 = 3;
const CONTROL_CHARACTER: i32 = 4;
const BLANK_NAME: i32 = 5;
const ONE_WORD_NAME: i32 = 6;
const AGE_NOT_INTEGER: i32 = 8;
const AGE_OUT_OF_RANGE: i32 = 9;
const BLANK_FIELD: i32 = 10;
const UNSAFE_TEXT: i32 = 11;

/** Returns what the line that begins there is, and finds where it ends. */
export function reasonOf(line: usize): i32 {
  const quoting = splitRecord(line);
  if (quoting == UNDECIDED) return UNKNOWN;
  if (!isUtf8(line, lineEnd)) return INVALID_UTF8;
  if (skipWhiteSpace(line, lineEnd) == lineEnd) return BLANK;
  if (quoting == BADLY_QUOTED) return BAD_QUOTE;
  if (cellCount != expectedCells) return FIELD_COUNT;
  const worst = worstOfRecord();
  if (worst == CONTROL) return CONTROL_CHARACTER;
  if (worst == OTHER) return UNKNOWN;
  const name = nameReason();
  if (name != NO_REASON) return name;
  const age = ageReason();
  if (age != NO_REASON) return age;
  if (isEmpty(fieldColumn)) return BLANK_FIELD;
  return isUnsafe() ? UNSAFE_TEXT : UNKNOWN;
}

/** So far nothing is wrong. */
const NO_REASON: i32 = -3;

/** Returns the worst kind of character in the used cells. */
function worstOfRecord(): u32 {
  const ofName = nameColumn >= 0
    ? worstOf(nameColumn)
    : max(worstOf(firstColumn), worstOf(lastColumn));
  return max(ofName, max(worstOf(ageColumn), worstOf(fieldColumn)));
}

function worstOf(column: i32): u32 {
  const end = cellEnd(column);
  let worst = PLAIN;
  for (let at = cellStart(column); at < end; at = nextCharacter(at)) {
    worst = max(worst, kindOf(at));
  }
  return worst;
}

function nameReason(): i32 {
  if (nameColumn < 0) {
    return isEmpty(firstColumn) || isEmpty(lastColumn) ? BLANK_NAME : NO_REASON;
  }
  if (hasComma(nameColumn)) return UNKNOWN; // it may turn the name round
  if (isEmpty(nameColumn)) return BLANK_NAME;
  return lastName() == cellEnd(nameColumn) ? ONE_WORD_NAME : NO_REASON;
}

function hasComma(column: i32): bool {
  const end = cellEnd(column);
  return findByte(COMMA, cellStart(column), end) < end;
}

/** Returns where the second word of the full name begins; the cell's end where there is none. */
function lastName(): usize {
  const end = cellEnd(nameColumn);
  let at = textStart(nameColumn);
  while (at < end && kindOf(at) != WHITE_SPACE) at = nextCharacter(at);
  return skipWhiteSpace(at, end);
}

function ageReason(): i32 {
  let at = textStart(ageColumn);
  const isNegative = <u32>load<u8>(at) == MINUS;
  if (isNegative || <u32>load<u8>(at) == PLUS) at++;
  if (!isDigit(at)) return AGE_NOT_INTEGER; // behind each cell stands no digit
  let age: u32 = 0;
  for (; isDigit(at); at++) {
    age = min(age, OLDEST + 1) * 10 + <u32>load<u8>(at) - DIGIT_0;
  }
  const end = cellEnd(ageColumn);
  if (skipWhiteSpace(at, end) < end) return AGE_NOT_INTEGER;
  return age > OLDEST || (isNegative && age > 0) ? AGE_OUT_OF_RANGE : NO_REASON;
}

/** Whether a spreadsheet would run first name, last name or field. */
function isUnsafe(): bool {
  if (startsFormula(fieldColumn)) return true;
  if (nameColumn < 0) return startsFormula(firstColumn) || startsFormula(lastColumn);
  return startsFormula(nameColumn) || isFormula(load<u8>(lastName()));
}

function startsFormula(column: i32): bool {
  return isFormula(load<u8>(textStart(column)));
}

function isEmpty(column: i32): bool {
  return textStart(column) == cellEnd(column);
}

/** Returns where the cell's text begins; the cell's end where it has none. */
function textStart(column: i32): usize {
  return skipWhiteSpace(cellStart(column), cellEnd(column));
}

/** Returns the place of the first character from there on that is no white space. */
function skipWhiteSpace(from: usize, end: usize): usize {
  let at = from;
  while (at < end && kindOf(at) == WHITE_SPACE) at = nextCharacter(at);
  return at;
}
