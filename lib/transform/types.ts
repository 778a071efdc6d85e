/**
 * The data dictionary: what goes into the rules and what comes out.
 */

/** Why a record was refused, in the order in which the rules are tried. */
export const REASONS = [
  "too_long",
  "invalid_utf8",
  "bad_quote",
  "field_count",
  "control_character",
  "blank_name",
  "one_word_name",
  "bad_name",
  "age_not_integer",
  "age_out_of_range",
  "blank_field",
  "unsafe_text",
  "empty",
] as const;

/** Why a record was refused; see the table of reasons in the README. */
export type Reason = typeof REASONS[number];

/** A valid record, normalised: white space collapsed, NFC, upper case. */
export interface Student {
  /** The first word of the name. */
  readonly first: string;
  /** The rest of the name. */
  readonly last: string;
  /** In whole years, 0 to 150. */
  readonly age: number;
  /** The field of study. */
  readonly field: string;
}

/** Which cell holds what, counted from 0. */
export type Columns =
  & (
    | {
      /** The full name: `FirstName LastName` or `Last, First`. */
      readonly name: number;
    }
    | { readonly first: number; readonly last: number }
  )
  & { readonly age: number; readonly field: number };

/** How the records of an input are laid out. */
export interface Layout {
  /** What separates two cells: one ASCII character. */
  readonly delimiter: string;
  /** How many cells a record has. */
  readonly cells: number;
  /** Which of them hold what. */
  readonly columns: Columns;
  /** Whether the first record that is not blank is a header, and so no record. */
  readonly header: boolean;
  /** What ends a line. */
  readonly lineEnd: "\n" | "\r";
}

/** The contract's own form: `FirstName LastName, Age, Field`, no header. */
export const PLAIN_LAYOUT: Layout = {
  delimiter: ",",
  cells: 3,
  columns: { name: 0, age: 1, field: 2 },
  header: false,
  lineEnd: "\n",
};

/** A place in what was read: enough to find the record again. */
export interface Position {
  /** The path of a file as the user gave it, or the Kafka topic. */
  readonly source: string;
  /** Kafka partition; absent for a file. */
  readonly partition?: number;
  /** The line counted from 1, or the Kafka offset. */
  readonly offset: bigint;
}

/** A refused record, kept whole with its reason and its place. */
export interface Reject {
  /** Where it was read. */
  readonly position: Position;
  /** The first rule that it breaks. */
  readonly reason: Reason;
  /** The record's bytes as read, without its line end; of a `too_long` one the first 4 KiB. */
  readonly raw: Uint8Array;
  /** Only of a `too_long` record: its length in bytes and, in a file, where it begins. */
  readonly extent?: { readonly bytes: number; readonly byteOffset?: number };
}

/** Where records come from. */
export interface Input {
  /** The path of a file as the user gave it, `-` for standard input, or the Kafka topic. */
  readonly name: string;
  /** How its records are laid out. */
  readonly layout: Layout;
}

/** Records read together: the unit of work. */
export type Batch = BytesBatch | ValuesBatch;

/** The next bytes of a file; its records may be cut anywhere. */
export interface BytesBatch {
  /** Where they come from. */
  readonly input: Input;
  /** UTF-8 where the input is sound; valid until the next batch is asked for. */
  readonly bytes: Uint8Array;
  /** Where the first of them stands in the input, in bytes. */
  readonly byteOffset: number;
  /** Whether the input ends here. */
  readonly isLast: boolean;
}

/** Whole records, one a value: messages of one Kafka partition, or a script's own. */
export interface ValuesBatch {
  /** Where they come from. */
  readonly input: Input;
  /** Records without header; one line end at the end of a value is dropped; null: tombstone. */
  readonly values: readonly (Uint8Array | null)[];
  /** The Kafka offset, or the line counted from 1, of each value. */
  readonly offsets: readonly bigint[];
  /** Kafka partition; absent where the input is not a topic. */
  readonly partition?: number;
}
