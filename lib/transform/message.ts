/**
 * The contract's message: `FirstName LastName, Age, Field`, whatever layout a record has in
 * its file. What a cleaner makes of the message is what it makes of the record.
 */
import { splitRecord } from "./cells.ts";
import { csvCell } from "./csv.ts";
import { judge } from "./rules.ts";
import { type Columns, type Layout, PLAIN_LAYOUT, type Student } from "./types.ts";

/** A record in the message's form. */
export interface Message {
  /** The message's value; of a record in the plain layout the very bytes of the record. */
  readonly value: Uint8Array;
  /**
   * Whether the form cannot hold the student, so that another one comes out, or none: it
   * knows no first name of several words, and no comma in a first or last name.
   */
  readonly isAltered: boolean;
}

/**
 * Returns the record as a message.
 *
 * A record in the plain layout stays as it is, byte for byte. Of another layout, the cells of
 * a student are put into the message's order. A refused record is sent so that it is refused
 * again, for the same reason if that can be: its bytes, or else its cells in order, or else
 * its bytes with one cell or one quote too many.
 */
export function toMessage(record: Uint8Array, layout: Layout): Message {
  if (isPlain(layout)) return message(record);
  const verdict = judge(record, layout);
  if (verdict === "blank") return message(record);
  const mapped = mapCells(record, layout);
  if (typeof verdict === "object") {
    return message(mapped!, !isSame(verdict, judge(mapped!, PLAIN_LAYOUT)));
  }
  const candidates = [record, mapped ?? record, and(record, ","), and(record, '"')];
  const reasons = candidates.map((value) => judge(value, PLAIN_LAYOUT));
  const same = reasons.indexOf(verdict);
  const refused = reasons.findIndex((reason) => typeof reason === "string");
  return message(candidates[same < 0 ? refused : same]!);
}

/** Returns whether a line of the layout is a message as it stands. */
function isPlain({ delimiter, cells, columns }: Layout): boolean {
  return delimiter === "," && cells === 3 && "name" in columns &&
    columns.name === 0 && columns.age === 1 && columns.field === 2;
}

const LINE_ENDS: readonly (number | undefined)[] = [10, 13];

function message(value: Uint8Array, isAltered = false): Message {
  // whoever reads it drops one line end, which must not be one of the record's own
  return {
    value: LINE_ENDS.includes(value.at(-1)) ? and(value, "\r") : value,
    isAltered,
  };
}

const UTF8 = {
  decoder: new TextDecoder("utf-8", { ignoreBOM: true }),
  encoder: new TextEncoder(),
};

/** Returns the used cells in the message's order, or undefined where they cannot be told. */
function mapCells(
  record: Uint8Array,
  { delimiter, cells: expected, columns }: Layout,
): Uint8Array | undefined {
  const split = splitRecord(UTF8.decoder.decode(record), delimiter);
  if (typeof split === "string" || split.cells.length !== expected) return undefined;
  const { cells } = split;
  const texts = [nameIn(cells, columns), cells[columns.age]!, cells[columns.field]!];
  return UTF8.encoder.encode(texts.map((text) => csvCell(text.trim())).join(", "));
}

function nameIn(cells: readonly string[], columns: Columns): string {
  if ("name" in columns) return cells[columns.name]!;
  return `${cells[columns.first]} ${cells[columns.last]}`;
}

function isSame(student: Student, verdict: ReturnType<typeof judge>): boolean {
  if (typeof verdict === "string") return false;
  const { first, last, age, field } = verdict;
  return first === student.first && last === student.last && age === student.age &&
    field === student.field;
}

function and(bytes: Uint8Array, end: string): Uint8Array {
  const both = new Uint8Array(bytes.length + end.length);
  both.set(bytes);
  both.set(UTF8.encoder.encode(end), bytes.length);
  return both;
}
