/**
 * The rules as text: what makes a record a student, and what refuses it. This file is the
 * specification; every faster way must give the same, record by record.
 *
 * The rules are tried in the order in which they stand in {@linkcode judge}; the first that
 * fails names the reject.
 */
import { splitRecord } from "./cells.ts";
import type { Columns, Layout, Reason, Student } from "./types.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The longest record, in bytes, without its line end. */
export const MAX_RECORD_BYTES = 64 * 1024;
/** The highest age that is believed, in years. */
export const MAX_AGE = 150;

/** White space: what JavaScript's `\s` matches, and the control character "next line". */
export const WHITE_SPACE = /[\s\u0085]+/gu;
const NOT_BLANK = /[^\s\u0085]/u;
/** Control and invisible format characters, but not white space, ZWNJ and ZWJ. */
export const CONTROL = /[[\p{Cc}\p{Cf}]--[\s\u0085\u200c\u200d]]/v;
const INTEGER = /^[+-]?[0-9]+$/;
/** What makes a spreadsheet run a cell: `=`, `+`, `-`, `@` and their full-width forms. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/**
 * Returns the student that a record holds, or the reason why it is refused, or "blank" for
 * a record of nothing but white space, which is neither.
 *
 * @param record The bytes of one line or message value without its line end; null for a
 * Kafka tombstone.
 */
export function judge(
  record: Uint8Array | null,
  layout: Layout,
): Student | Reason | "blank" {
  if (record === null) return "empty";
  if (record.length > MAX_RECORD_BYTES) return "too_long";
  const text = decodeUtf8(record);
  if (text === undefined) return "invalid_utf8";
  if (!NOT_BLANK.test(text)) return "blank";
  const split = splitRecord(text, layout.delimiter);
  if (typeof split === "string") return "bad_quote";
  if (split.cells.length !== layout.cells) return "field_count";
  return judgeCells(split.cells, layout.columns);
}

function judgeCells(cells: readonly string[], columns: Columns): Student | Reason {
  const used = Object.values(columns).map((column) => cells[column]!);
  if (used.some((cell) => CONTROL.test(cell))) return "control_character";
  const name = splitName(cells, columns);
  if (typeof name === "string") return name;
  const age = tidy(cells[columns.age]!);
  if (!INTEGER.test(age)) return "age_not_integer";
  const years = Number(age);
  if (years < 0 || years > MAX_AGE) return "age_out_of_range";
  const field = normalise(cells[columns.field]!);
  if (field === "") return "blank_field";
  const [first, last] = name;
  if ([first, last, field].some((text) => FORMULA.test(text))) return "unsafe_text";
  return { first, last, age: Math.abs(years), field }; // abs: "-0" is 0, not -0
}

/** Returns the first word of the name and the rest of it, normalised, or a reason. */
function splitName(
  cells: readonly string[],
  columns: Columns,
): readonly [first: string, last: string] | Reason {
  if ("first" in columns) {
    const first = normalise(cells[columns.first]!);
    const last = normalise(cells[columns.last]!);
    return first === "" || last === "" ? "blank_name" : [first, last];
  }
  const parts = normalise(cells[columns.name]!).split(",");
  // exactly one comma: "Last, First" is turned round
  const name = parts.length === 2 ? tidy(`${parts[1]} ${parts[0]}`) : parts.join(",");
  if (name === "") return "blank_name";
  const space = name.indexOf(" ");
  if (space < 0) return "one_word_name";
  if (parts.length > 2) return "bad_name";
  return [name.slice(0, space), name.slice(space + 1)];
}

/** Whether a record is nothing but white space. */
export function isBlank(record: Uint8Array): boolean {
  const text = decodeUtf8(record);
  return text !== undefined && !NOT_BLANK.test(text);
}

/** Returns the text trimmed, each run of white space in it made one space. */
function tidy(text: string): string {
  return text.replace(WHITE_SPACE, " ").trim();
}

/**
 * Returns the text tidied, in Unicode NFC and in upper case by the full mapping, which never
 * depends on the machine's locale. Upper case can undo NFC (`ΐ`), so it is composed again:
 * what was normalised once stays as it is.
 */
export function normalise(text: string): string {
  return tidy(text).normalize("NFC").toUpperCase().normalize("NFC");
}
