/**
 * Takes a common student from a line to its row, at full speed; whatever is uncommon makes it
 * give up.
 */
import { DIGIT_0, isDigit, PLUS, skipSpaces } from "./bytes";
import { cellCount, cellEnd, cellStart, lineEnd, splitLine } from "./cells";
import { count, KEPT } from "./counts";
import { copyCell, countAge, findSpelling } from "./fields";
import {
  ageColumn,
  expectedCells,
  fieldColumn,
  firstColumn,
  hasOthers,
  lastColumn,
  nameColumn,
} from "./layout";
import { OLDEST } from "./memory";
import { copyAge, copyFullName, copyWords, rowEnd, setRowEnd } from "./names";
import { LONGEST_RECORD } from "./records";
import { isUtf8 } from "./utf8";

/** Where the field of the last line begins, if its spelling is new; else 0. */
export let newSpelling: usize = 0;
export let newSpellingLength: usize = 0;

export function forgetSpelling(): void {
  newSpelling = 0;
}

/** Counts the student of a line and writes the row; false where it is not a common one. */
@inline
export function takeStudent(line: usize, olderThan: i32, weight: i32): bool {
  const row = rowEnd;
  if (!splitLine(line) || lineEnd - line > LONGEST_RECORD) return false;
  if (cellCount != expectedCells) return false;
  if (hasOthers && !isUtf8(line, lineEnd)) return false;
  if (!copyName()) return false;
  const age = readAge(cellStart(ageColumn), cellEnd(ageColumn));
  if (age > OLDEST) return false;
  const entry = findField(cellStart(fieldColumn), cellEnd(fieldColumn));
  if (entry == 0) return false;
  countAge(entry, age, weight);
  if (<i32>age > olderThan) {
    copyAge(age);
    copyCell(entry);
    count(KEPT);
  } else setRowEnd(row);
  return true;
}

/** Writes first and last name. */
@inline
function copyName(): bool {
  if (nameColumn >= 0) return copyFullName(cellStart(nameColumn), cellEnd(nameColumn));
  return copyWords(cellStart(firstColumn), cellEnd(firstColumn)) &&
    copyWords(cellStart(lastColumn), cellEnd(lastColumn));
}

const NO_AGE: u32 = OLDEST + 1;
const MOST_DIGITS: usize = 4;

/** Returns the age, or a number above 150 where it is not one of up to four digits. */
@inline
export function readAge(from: usize, end: usize): u32 {
  let at = skipSpaces(from);
  if (<u32>load<u8>(at) == PLUS) at++;
  const first = at;
  let age: u32 = 0;
  for (; isDigit(at) && at < first + MOST_DIGITS; at++) {
    age = age * 10 + <u32>load<u8>(at) - DIGIT_0;
  }
  return at == first || skipSpaces(at) < end ? NO_AGE : age;
}

/** Returns the entry of the field's spelling; 0 where it is new: a blank one always is. */
@inline
function findField(from: usize, end: usize): usize {
  const spelling = skipSpaces(from);
  const entry = findSpelling(spelling, end - spelling);
  if (entry == 0) {
    newSpelling = spelling;
    newSpellingLength = end - spelling;
  }
  return entry;
}
