/**
 * Student records as a school exports them, made from a seed: mostly clean, some untidy,
 * about 3 in 100 to be refused. They fill the committed sample and the benchmarks.
 */
import {
  type Draft,
  FORM_SHARES,
  RAW_BYTES,
  REFUSED,
  type Refused,
  REJECTS,
} from "./forms.ts";
import { type FieldOfStudy, FIELDS, ORIGINS } from "./names.ts";
import { byShare, type Draw, evenDraw, pick, sfc32 } from "./random.ts";

/** What to generate. */
export interface GenerateOptions {
  /**
   * How many records, 0 to 2^32 - 1. Blank lines are not among them: they come on top,
   * about 3 for 1,000 records.
   */
  readonly records: number;
  /** Which records, 0 to 2^53 - 1: the same seed gives the same bytes. */
  readonly seed: number;
}

/** From how many records on each reject reason of a file is certain to occur. */
const COMPLETE_FROM = 1000;
/** Length of the text after which a chunk is given out, in UTF-16 code units. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * Yields a whole CSV file: a header line, then the records. A chunk is about 64 KiB of
 * whole lines, twice that where it holds a record that is too long on purpose. From 1,000
 * records on, each reason for which a file's record can be refused occurs.
 *
 * @throws {RangeError} If the number of records or the seed is out of its range.
 */
export function generate({ records, seed }: GenerateOptions): Generator<Uint8Array> {
  if (!Number.isInteger(records) || records < 0 || records >= 2 ** 32) {
    throw new RangeError(`records must be an integer from 0 to 2^32 - 1, not ${records}`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed must be an integer from 0 to 2^53 - 1, not ${seed}`);
  }
  return chunks(records, evenDraw(sfc32(seed)));
}

function* chunks(records: number, draw: Draw): Generator<Uint8Array> {
  const planned = planRejects(records, draw);
  let text = "FirstName LastName,Age,Field\n";
  for (let i = 0; i < records; i++) {
    if (draw(1000) < 3) text += pick(["\n", "  \n", "\r\n"], draw);
    text += `${drawLine(planned.get(i) ?? drawReject(draw), draw)}\n`;
    if (text.length >= CHUNK_LENGTH) {
      yield encode(text);
      text = "";
    }
  }
  if (text !== "") yield encode(text);
}

const ORIGIN_SHARES = byShare(ORIGINS);
const FIELD_SHARES = byShare(FIELDS);
function drawStudent(draw: Draw): Draft {
  const origin = pick(ORIGIN_SHARES, draw);
  const first = pick(origin.first, draw);
  const last = pick(origin.last, draw);
  const field = pick(FIELD_SHARES, draw);
  return { first, last, age: drawAge(field, draw), field: field.name };
}

function drawAge({ from, rise, tail, skew }: FieldOfStudy, draw: Draw): number {
  let years = tail;
  for (let i = 0; i < skew; i++) years = Math.min(years, draw(tail));
  return from + draw(rise) + years;
}

function drawLine(reject: Refused | undefined, draw: Draw): string {
  const student = drawStudent(draw);
  if (reject !== undefined) return REJECTS[reject].write(student, draw);
  return pick(FORM_SHARES, draw).write(student, draw);
}

function drawReject(draw: Draw): Refused | undefined {
  let drawn = draw(1_000_000);
  if (drawn >= REJECT_SHARE) return undefined;
  return REFUSED.find((reason) => (drawn -= REJECTS[reason].share) < 0);
}
const REJECT_SHARE = REFUSED.reduce((sum, reason) => sum + REJECTS[reason].share, 0);

/** Returns one place for each reason, so that none is left to chance, if there is room. */
function planRejects(records: number, draw: Draw): ReadonlyMap<number, Refused> {
  const planned = new Map<number, Refused>();
  if (records < COMPLETE_FROM) return planned;
  for (const reason of REFUSED) {
    let place = draw(records);
    while (planned.has(place)) place = draw(records);
    planned.set(place, reason);
  }
  return planned;
}

function encode(text: string): Uint8Array {
  const marks = text.match(RAW_BYTES) ?? [];
  // \x01 takes the room of one byte and is in no record
  const bytes = UTF8.encode(text.replace(RAW_BYTES, "\x01"));
  let at = -1;
  for (const mark of marks) {
    at = bytes.indexOf(1, at + 1);
    bytes[at] = mark.charCodeAt(0) & 0xff;
  }
  return bytes;
}
const UTF8 = new TextEncoder();
