/**
 * The inputs of the benchmark: the same bytes for the same number of records, on every
 * machine, made once and kept.
 */
import { type Draw, evenDraw, pick, sfc32 } from "../lib/generate/random.ts";
import { ARABIC, CYRILLIC, ENGLISH, FRENCH, GREEK, type Words } from "./words.ts";

/** A kind of records. */
interface Kind {
  /** The first line, where there is a header. */
  readonly header?: string;
  /** Returns record `i`, counted from 0, without its line end. */
  readonly record: (draw: Draw, i: number) => string;
}

/** A student before it is written down. */
interface Draft {
  readonly first: string;
  readonly last: string;
  readonly age: number;
  readonly field: string;
}

function draft(words: Words, draw: Draw): Draft {
  return {
    first: pick(words.first, draw),
    last: pick(words.last, draw),
    age: 17 + draw(29),
    field: pick(words.fields, draw),
  };
}

function plain({ first, last, age, field }: Draft): string {
  return `${first} ${last}, ${age}, ${field}`;
}

const plainIn = (words: Words): Kind => ({
  record: (draw) => plain(draft(words, draw)),
});

/** Stands for the byte 0xE9, `é` in Latin-1, which is no UTF-8 before an ASCII letter. */
const LATIN1_E_ACUTE = "\x01";

/** How a record is written so that it is refused. */
type Fault = (student: Draft) => string;

/** What goes wrong in records that are refused, in equal shares, by the reason. */
const FAULTS: Readonly<Record<string, Fault>> = {
  field_count: ({ first, last, age }) => `${first} ${last}, ${age}`,
  blank_name: ({ age, field }) => `, ${age}, ${field}`,
  one_word_name: ({ first, age, field }) => `${first.split(" ")[0]}, ${age}, ${field}`,
  age_not_integer: ({ first, last, age, field }) =>
    `${first} ${last}, ${age}.5, ${field}`,
  age_out_of_range: ({ first, last, age, field }) =>
    `${first} ${last}, ${1980 + age}, ${field}`,
  blank_field: ({ first, last, age }) => `${first} ${last}, ${age}, `,
  unsafe_text: ({ first, last, age, field }) => `=${first} ${last}, ${age}, ${field}`,
};
/** Those that every reader of CSV gets over. */
const PLAIN_FAULTS = Object.values(FAULTS);
/** Those that every peer can tell apart where it reads lines. */
const LINE_FAULTS: readonly Fault[] = [
  ...PLAIN_FAULTS,
  ({ first, last, age, field }) => `${first} "${last}, ${age}, ${field}`, // bad_quote
];
const ALL_FAULTS: readonly Fault[] = [
  ...LINE_FAULTS,
  (s) => `"${plain(s)}`, // bad_quote that never closes
  (s) => plain({ ...s, first: `Andr${LATIN1_E_ACUTE}a` }), // invalid_utf8
  (s) => plain({ ...s, last: `${s.last}\u200b` }), // control_character
];

const isFifth = (i: number): boolean => i % 5 === 4;

/** French as it comes: a quoted cell or a run of spaces in every tenth record. */
function untidyFrench(draw: Draw): string {
  const student = draft(FRENCH, draw);
  const form = draw(20);
  if (form === 0) {
    return `${student.first} ${student.last},${student.age},"Économie, Gestion et Droit"`;
  }
  if (form === 1) return plain({ ...student, first: ` ${student.first} ` });
  return plain(student);
}

/** Untidy French of which every fifth record is refused. */
const mixedWith = (faults: readonly Fault[]): Kind => ({
  record: (draw, i) =>
    isFifth(i) ? pick(faults, draw)(draft(FRENCH, draw)) : untidyFrench(draw),
});

function quotedRecord(draw: Draw, i: number): string {
  const { first, last, age, field } = draft(ENGLISH, draw);
  const mail = `${first.toLowerCase()}@example.org`;
  const cells = [i + 1, last, first, age, field, "Rabat", mail, ""];
  return cells.map((cell) => `"${cell}"`).join(";");
}

const KINDS = {
  /** `First Last, 21, Field` in plain ASCII. */
  canonical: plainIn(ENGLISH),
  french: plainIn(FRENCH),
  arabic: plainIn(ARABIC),
  cyrillic: plainIn(CYRILLIC),
  greek: plainIn(GREEK),
  /** Every fifth is refused, for one of ten reasons. */
  rejects: {
    record: (draw, i) => {
      const student = draft(ENGLISH, draw);
      return isFifth(i) ? pick(ALL_FAULTS, draw)(student) : plain(student);
    },
  },
  /** Every cell quoted, eight columns, first and last name apart. */
  quoted: {
    header: "Id;Nom;Prénom;Âge;Filière;Ville;Courriel;Remarque",
    record: quotedRecord,
  },
  /** 100,000 fields of study. */
  many_fields: {
    record: (draw) => {
      const student = draft(ENGLISH, draw);
      return plain({ ...student, field: `${student.field} ${10_000 + draw(5000)}` });
    },
  },
  /** What the peers must agree on where they refuse records. */
  mixed: mixedWith(LINE_FAULTS),
  /** What they must agree on where their own readers of CSV leave records out. */
  mixed_cells: mixedWith(PLAIN_FAULTS),
} as const satisfies Readonly<Record<string, Kind>>;

/** The inputs by name; `gzip` is `canonical`, packed. */
export type InputName = keyof typeof KINDS | "gzip";

/** Their names. */
export const INPUT_NAMES = [...Object.keys(KINDS), "gzip"] as readonly InputName[];

/** Text after which a chunk is given out, in UTF-16 code units. */
const CHUNK_LENGTH = 256 * 1024;

/** Yields the bytes of an input, unpacked, in chunks of whole lines. */
export function* inputBytes(name: InputName, records: number): Generator<Uint8Array> {
  const kind: Kind = KINDS[name === "gzip" ? "canonical" : name];
  const draw = evenDraw(sfc32(5));
  let text = kind.header === undefined ? "" : `${kind.header}\n`;
  for (let i = 0; i < records; i++) {
    text += `${kind.record(draw, i)}\n`;
    if (text.length >= CHUNK_LENGTH) {
      yield encode(text);
      text = "";
    }
  }
  if (text !== "") yield encode(text);
}

const UTF8 = new TextEncoder();

function encode(text: string): Uint8Array {
  const bytes = UTF8.encode(text);
  const mark = LATIN1_E_ACUTE.charCodeAt(0);
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    bytes[at] = 0xe9;
  }
  return bytes;
}

/** Returns the path of an input below the folder; makes the file where it is missing. */
export async function inputFile(
  folder: string,
  name: InputName,
  records: number,
): Promise<string> {
  const end = name === "gzip" ? "csv.gz" : "csv";
  const path = `${folder}/${name}-${records}-${await version(name)}.${end}`;
  if (await exists(path)) return path;
  const text = ReadableStream.from(inputBytes(name, records));
  const bytes = name === "gzip"
    ? text.pipeThrough(new CompressionStream("gzip") as GzipStream)
    : text;
  await Deno.writeFile(`${path}.part`, bytes);
  await Deno.rename(`${path}.part`, path);
  return path;
}

/** `CompressionStream` as it is: it takes bytes of any buffer. */
type GzipStream = TransformStream<Uint8Array, Uint8Array>;

/** Changes where the bytes of the input would be others, so that no old file is taken. */
async function version(name: InputName): Promise<string> {
  const [sample] = inputBytes(name, 1000);
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(sample!));
  return new Uint8Array(digest).toHex().slice(0, 8);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
