/**
 * Refuses what can be refused without a doubt, in the order of `lib/transform/rules.ts`.
 * Where any character of the line is one that this file does not know, the rules as text
 * decide.
 */
import {
  COMMA,
  DIGIT_0,
  isDigit,
  isFormula,
  MINUS,
  NOT_ASCII,
  PLUS,
  skipSpaces,
  SPACE,
  trimEnd,
} from "./bytes";
import { cellCount, cellEnd, cellStart, isAscii, lineEnd } from "./cells";
import {
  ageColumn,
  expectedCells,
  fieldColumn,
  firstColumn,
  lastColumn,
  nameColumn,
} from "./layout";
import { OLDEST } from "./memory";
import { twoByteLetter } from "./names";

/** What a line is, if it is no student: no reason found, blank, or the number of a reason. */
export const UNKNOWN: i32 = -2;
export const BLANK: i32 = -1;
// the numbers are places in REASONS of `lib/transform/types.ts`
const FIELD_COUNT: i32 = 3;
const BLANK_NAME: i32 = 5;
const ONE_WORD_NAME: i32 = 6;
const AGE_NOT_INTEGER: i32 = 8;
const AGE_OUT_OF_RANGE: i32 = 9;
const BLANK_FIELD: i32 = 10;
const UNSAFE_TEXT: i32 = 11;

/** Returns what the line that was split is. */
export function reasonOf(line: usize): i32 {
  if (!isAscii && !isKnown(line)) return UNKNOWN;
  if (isBlank(line)) return BLANK;
  if (cellCount != expectedCells) return FIELD_COUNT;
  if (nameColumn >= 0 && hasComma(nameColumn)) return UNKNOWN; // it may turn the name round
  const name = nameReason();
  if (name != UNKNOWN) return name;
  const age = ageReason();
  if (age != UNKNOWN) return age;
  const field = skipSpaces(cellStart(fieldColumn));
  if (field >= cellEnd(fieldColumn)) return BLANK_FIELD;
  return isUnsafe(field) ? UNSAFE_TEXT : UNKNOWN;
}

/** Whether each character is printable ASCII or a letter of the table. */
function isKnown(line: usize): bool {
  let at = line;
  while (at < lineEnd) {
    if (<u32>load<u8>(at) < NOT_ASCII) at++;
    else if (twoByteLetter(at) == 0) return false;
    else at += 2;
  }
  return true;
}

function isBlank(line: usize): bool {
  for (let at = line; at < lineEnd; at++) if (<u32>load<u8>(at) > SPACE) return false;
  return true; // the only control character that a line can hold here is a tab that delimits
}

function hasComma(column: i32): bool {
  const end = cellEnd(column);
  for (let at = cellStart(column); at < end; at++) {
    if (<u32>load<u8>(at) == COMMA) return true;
  }
  return false;
}

function nameReason(): i32 {
  if (nameColumn < 0) {
    return isEmpty(firstColumn) || isEmpty(lastColumn) ? BLANK_NAME : UNKNOWN;
  }
  if (isEmpty(nameColumn)) return BLANK_NAME;
  return lastName() == cellEnd(nameColumn) ? ONE_WORD_NAME : UNKNOWN;
}

/** Returns where the second word of the full name begins; the cell's end where there is none. */
function lastName(): usize {
  const end = cellEnd(nameColumn);
  let at = skipSpaces(cellStart(nameColumn));
  while (at < end && <u32>load<u8>(at) != SPACE) at++;
  return skipSpaces(at); // a quote, a delimiter or a line end stands behind each cell
}

function isEmpty(column: i32): bool {
  return skipSpaces(cellStart(column)) >= cellEnd(column);
}

function ageReason(): i32 {
  let at = skipSpaces(cellStart(ageColumn));
  const end = trimEnd(at, cellEnd(ageColumn));
  const isNegative = <u32>load<u8>(at) == MINUS;
  if (isNegative || <u32>load<u8>(at) == PLUS) at++;
  if (at >= end) return AGE_NOT_INTEGER;
  let age: u32 = 0;
  for (; at < end; at++) {
    if (!isDigit(at)) return AGE_NOT_INTEGER;
    age = min(age, OLDEST + 1) * 10 + <u32>load<u8>(at) - DIGIT_0;
  }
  return age > OLDEST || (isNegative && age > 0) ? AGE_OUT_OF_RANGE : UNKNOWN;
}

/** Whether a spreadsheet would run first name, last name or field. */
function isUnsafe(field: usize): bool {
  if (isFormula(load<u8>(field))) return true;
  if (nameColumn < 0) return startsFormula(firstColumn) || startsFormula(lastColumn);
  return startsFormula(nameColumn) || isFormula(load<u8>(lastName()));
}

function startsFormula(column: i32): bool {
  return isFormula(load<u8>(skipSpaces(cellStart(column))));
}
