/**
 * The byte kernel, in AssemblyScript: it takes the common records at full speed and stops at
 * every other, which then goes to the rules as text. So it can only be fast, never different.
 *
 * A common record is a student on one line whose names have only ASCII and two-byte letters
 * and whose field is spelt as one that was met before: `takeStudent`, built for speed. Or it
 * is blank or a reject: `reasonOf`, which tries the rules in their order and gives up where
 * one depends on what only the rules as text know. The memory's layout is in `memory.ts`.
 */
import { lookAhead, lookAnew } from "./ahead";
import { nextLine } from "./cells";
import { BLANKS, count, REASONS, RECORDS } from "./counts";
import { REJECTS_FULL, ROWS_FULL } from "./memory";
import { rowEnd, setRowEnd } from "./names";
import { BLANK, reasonOf, UNKNOWN } from "./reasons";
import { setTextEnd } from "./records";
import { rejectEnd, writeReject } from "./rejects";
import { forgetSpelling, takeStudent } from "./students";

export {
  AGE_TEXTS,
  BASE64,
  COUNTS,
  ENTRIES,
  ENTRY_AGES,
  ENTRY_SIZE,
  ESCAPES,
  INPUT,
  INPUT_SIZE,
  KINDS,
  MOST_CELLS,
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
  SIXTEENS,
  TAIL_MASK,
  UPPER_CASE,
} from "./memory";
export { learn } from "./fields";
export { setLayout } from "./layout";
export { rowEnd, setRowEnd } from "./names";
export { rejectEnd, setPlace, setRejectEnd } from "./rejects";
export { newSpelling, newSpellingLength } from "./students";
export { CONTROL, OTHER, PLAIN, WHITE_SPACE } from "./utf8";

/** How many lines the last run took. */
export let records: u32 = 0;

/** Says where the text ends that was put into INPUT; a line end is put behind it. */
export function beginText(end: usize): void {
  setTextEnd(end);
  lookAnew();
}

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
  forgetSpelling();
  while (at < end && rowEnd < ROWS_FULL && rejectEnd < REJECTS_FULL) {
    lookAhead(at, end);
    const row = rowEnd;
    if (!takeStudent(at, olderThan, weight)) {
      setRowEnd(row);
      const reason = reasonOf(at);
      if (reason == UNKNOWN) break;
      forgetSpelling();
      if (reason == BLANK) count(BLANKS);
      else {
        writeReject(reason, at, <u64>number + <u64>records);
        count(REASONS + <usize>reason);
      }
    }
    records++;
    at = nextLine;
  }
  count(RECORDS, records);
  return at;
}
