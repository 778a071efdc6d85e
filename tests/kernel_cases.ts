/**
 * Inputs that look for a difference between the byte kernel and the rules as text: lines
 * made of pieces that the kernel takes, of pieces that it must not take, and of bytes that
 * were changed by chance. The same seed gives the same inputs.
 */
import assert from "node:assert/strict";
import type { AgesByField } from "../lib/analyse/ages.ts";
import type { Threads } from "../lib/engine/threads.ts";
import { evenDraw, pick, sfc32 } from "../lib/generate/random.ts";
import {
  type Cleaned,
  type Cleaner,
  fastCleaning,
  makeCleaner,
  textCleaner,
} from "../lib/transform/clean.ts";
import {
  type BytesBatch,
  type Columns,
  type Layout,
  PLAIN_LAYOUT,
  type ValuesBatch,
} from "../lib/transform/types.ts";

type Draw = ReturnType<typeof evenDraw>;

const WORDS = [
  ..."Ali Sara zoé FRANÇOIS Íñigo Jürgen Łukasz groß Ğülşen Ελένη Σίσυφος Иван علي ΐ ŉ ǰ İ ı ſ"
    .split(" "),
  ..."Ngọc ﬁrmin 李 𝒜 e\u0301a a\u0345 a\u200db a\u200cb \u00ad \u200b =x +y -z @w ＝v a=b a-b O'Connor"
    .split(" "),
  ...'x\u0000 \u001b[1m \u007f \u0085 \u00a0 \u3000 \u2028 \ufeff a,b , ; | " a"b Jean-Baptiste'
    .split(" "),
  "a\\b",
  "=\u0338x",
  "a".repeat(15),
  "é".repeat(8),
  "b".repeat(16),
  "c".repeat(17),
  "",
  "",
  "El",
  "de la",
];
const BLANKS = ["", " ", "  ", "\t", "\u00a0", "\r", " \u2003"];
const AGES = [
  "21",
  "20",
  "0",
  "9",
  "10",
  "150",
  "151",
  "007",
  "0021",
  "+22",
  "-0",
  "-1",
  "2 1",
  "",
  "9".repeat(30),
  "4294967317", // 21 in 32 bits

  "99",
  "100",
  "٢١",
  "21.0",
];
const FIELDS = [
  ..."Law LAW law Droit Génie Civil|Génie  Civil| Law|Law |Law\t|\u00a0Law|=Law|Computer Science"
    .split("|"),
  '"Law"',
  '"Law, Tax"',
  '"Law; Tax"',
  '"La""w"',
  '"Law',
  'La"w',
  '"Law" x',
  ' "Law" ',
  "",
  "Law; Tax",
  "x".repeat(200),
  "ﬁsh",
  "__proto__",
  "Law\u00ad",
  "Law\u0301",
];
const ENDS = ["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n"];

const OTHERS = [
  "x",
  "",
  "12",
  "Café ’s",
  "\u0000",
  "é",
  "a\u200b",
  '"q, ; | \t"',
  '"',
  "Paris",
  "a@b.fr",
];

/** Draws which cells hold what. */
function drawLayout(draw: Draw): Layout {
  const delimiter = pick([..."\t,,,,;;||:=x1"], draw);
  const header = draw(3) === 0;
  const isApart = draw(4) === 0;
  const roles = isApart ? ["first", "last", "age", "field"] : ["name", "age", "field"];
  const cells = draw(2) ? roles.length : roles.length + draw(4);
  const places = Array.from({ length: cells }, (_, i) => i);
  const isInOrder = draw(2) === 0;
  const columns = Object.fromEntries(roles.map((role) => {
    const at = isInOrder ? 0 : draw(places.length);
    return [role, places.splice(at, 1)[0]!];
  }));
  const lineEnd = draw(12) === 0 ? "\r" : "\n";
  return { delimiter, cells, header, lineEnd, columns: columns as Columns };
}

/** Returns the text of one line or of something that is none. */
function drawLine(
  draw: Draw,
  { delimiter, cells: count, columns }: Layout,
  many: number,
) {
  if (draw(60) === 0) return pick(["", " ", "\t", '"', delimiter, "\u00a0"], draw) + "\n";
  const rare = () => draw(12) === 0 ? pick(BLANKS, draw) : "";
  const words = (least: number) => {
    const length = draw(10) === 0 ? draw(3) : least + draw(2);
    const text = Array.from({ length }, () => word(draw));
    return rare() + text.join(draw(15) === 0 ? pick(BLANKS, draw) : " ") + rare();
  };
  const field = draw(3) === 0
    ? `Field ${draw(many)}`
    : draw(2)
    ? "Law"
    : pick(FIELDS, draw);
  const age = draw(5) === 0 ? pick(AGES, draw) : String(17 + draw(30));
  const cells = Array.from({ length: count }, () => pick(OTHERS, draw));
  for (const [role, at] of Object.entries(columns)) {
    if (role === "age") cells[at] = ` ${rare()}${age}${rare()}`;
    else if (role === "field") cells[at] = ` ${field}`;
    else cells[at] = words(role === "name" ? 2 : 1);
    if (draw(20) === 0) cells[at] = ` "${cells[at]}" `;
  }
  if (draw(30) === 0) cells.push("more");
  if (draw(40) === 0) cells.pop();
  if (draw(50) === 0) cells[0] = `"${word(draw)}\n${word(draw)}"`;
  return cells.join(delimiter) + (draw(4) ? "\n" : pick(ENDS, draw));
}

function word(draw: Draw): string {
  return draw(3)
    ? pick(["Ali", "Zoé", "Bennis", "Müller", "Иван", "علي"], draw)
    : pick(WORDS, draw);
}

/** Quotes, separators, white space, control characters, parts of characters. */
const TELLING_BYTES = [
  ...new TextEncoder().encode('""""""\n\r\t ,;\0\u007f\u0085\u00ad\u200b'),
];

/** One input, laid out and cut into batches. */
export interface Case {
  readonly name?: string;
  readonly layout: Layout;
  readonly bytes: Uint8Array;
  /** The lengths of the batches; what is left is the last one. */
  readonly cuts: readonly number[];
}

/** Returns inputs for one pair of cleaners, so that they remember from one to the next. */
export function drawCases(seed: number, lines: number): readonly Case[] {
  const draw = evenDraw(sfc32(seed));
  const many = pick([3, 100, 100_000], draw);
  return Array.from({ length: 1 + draw(3) }, () => {
    const layout = drawLayout(draw);
    let text = "";
    for (let i = draw(2 * lines); i > 0; i--) {
      if (draw(4000) === 0) text += "w".repeat(65_450 + draw(200)) + " ";
      text += drawLine(draw, layout, many);
    }
    if (layout.lineEnd === "\r") text = text.replaceAll("\n", "\r");
    const bytes = new TextEncoder().encode(text);
    for (let i = draw(4) === 0 ? draw(lines) : 0; i > 0 && bytes.length > 0; i--) {
      bytes[draw(bytes.length)] = draw(2) ? draw(256) : pick(TELLING_BYTES, draw);
    }
    const size = pick([1, 3, 64, 1000, 70_000, 300_000], draw);
    const cuts = size < 64 && bytes.length > 2000 ? [] : Array.from(
      { length: Math.floor(bytes.length / size) },
      () => 1 + draw(2 * size),
    );
    return { layout, bytes, cuts };
  });
}

/** So many spellings that the kernel looks ahead from then on. */
const MANY_SPELLINGS: Case = {
  layout: PLAIN_LAYOUT,
  bytes: new TextEncoder().encode(
    Array.from({ length: 5000 }, (_, i) => `Ali Bennis,30,Field ${i}\n`).join(""),
  ),
  cuts: [],
};

/** All that a cleaner makes of an input. */
interface Outcome {
  readonly csv: string;
  readonly rejects: string;
  readonly counts: Record<string, number>;
  readonly reasons: Record<string, number>;
  /** How many records the rules as text have read: the one thing in which cleaners differ. */
  readonly byText: number;
}

/** Adds up what became of the parts of an input. */
export class OutcomeSum {
  #csv = "";
  #rejects = "";
  readonly #counts: Record<string, number> = {};
  readonly #reasons: Record<string, number> = {};
  #byText = 0;

  add({ csv, rejects, counts, reasons, byText }: Cleaned): void {
    this.#byText += byText;
    this.#csv += BYTEWISE.decode(csv);
    this.#rejects += BYTEWISE.decode(rejects);
    for (const [key, count] of Object.entries(counts)) {
      this.#counts[key] = (this.#counts[key] ?? 0) + count;
    }
    for (const [reason, count] of reasons) {
      this.#reasons[reason] = (this.#reasons[reason] ?? 0) + count;
    }
  }

  get outcome(): Outcome {
    return {
      csv: this.#csv,
      rejects: this.#rejects,
      counts: this.#counts,
      reasons: this.#reasons,
      byText: this.#byText,
    };
  }
}

/** One character a byte, so that no byte is lost and none is joined with another. */
const BYTEWISE = new TextDecoder("latin1");

/** Cleans an input batch by batch. */
export function outcome(cleaner: Cleaner, one: Case): Outcome {
  const sum = new OutcomeSum();
  for (const batch of batchesOf(one)) sum.add(cleaner.clean(batch));
  return sum.outcome;
}

/** Cleans an input in several threads. */
export async function threadsOutcome(engine: Threads, one: Case): Promise<Outcome> {
  const sum = new OutcomeSum();
  async function* batches(): AsyncGenerator<BytesBatch> {
    yield* batchesOf(one);
  }
  for await (const cleaned of engine.clean(batches())) sum.add(cleaned);
  return sum.outcome;
}

function* batchesOf(
  { name = 'x"\\.csv', layout, bytes, cuts }: Case,
): Generator<BytesBatch> {
  const input = { name, layout };
  let at = 0;
  for (const length of [...cuts, bytes.length]) {
    const isLast = at + length >= bytes.length;
    yield { input, bytes: bytes.slice(at, at + length), byteOffset: at, isLast };
    at += length;
    if (isLast) break;
  }
}

/** Cleans the lines of an input as the values of a topic, some without their line end. */
function valuesOutcome(cleaner: Cleaner, { layout, bytes }: Case): Outcome {
  const draw = evenDraw(sfc32(bytes.length));
  const values: (Uint8Array | null)[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = draw(40) === 0
      ? at + draw(200)
      : bytes.indexOf(10, at) + 1 || bytes.length;
    values.push(draw(50) === 0 ? null : bytes.slice(at, draw(3) ? end : end - 1));
    at = Math.max(end, at + 1);
  }
  let offset = 2n ** 40n;
  const offsets = values.map(() => offset += draw(30) === 0 ? 5n : 1n);
  const input = { name: "topic", layout: { ...layout, header: false } };
  const batch: ValuesBatch = { input, values, offsets, partition: draw(3) };
  const sum = new OutcomeSum();
  sum.add(cleaner.clean(batch));
  return sum.outcome;
}

/**
 * Compares the kernel with the rules as text on the inputs of a seed.
 *
 * @throws {AssertionError} If they differ; it names the seed.
 */
export function compareSeed(seed: number, lines: number): void {
  const drawn = drawCases(seed, lines);
  const cases = seed % 16 === 7 ? [MANY_SPELLINGS, ...drawn] : drawn;
  const olderThan = [20, 20, -1, 0, 149][seed % 5]!;
  const { cleaning, engine } = fastCleaning(olderThan);
  assert.equal(engine, "byte kernel");
  const blockBytes = [64, 1000, 70_000, 1 << 20][seed % 4]!;
  const fast = makeCleaner(cleaning, engine, blockBytes);
  const text = textCleaner({ olderThan });
  for (const one of cases) {
    const where = `seed ${seed}, ${lines} lines, blocks of ${blockBytes}`;
    assertSame(outcome(fast, one), outcome(text, one), where);
    assertSame(valuesOutcome(fast, one), valuesOutcome(text, one), `values, ${where}`);
    assert.deepEqual(sortedAges(fast.ages), sortedAges(text.ages), where);
  }
}

/** Asserts that two outcomes are the same; shows the first lines that are not. */
export function assertSame(one: Outcome, other: Outcome, where: string): void {
  for (const key of ["csv", "rejects"] as const) {
    if (one[key] === other[key]) continue;
    assert.deepEqual(one[key].split("\n"), other[key].split("\n"), where);
  }
  assert.deepEqual(one.counts, other.counts, where);
  assert.deepEqual(sorted(one.reasons), sorted(other.reasons), where);
}

function sorted(counts: Record<string, number>): readonly (readonly [string, number])[] {
  return Object.entries(counts).sort();
}

/** Returns the ages as something to compare. */
export function sortedAges(
  ages: AgesByField,
): readonly (readonly [string, readonly number[]])[] {
  return [...ages].sort().map(([field, counts]) => [field, [...counts]]);
}
