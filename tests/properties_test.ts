/**
 * What holds for every input: properties on generated records and on any bytes at all, with
 * fast-check; `csv-parse` and `simple-statistics` are the oracles.
 */
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import * as oracle from "simple-statistics";
import {
  type AgesByField,
  allAges,
  fieldNames,
  mergeAges,
  olderThan,
} from "../lib/analyse/ages.ts";
import { countStudents, statistics } from "../lib/analyse/statistics.ts";
import { findLayout } from "../lib/ingest/dialect.ts";
import { splitRecord } from "../lib/transform/cells.ts";
import { type CleanOptions, textCleaner } from "../lib/transform/clean.ts";
import { STUDENTS_HEADER } from "../lib/transform/csv.ts";
import { judge } from "../lib/transform/rules.ts";
import { type RejectLine } from "../lib/transform/rejects.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";
import { recordsOf, rejectLines } from "./support.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Everything that a run over one input leaves. */
interface Run {
  /** Without the header. */
  readonly csv: string;
  readonly rejects: readonly RejectLine[];
  readonly counts: Record<"read" | "blank" | "rejected" | "filtered" | "kept", number>;
  readonly ages: AgesByField;
}

/** Cleans an input whose bytes come in these chunks, in memory that is used again. */
function run(
  chunks: readonly Uint8Array[],
  { layout = PLAIN_LAYOUT, ...options }: CleanOptions & { readonly layout?: Layout } = {},
): Run {
  const cleaner = textCleaner(options);
  const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const rejects: RejectLine[] = [];
  let csv = "";
  let byteOffset = 0;
  const input = { name: "x.csv", layout };
  for (const [i, chunk] of [...chunks, new Uint8Array(0)].entries()) {
    const bytes = chunk.slice();
    const isLast = i === chunks.length;
    const cleaned = cleaner.clean({ input, bytes, byteOffset, isLast });
    bytes.fill(0x22);
    byteOffset += chunk.length;
    csv += decode(cleaned.csv);
    rejects.push(...rejectLines(cleaned.rejects));
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) {
      counts[key] += cleaned.counts[key];
    }
  }
  return { csv, rejects, counts, ages: cleaner.ages };
}

/** Returns the bytes cut at these places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((cut, i) => bytes.subarray(cuts[i], cut));
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

const anyText = fc.string({ unit: "binary", maxLength: 12 });
const word = fc.oneof(
  fc.constantFrom("Ali", "Bennis", "Noe\u0308l", "Weiß", "ﬁn", "El", "\u0390", "d'Ambre"),
  fc.constantFrom("Law,", '"Tax"', "a;b"),
  fc.constantFrom("=x", "＠", "\u200d", "\u00ad", "\u0085", "__proto__", "constructor"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
);
const phrase = fc.array(word, { maxLength: 3 }).map((words) => words.join(" "));
const name = fc.oneof({
  weight: 4,
  arbitrary: fc.tuple(word, word).map((w) => w.join(" ")),
}, phrase);
const age = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }).map(String) },
  fc.integer({ min: -5, max: 160 }).map(String),
  fc.constantFrom("", "21.0", "1e2", "-0", "+21", " 21\u00a0", "２１"),
);
/** Text as a cell, quoted where it must be and sometimes where it need not be. */
const asCell = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.boolean()).map(([text, isQuoted]) =>
    isQuoted || /[",;\r\n]/.test(text) ? quoted(text) : text
  );
const record = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(asCell(name), asCell(age), asCell(phrase)).map((r) =>
      r.join(",")
    ),
  },
  anyText,
  fc.constantFrom(
    "",
    " \t",
    '"',
    'a"b,21,Law',
    '"Ali\nBennis",21,Law',
    '"a\nb",21',
    "a,b",
    '"x',
  ),
);
const lineEnd = fc.constantFrom("\n", "\n", "\r\n");
/** A file's text: records with their ends, the last one perhaps without. */
const file = fc.tuple(
  fc.array(fc.tuple(record, lineEnd), { maxLength: 12 }),
  fc.option(record),
)
  .map(([lines, last]) => lines.flat().join("") + (last ?? ""));
/** Any bytes, those that mean something often. */
const anyBytes = fc.array(
  fc.oneof(
    fc.constantFrom(...[...'\n\n\r",, aA1-='].map((c) => c.charCodeAt(0))),
    fc.integer({ min: 0, max: 255 }),
  ),
  { maxLength: 80 },
).map((bytes) => Uint8Array.from(bytes));
const anyInput = fc.oneof(file.map(encode), anyBytes);
const threshold = fc.integer({ min: 0, max: 60 });
const places = fc.array(fc.nat(5000), { maxLength: 6 });

/** Declares a test of a property over generated values; a failure names its seed. */
function holds<T extends [unknown, ...unknown[]]>(
  fact: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
  numRuns = 1000,
): void {
  Deno.test(fact, () => fc.assert(fc.property<T>(...arbitraries, check), { numRuns }));
}

holds(
  "textCleaner() adds up its funnel, whatever the bytes",
  [anyInput, threshold],
  (bytes, t) => {
    const { csv, rejects, counts, ages } = run([bytes], { olderThan: t });
    assert.equal(
      counts.read,
      counts.blank + counts.rejected + counts.filtered + counts.kept,
    );
    assert.equal(counts.rejected, rejects.length);
    assert.equal(counts.filtered + counts.kept, countStudents(allAges(ages)));
    assert.equal(counts.kept, countStudents(olderThan(allAges(ages), t)));
    const rows = parse(csv, { record_delimiter: "\n" }) as readonly string[][];
    assert.equal(counts.kept, rows.length);
    const old = rows.every(([, , age]) => Number(age) > t);
    assert.ok(old && rows.every((row) => row.length === 4));
  },
);

holds(
  "textCleaner() gives the same whatever the chunks",
  [anyInput, places],
  (bytes, places) => {
    const whole = run([bytes]);
    assert.deepEqual(run(cutAt(bytes, places)), whole);
    assert.deepEqual(run([...bytes].map((byte) => Uint8Array.of(byte))), whole);
  },
  500,
);

holds(
  "textCleaner() gives its own export back unchanged",
  [file, threshold],
  (text, olderThan_) => {
    const first = run([encode(text)], { olderThan: olderThan_ });
    const bytes = encode(STUDENTS_HEADER + first.csv);
    const layout = findLayout(bytes, {}, "etudiants_transformed.csv");
    const again = run([bytes], { layout, olderThan: olderThan_ });
    assert.equal(again.csv, first.csv);
    assert.deepEqual(again.rejects, []);
    const { kept } = first.counts;
    assert.deepEqual(again.counts, {
      read: kept,
      blank: 0,
      rejected: 0,
      filtered: 0,
      kept,
    });
    for (const field of fieldNames(first.ages)) {
      const before = statistics(olderThan(first.ages.get(field)!, olderThan_));
      const after = again.ages.get(field);
      if (after === undefined) assert.equal(before.count, 0);
      else assert.deepEqual(statistics(after), before);
    }
  },
);

// two of these records can be one: a quote that stays open at the end of a part may close
// in the next part, so parts are cut only where the reader ends a record
holds(
  "mergeAges() of two parts gives what one run gives",
  [file, fc.nat()],
  (text, n) => {
    const bytes = encode(text);
    const starts = [...recordsOf(bytes)].map((record) => record.byteOffset);
    const at = starts[n % (starts.length + 1)] ?? bytes.length;
    const whole = run([bytes]);
    const parts = [run([bytes.subarray(0, at)]), run([bytes.subarray(at)])] as const;
    const merged: AgesByField = new Map();
    for (const { ages } of parts) mergeAges(merged, ages);
    assert.deepEqual(merged, whole.ages);
    assert.equal(parts[0].csv + parts[1].csv, whole.csv);
    for (const key of ["read", "blank", "rejected", "filtered", "kept"] as const) {
      assert.equal(parts[0].counts[key] + parts[1].counts[key], whole.counts[key], key);
    }
    const reasons = (run: Run): readonly string[] =>
      run.rejects.map(({ reason }) => reason);
    assert.deepEqual([...reasons(parts[0]), ...reasons(parts[1])], reasons(whole));
  },
);

const cells = fc.array(
  fc.tuple(asCell(anyText), asCell(anyText), asCell(phrase)),
  { minLength: 1, maxLength: 8 },
);

holds(
  "BatchReader and splitRecord() agree with csv-parse on well-formed rows",
  [cells, fc.constantFrom("\n", "\r\n"), fc.constantFrom(",", ";")],
  (rows, end, delimiter) => {
    const text = rows.map((row) => row.join(delimiter) + end).join("");
    const layout = { ...PLAIN_LAYOUT, delimiter };
    const found = [...recordsOf(encode(text), layout)].map(
      ({ bytes }) => {
        const split = splitRecord(decode(bytes), delimiter);
        return typeof split === "string" ? split : split.cells;
      },
    );
    assert.deepEqual(found, parse(text, { delimiter, record_delimiter: end }));
  },
);

holds(
  "statistics() agree with simple-statistics",
  [file, threshold],
  (text, olderThan_) => {
    const { csv, ages } = run([encode(text)], { olderThan: olderThan_ });
    const rows = parse(csv, { record_delimiter: "\n" }) as readonly string[][];
    for (const field of fieldNames(ages)) {
      const found = statistics(olderThan(ages.get(field)!, olderThan_));
      const kept = rows.filter((row) => row[3] === field).map((row) => Number(row[2]));
      assert.equal(found.count, kept.length);
      if (kept.length === 0) continue;
      assert.equal(found.mean, oracle.mean(kept));
      assert.equal(found.min, oracle.min(kept));
      assert.equal(found.max, oracle.max(kept));
      assert.equal(found.median, oracle.median(kept));
    }
  },
);

const PARTS: Layout = {
  ...PLAIN_LAYOUT,
  cells: 4,
  columns: { first: 0, last: 1, age: 2, field: 3 },
};

/** Returns a text normalised as a field of study; undefined where it is refused. */
function normalised(text: string): string | undefined {
  const student = judge(encode(`a,b,21,${quoted(text)}`), PARTS);
  return typeof student === "string" ? undefined : student.field;
}

holds("judge() normalises once and for all", [fc.string({ unit: "binary" })], (text) => {
  const once = normalised(text);
  if (once === undefined) return;
  assert.equal(normalised(once), once);
  assert.equal(once.normalize("NFC"), once);
  assert.equal(normalised(text.normalize("NFD")), once);
  assert.equal(normalised(text.normalize("NFC")), once);
}, 2000);

Deno.test("judge() normalises each character once and for all", () => {
  // ten letters at a time, each after an "x" and before a space, so that none joins another
  const broken: string[] = [];
  for (let code = 0x21; code <= 0x10ffff; code += 10) {
    const text = Array.from({ length: 10 }, (_, i) => code + i)
      .filter((code) => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))
      .map((code) => `x${String.fromCodePoint(code)} `)
      .filter((text) => !/[\p{Cc}\p{Cf}\p{Cn}\p{Co}]/u.test(text)).join("");
    if (text === "") continue;
    const once = normalised(text);
    const isStable = once !== undefined && normalised(once) === once &&
      normalised(text.normalize("NFD")) === once && once === once.toUpperCase();
    if (!isStable) broken.push(code.toString(16));
  }
  assert.deepEqual(broken, []);
});

holds("BatchReader leaves no byte and no line out", [anyInput], (bytes) => {
  const LF = 10;
  const lineEnds = (part: Uint8Array): number =>
    part.filter((byte) => byte === LF).length;
  let next = 0;
  let line = 1;
  for (const record of recordsOf(bytes)) {
    assert.deepEqual([record.byteOffset, record.line], [next, line]);
    const end = next + record.length;
    assert.deepEqual(record.bytes, bytes.subarray(next, end));
    next = end;
    if (next < bytes.length) { // a line end follows, and nothing else
      next += bytes[next] === 13 ? 2 : 1;
      assert.equal(bytes[next - 1], LF);
    }
    line += 1 + lineEnds(record.bytes);
  }
  assert.equal(next, bytes.length);
  const hasOpenLine = bytes.length > 0 && bytes.at(-1) !== LF;
  assert.equal(line - 1, lineEnds(bytes) + (hasOpenLine ? 1 : 0));
});

holds(
  "textCleaner() reads as many records as there are lines without quotes",
  [anyInput],
  (any) => {
    const bytes = any.filter((byte) => byte !== 0x22);
    const lines = decode(bytes.map((byte) => byte < 128 ? byte : 0x78)).split("\n");
    const expected = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    assert.equal(run([bytes]).counts.read, expected);
  },
);
