/**
 * How a generated record is written: tidy, untidy, or so that a rule refuses it.
 */
import { type Reason, REASONS } from "../transform/types.ts";
import {
  FORMULAS,
  INVISIBLE,
  NICKNAMES,
  NOT_INTEGER,
  ORIGINS,
  OUT_OF_RANGE,
} from "./names.ts";
import { byShare, type Draw, pick } from "./random.ts";

/** A student before anything is made untidy. */
export interface Draft {
  readonly first: string;
  readonly last: string;
  readonly age: number;
  readonly field: string;
}

/** One way in which a record is written, its line end left out. */
export interface Form {
  /** How many of 1,000 valid records; of a reject, how many of 1,000,000 records. */
  readonly share: number;
  readonly write: (student: Draft, draw: Draw) => string;
}

function line(name: string, age: number | string, field: string): string {
  return `${name}, ${age}, ${cell(field)}`;
}

function plain({ first, last, age, field }: Draft): string {
  return line(`${first} ${last}`, age, field);
}

function cell(field: string): string {
  return field.includes(",") ? `"${field}"` : field;
}

/** The valid ones: as they should be, then as they come. */
const FORMS: readonly Form[] = [
  { share: 695, write: plain },
  // CRLF
  { share: 60, write: (s) => `${plain(s)}\r` },
  // upper and lower case
  { share: 50, write: (s) => plain({ ...s, last: s.last.toUpperCase() }) },
  { share: 40, write: (s) => plain(s).toUpperCase() },
  { share: 35, write: (s) => plain(s).toLowerCase() },
  // white space
  { share: 20, write: (s) => `${s.first} ${s.last},${s.age},${cell(s.field)}` },
  { share: 20, write: (s) => line(`${s.first}  ${s.last}`, s.age, s.field) },
  { share: 10, write: (s) => `  ${plain(s)} ` },
  { share: 10, write: (s) => line(`${s.first}\u00a0${s.last}`, s.age, s.field) },
  { share: 5, write: (s) => line(`${s.first} ${s.last}`, `   ${s.age}    `, s.field) },
  { share: 8, write: (s) => line(`${s.first} ${s.last}`, `+${s.age}`, s.field) },
  // quotes
  { share: 25, write: (s) => line(`"${s.last}, ${s.first}"`, s.age, s.field) },
  {
    share: 8,
    write: (s, draw) =>
      line(`"${s.first} ""${pick(NICKNAMES, draw)}"" ${s.last}"`, s.age, s.field),
  },
  { share: 4, write: (s) => line(`"${s.first}\n${s.last}"`, s.age, s.field) },
  // accents as characters of their own
  {
    share: 10,
    write: (s, draw) => plain({ ...s, first: pick(ACCENTED, draw) }).normalize("NFD"),
  },
];
/** A form a chance in 1,000. */
export const FORM_SHARES = byShare(FORMS);

/** Why a record of a file can be refused; only a Kafka message can be `empty`. */
export type Refused = Exclude<Reason, "empty">;
/** All of them, in the order of the rules. */
export const REFUSED = REASONS.filter((reason) => reason !== "empty");

/** A reason and what goes wrong in real exports to earn it. */
export const REJECTS: Readonly<Record<Refused, Form>> = {
  too_long: { share: 1, write: (s) => `${plain(s)} ${"(see remarks) ".repeat(4686)}` },
  invalid_utf8: {
    share: 2_500,
    write: (s, draw) => asLatin1(plain({ ...s, first: pick(ACCENTED, draw) })),
  },
  bad_quote: {
    share: 1_500,
    write: (s, draw) =>
      pick([
        `"${plain(s)}`,
        line(`${s.first} "${s.last}`, s.age, s.field),
        line(`"${s.first}" ${s.last}`, s.age, s.field),
      ], draw),
  },
  field_count: {
    share: 5_000,
    write: (s, draw) =>
      pick([
        `${s.first} ${s.last}, ${s.age}`,
        `${s.first} ${s.last}, ${s.field}, Semester 2, ${s.age}`,
        line(`${s.last}, ${s.first}`, s.age, s.field),
      ], draw),
  },
  control_character: {
    share: 1_500,
    write: (s, draw) => plain({ ...s, first: s.first + pick(INVISIBLE, draw) }),
  },
  blank_name: {
    share: 1_200,
    write: (s, draw) => line(pick(["", '""', "  "], draw), s.age, s.field),
  },
  one_word_name: {
    share: 2_500,
    write: (s) => line(s.first.split(" ")[0]!, s.age, s.field),
  },
  bad_name: {
    share: 500,
    write: (s) => line(`"${s.last}, ${s.first}, G2"`, s.age, s.field),
  },
  age_not_integer: {
    share: 10_000,
    write: (s, draw) => line(`${s.first} ${s.last}`, pick(NOT_INTEGER, draw), s.field),
  },
  age_out_of_range: {
    share: 3_500,
    write: (s, draw) => line(`${s.first} ${s.last}`, pick(OUT_OF_RANGE, draw), s.field),
  },
  blank_field: { share: 1_500, write: (s) => line(`${s.first} ${s.last}`, s.age, "") },
  unsafe_text: {
    share: 300,
    write: (s, draw) => plain({ ...s, first: pick(FORMULAS, draw) }),
  },
};

/** First names with an accent that Latin-1 knows. */
const ACCENTED = ORIGINS.flatMap(({ first }) => first)
  .filter((name) => /[\u00c0-\u00ff]/.test(name) && !/[^\0-\u00ff]/.test(name));

/** Private-use characters that stand for the bytes 0x80 to 0xFF until the text is encoded. */
export const RAW_BYTES = /[\ue080-\ue0ff]/g;

/** Marks the characters of Latin-1 to be written as the single bytes of an old system. */
function asLatin1(text: string): string {
  return text.replace(
    /[\u0080-\u00ff]/g,
    (char) => String.fromCharCode(0xe000 + char.charCodeAt(0)),
  );
}
