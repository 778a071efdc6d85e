/**
 * Inputs that look for a difference between the byte kernel and the rules as text: lines
 * made of pieces that the kernel takes, of pieces that it must not take, and of bytes that
 * were changed by chance. The same seed gives the same inputs.
 */
import assert from "node:assert/strict";
import { evenDraw, pick, sfc32 } from "../lib/generate/random.ts";
import { type Cleaner, fastCleaner, textCleaner } from "../lib/transform/clean.ts";
import { type Layout, PLAIN_LAYOUT, type Reject } from "../lib/transform/types.ts";

type Draw = ReturnType<typeof evenDraw>;

const WORDS = [
  ..."Ali Sara zoé FRANÇOIS Íñigo Jürgen Łukasz groß Ğülşen Ελένη Σίσυφος Иван علي ΐ ŉ ǰ İ ı ſ"
    .split(" "),
  ..."Ngọc ﬁrmin 李 𝒜 e\u0301a a\u0345 a\u200db a\u200cb \u00ad \u200b =x +y -z @w ＝v a=b a-b O'Connor"
    .split(" "),
  ...'x\u0000 \u001b[1m \u007f \u0085 \u00a0 \u3000 \u2028 \ufeff a,b " a"b Jean-Baptiste'
    .split(" "),
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

/** Returns the text of one line or of something that is none. */
function drawLine(draw: Draw, delimiter: string, many: number): string {
  if (draw(60) === 0) return pick(["", " ", "\t", '"', delimiter, "\u00a0"], draw) + "\n";
  const words = Array.from(
    { length: 1 + draw(10) === 1 ? 0 : 2 + draw(2) },
    () => word(draw),
  );
  const rare = () => draw(12) === 0 ? pick(BLANKS, draw) : "";
  const name = rare() + words.join(draw(15) === 0 ? pick(BLANKS, draw) : " ") + rare();
  const age = draw(5) === 0 ? pick(AGES, draw) : String(17 + draw(30));
  const field = draw(3) === 0
    ? `Field ${draw(many)}`
    : draw(2)
    ? "Law"
    : pick(FIELDS, draw);
  const cells = [
    draw(25) === 0 ? `"${name}"` : name,
    ` ${rare()}${age}${rare()}`,
    ` ${field}`,
  ];
  if (draw(30) === 0) cells.push("more");
  if (draw(40) === 0) cells.pop();
  if (draw(50) === 0) cells[0] = `"${words[0] ?? ""}\n${words[1] ?? ""}"`;
  return cells.join(delimiter) + (draw(4) ? "\n" : pick(ENDS, draw));
}

function word(draw: Draw): string {
  return draw(3)
    ? pick(["Ali", "Zoé", "Bennis", "Müller", "Иван", "علي"], draw)
    : pick(WORDS, draw);
}

/** One input, laid out and cut into batches. */
export interface Case {
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
    const delimiter = pick([",", ",", ";", "\t", "|"], draw);
    const layout: Layout = { ...PLAIN_LAYOUT, delimiter, header: draw(3) === 0 };
    let text = "";
    for (let i = draw(2 * lines); i > 0; i--) {
      if (draw(4000) === 0) text += "w".repeat(65_450 + draw(200)) + " ";
      text += drawLine(draw, delimiter, many);
    }
    const bytes = new TextEncoder().encode(text);
    for (let i = draw(4) === 0 ? draw(lines) : 0; i > 0 && bytes.length > 0; i--) {
      bytes[draw(bytes.length)] = draw(256);
    }
    const size = pick([1, 3, 64, 1000, 70_000, 300_000], draw);
    const cuts = size < 64 && bytes.length > 2000 ? [] : Array.from(
      { length: Math.floor(bytes.length / size) },
      () => 1 + draw(2 * size),
    );
    return { layout, bytes, cuts };
  });
}

/** All that a cleaner makes of the inputs. */
function results(cleaner: Cleaner, cases: readonly Case[]): {
  readonly csv: readonly string[];
  readonly rejects: readonly Reject[];
  readonly counts: readonly unknown[];
  readonly ages: ReadonlyMap<string, readonly number[]>;
} {
  const [csv, rejects, counts]: [string[], Reject[], unknown[]] = [[], [], []];
  for (const { layout, bytes, cuts } of cases) {
    const input = { name: "x", layout };
    let at = 0;
    let rows = "";
    for (const length of [...cuts, bytes.length]) {
      const isLast = at + length >= bytes.length;
      const batch = {
        input,
        bytes: bytes.slice(at, at + length),
        byteOffset: at,
        isLast,
      };
      const cleaned = cleaner.clean(batch);
      rows += new TextDecoder("utf-8", { ignoreBOM: true }).decode(cleaned.csv);
      rejects.push(...cleaned.rejects);
      counts.push(cleaned.counts);
      at += length;
      if (isLast) break;
    }
    csv.push(rows);
  }
  const ages = new Map(
    [...cleaner.ages].sort().map(([field, counts]) => [field, [...counts]]),
  );
  return { csv, rejects, counts, ages };
}

/**
 * Compares the kernel with the rules as text on the inputs of a seed.
 *
 * @throws {AssertionError} If they differ; it names the seed.
 */
export function compareSeed(seed: number, lines: number): void {
  const cases = drawCases(seed, lines);
  const olderThan = [20, 20, -1, 0, 149][seed % 5]!;
  const fast = fastCleaner({ olderThan });
  assert.equal(fast.engine, "byte kernel");
  const one = results(fast, cases);
  const other = results(textCleaner({ olderThan }), cases);
  const where = `seed ${seed}, ${lines} lines`;
  assert.deepEqual(one.rejects, other.rejects, where);
  assert.deepEqual(one.counts, other.counts, where);
  for (const [i, rows] of one.csv.entries()) {
    if (rows !== other.csv[i]) {
      assert.deepEqual(rows.split("\n"), other.csv[i]!.split("\n"), where);
    }
  }
  assert.deepEqual(one.ages, other.ages, where);
}
