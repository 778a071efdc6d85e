/**
 * The byte kernel, in AssemblyScript: it takes the common records at full speed and stops at
 * every other, which then goes to the rules as text. So it can only be fast, never different.
 *
 * A common record is a student on one line whose names have only ASCII and two-byte letters
 * and whose field is spelt as one that was met before: `takeStudent`, built for speed. Or it
 * is blank or a reject: `reasonOf`, which tries the rules in their order and gives up where
 * one depends on what only the rules as text know. The memory's layout is in `memory.ts`.
 */
import { COMMA, DIGIT_0, isDigit, PLUS, skipSpaces } from "./bytes";
import { cellCount, cellEnd, cellStart, isAscii, lineEnd, nextLine, splitLine } from "./cells";
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
import { COUNTS, OLDEST, REJECTS_FULL, ROWS_FULL } from "./memory";
import { copyFullName, copyWords, put, rowEnd, setRowEnd } from "./names";
import { BLANK, reasonOf, UNKNOWN } from "./reasons";
import { LONGEST_RECORD } from "./records";
import { rejectEnd, writeReject } from "./rejects";
import { isUtf8 } from "./utf8";

export {
  AGES,
  BASE64,
  COUNTS,
  ESCAPES,
  INPUT,
  INPUT_SIZE,
  KINDS,
  MOST_CELLS,
  MOST_FIELDS,
  PLACE,
  PLACE_SIZE,
  REASON_NAMES,
  REASON_SIZE,
  REJECTS,
  REJECTS_FULL,
  REJECTS_SIZE,
  ROWS,
  ROWS_FULL,
  ROWS_SIZE,
  UPPER_CASE,
} from "./memory";
export { learn, reserve, start } from "./fields";
export { setLayout } from "./layout";
export { rowEnd, setRowEnd } from "./names";
export { setTextEnd } from "./records";
export { rejectEnd, setPlace, setRejectEnd } from "./rejects";
export { CONTROL, OTHER, PLAIN, WHITE_SPACE } from "./utf8";

// places in COUNTS
const RECORDS: usize = 0;
const BLANKS: usize = 1;
const KEPT: usize = 2;
const REASONS: usize = 3;

/** How many lines the last run took. */
export let records: u32 = 0;
/** Where the field of the line at which it stopped begins, if its spelling is new; else 0. */
export let newSpelling: usize = 0;
export let newSpellingLength: usize = 0;

/**
 * Takes lines from `at` on until `end`, an uncommon line, or full memory; returns where it
 * stopped.
 *
 * @param end No line that begins here or later is taken; a line end stands behind each
 * earlier one.
 * @param number The number of the line at `at`.
 * @param weight What a student counts: 1, or -1 to take back what was counted.
 */
export function run(
  at: usize,
  end: usize,
  number: f64,
  olderThan: i32,
  weight: i32,
): usize {
  records = 0;
  newSpelling = 0;
  while (at < end && rowEnd < ROWS_FULL && rejectEnd < REJECTS_FULL) {
    const row = rowEnd;
    if (!takeStudent(at, olderThan, weight)) {
      setRowEnd(row);
      const reason = reasonOf(at);
      if (reason == UNKNOWN) break;
      newSpelling = 0;
      if (reason == BLANK) count(BLANKS);
      else {
        writeReject(reason, at, <u64>number + <u64>records);
        count(REASONS + <usize>reason);
      }
    }
    records++;
    at = nextLine;
  }
  store<u32>(COUNTS, load<u32>(COUNTS) + records);
  return at;
}

@inline
function count(what: usize): void {
  const place = COUNTS + (what << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** Counts the student of a line and writes the row; false where it is not a common one. */
@inline
function takeStudent(line: usize, olderThan: i32, weight: i32): bool {
  if (!splitLine(line) || lineEnd - line > LONGEST_RECORD) return false;
  if (cellCount != expectedCells) return false;
  if (hasOthers && !isAscii && !isUtf8(cellStart(0), lineEnd)) return false;
  const row = rowEnd;
  if (nameColumn >= 0) {
    if (!copyFullName(cellStart(nameColumn), cellEnd(nameColumn))) return false;
  } else {
    if (!copyWords(cellStart(firstColumn), cellEnd(firstColumn))) return false;
    if (!copyWords(cellStart(lastColumn), cellEnd(lastColumn))) return false;
  }
  if (!copyAge(cellStart(ageColumn), cellEnd(ageColumn))) return false;
  const spelling = skipSpaces(cellStart(fieldColumn));
  const fieldEnd = cellEnd(fieldColumn);
  if (spelling >= fieldEnd) return false;
  const entry = findSpelling(spelling, fieldEnd - spelling);
  if (entry == 0) {
    newSpelling = spelling;
    newSpellingLength = fieldEnd - spelling;
    return false;
  }
  countAge(entry, age, weight);
  if (<i32>age > olderThan) {
    copyCell(entry);
    count(KEPT);
  } else setRowEnd(row);
  return true;
}

let age: u32 = 0;

/** Writes the age and a comma; false where it is not one to three digits, up to 150. */
@inline
function copyAge(from: usize, end: usize): bool {
  let at = skipSpaces(from);
  if (<u32>load<u8>(at) == PLUS) at++;
  const first = at;
  age = 0;
  for (; isDigit(at) && at < first + 4; at++) age = age * 10 + <u32>load<u8>(at) - DIGIT_0;
  if (at == first || age > OLDEST || skipSpaces(at) < end) return false;
  if (age >= 100) put(DIGIT_0 + age / 100);
  if (age >= 10) put(DIGIT_0 + (age / 10) % 10);
  put(DIGIT_0 + age % 10);
  put(COMMA);
  return true;
}
