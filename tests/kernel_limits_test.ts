/**
 * The byte kernel at its limits: each byte of a letter, lines of 64 KiB, more cells than it
 * knows, memory that fills, tables that are full. It gives what the rules as text give, and
 * leaves them no more than it has to.
 */
import assert from "node:assert/strict";
import type { AgesByField } from "../lib/analyse/ages.ts";
import { type Cleaner, fastCleaner, textCleaner } from "../lib/transform/clean.ts";
import { Cleaning } from "../lib/transform/cleaning.ts";
import { Kernel } from "../lib/transform/kernel/kernel.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";
import { assertSame, outcome, OutcomeSum, sortedAges } from "./kernel_cases.ts";
import { bytes } from "./support.ts";

const KIB_64 = 65_536;
const UTF8 = new TextEncoder();

/**
 * Compares the kernel with the rules on an input, also when it knows its spellings; returns how
 * many records the kernel leaves to the rules then.
 */
function byText(
  text: string | Uint8Array,
  { layout = PLAIN_LAYOUT, name = "x" }: { layout?: Layout; name?: string } = {},
): number {
  const one = {
    name,
    layout,
    bytes: typeof text === "string" ? UTF8.encode(text) : text,
    cuts: [],
  };
  const fast = fastCleaner();
  const wanted = outcome(textCleaner(), one);
  assertSame(outcome(fast, one), wanted, "the first time");
  const again = outcome(fast, one);
  assertSame(again, wanted, "the second time");
  return again.byText;
}

/** The same with the values of a topic, at consecutive offsets. */
function byTextOfValues(texts: readonly string[], offset = 1n): number {
  const values = texts.map((text) => UTF8.encode(text));
  const offsets = texts.map((_, i) => offset + BigInt(i));
  const input = { name: "topic", layout: PLAIN_LAYOUT };
  const cleaned = (cleaner: Cleaner) => {
    const sum = new OutcomeSum();
    sum.add(cleaner.clean({ input, values, offsets, partition: 0 }));
    return sum.outcome;
  };
  const fast = fastCleaner();
  const wanted = cleaned(textCleaner());
  assertSame(cleaned(fast), wanted, "the first time");
  const again = cleaned(fast);
  assertSame(again, wanted, "the second time");
  return again.byText;
}

/** Bytes that mean something, or stand beside a bound of the table of UTF-8. */
const EDGES =
  "\0\t\x1f \"',=A\x7f\x80\x81\x8e\x8f\x90\x91\x9e\x9f\xa0\xa1\xbe\xbf\xc0\xc3\xff";

const THIRD = ["\x7f", "\x80", "\xc0"];

/** Yields bytes that are a character, nearly one, or none; one character a byte. */
function* sequences(): Generator<string> {
  for (let lead = 0; lead <= 0xff; lead++) {
    const first = String.fromCharCode(lead);
    yield first;
    if (lead < 0x80) continue;
    for (const second of EDGES) {
      yield first + second;
      if (lead < 0xdf) continue;
      for (const third of THIRD) {
        yield first + second + third;
        if (lead < 0xef) continue;
        for (const fourth of THIRD) yield first + second + third + fourth;
      }
    }
  }
  for (let codePoint = 0x80; codePoint < 0x800; codePoint++) {
    yield String.fromCharCode(0xc0 | (codePoint >> 6), 0x80 | (codePoint & 0x3f));
  }
}

Deno.test("fastCleaner() gives what textCleaner() gives, whatever the bytes of a cell", () => {
  const columns = { name: 1, age: 2, field: 3 };
  const layout: Layout = { ...PLAIN_LAYOUT, cells: 5, columns };
  const places: readonly ((sequence: string) => string)[] = [
    (sequence) => `x,e${sequence}a Bennis,30,Law,x\n`,
    (sequence) => `x,Ali ${sequence},30,Law,x\n`,
    (sequence) => `x,Ali Bennis,3${sequence},Law,x\n`,
    (sequence) => `x,Ali Bennis,30,e${sequence}a,x\n`,
    (sequence) => `${sequence},Ali Bennis,30,Law,x\n`,
    (sequence) => `x,Ali Bennis,30,Law,x${sequence}\n`,
    (sequence) => `x,Ali,30,Law,"${sequence}"\n`,
  ];
  const all = [...sequences()];
  for (const place of places) byText(bytes(all.map(place).join("")), { layout });
});

Deno.test("fastCleaner() takes lines up to 64 KiB by the kernel, longer ones by the rules", () => {
  const frames: readonly (readonly [start: string, end: string])[] = [
    ["Ali ", ",30,Law"],
    ["Ali ", ',30,"Law"'],
    ["", ",30,Law"], // one_word_name
    ["", ""], // field_count
    [" ", " "], // blank
  ];
  for (const [start, end] of frames) {
    const fill = start === " " ? " " : "b";
    const lines = [-2, -1, 0, 1, 2].map((more) =>
      start + fill.repeat(KIB_64 + more - start.length - end.length) + end
    );
    const shown = JSON.stringify(start + "…" + end);
    assert.equal(byText(lines.join("\n") + "\n"), 2, shown);
    assert.equal(byText(lines.join("\r\n") + "\r\n"), 2, `${shown} with CRLF`);
    assert.equal(byTextOfValues(lines), 2, `${shown} as values`);
    const columns = { first: 0, last: 2, age: 3, field: 4 };
    byText(lines.join("\n") + "\n", { layout: { ...PLAIN_LAYOUT, cells: 5, columns } });
  }
  const letters = (letter: string) =>
    letter.repeat(KIB_64 / 2 - 8) + ` ${letter},30,Law\n`;
  assert.equal(byText("éßΐŉ".split("").map(letters).join("")), 0); // their rows are longer
});

Deno.test("fastCleaner() takes lines of up to 512 cells by the kernel", () => {
  for (const cells of [511, 512, 513]) {
    const columns = { name: cells - 3, age: cells - 2, field: cells - 1 };
    const layout: Layout = { ...PLAIN_LAYOUT, cells, columns };
    const line = (count: number, field: string) =>
      "é,".repeat(count - 3) + `Ali Bennis,30,${field}\n`;
    for (const field of ["Law", '"Law"']) {
      assert.equal(byText(line(cells, field), { layout }), cells > 512 ? 1 : 0);
      byText(line(cells - 1, field) + line(cells + 1, field), { layout });
      byText(line(600, field) + line(900, field) + line(cells, field), { layout });
    }
  }
});

Deno.test("fastCleaner() takes sources with names of any length", () => {
  const lines = 'Ali, 30, Droit\n"A, B, C", 30, Droit\nAli Bennis, 30, Droit\n';
  const [fast, text] = [fastCleaner(), textCleaner()];
  const CASES: readonly (readonly [length: number, byText: number])[] = [
    [2, 2], // commas in a name, and a spelling that is new
    [65_000, 1],
    [KIB_64, 3],
    [6_000_000, 3], // longer than all the memory for lines of JSON
    [2, 1],
  ];
  for (const [length, byText] of CASES) {
    const name = '"'.repeat(length >> 1);
    const one = { name, layout: PLAIN_LAYOUT, bytes: UTF8.encode(lines), cuts: [] };
    const found = outcome(fast, one);
    assertSame(found, outcome(text, one), `${length} characters`);
    assert.equal(found.byText, byText, `${length} characters`);
  }
});

Deno.test("fastCleaner() takes rows and rejects out before its memory is full", () => {
  const student = (length: number) => `a ${"b".repeat(length - 10)},30,Law`;
  const prefix =
    '{"topic":"topic","partition":0,"offset":10,"reason":"field_count","raw":""}\n';
  // 64 KiB each, in the CSV and in the JSON: they reach a limit of the memory exactly
  assert.equal(byTextOfValues(Array<string>(80).fill(student(KIB_64 - 1))), 0);
  const reject = "r".repeat(KIB_64 - prefix.length);
  assert.equal(byTextOfValues(Array<string>(40).fill(reject), 10n), 0);
  // behind the rows stand the rejects, and behind these the spellings
  const mixed = Array.from(
    { length: 120 },
    (_, i) => i % 8 === 0 ? "r" : student(60_001),
  );
  assert.equal(byTextOfValues([...mixed, "Ali ﬁ,30,Law", "r"]), 1);
  const known = "Ali Bennis,30,Droit\n";
  assert.equal(byText(known + "r\n".repeat(60_000) + known), 0);
  // the rules write into the same memory
  byText('"A, B, C",30,Law\n'.repeat(40_000));
  byTextOfValues(Array<string>(150).fill(`Ngọc ${"ﬁ".repeat(20_000)},30,Law`));
});

Deno.test("fastCleaner() packs values into its memory up to the last byte", () => {
  const value = "x".repeat(KIB_64 - 1);
  for (const last of ["x".repeat(KIB_64 - 2), value, value + "x"]) {
    assert.equal(byTextOfValues([...Array<string>(31).fill(value), last, "x"]), 0);
  }
});

Deno.test("fastCleaner() remembers spellings of up to 1,024 bytes", () => {
  for (const length of [1, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025]) {
    const line = `Ali Bennis,30,${"é".repeat(length >> 1)}${"L".repeat(length % 2)}\n`;
    assert.equal(byText(line), length > 1024 ? 1 : 0, `${length} bytes`);
  }
});

Deno.test("fastCleaner() finds spellings that the end of its table parts from their place", () => {
  const fields = ["Law 1083853", "Law 1366219"]; // both belong into the last of 2^19 places
  assert.equal(byText(fields.map((field) => `Ali Bennis,30,${field}\n`).join("")), 0);
});

/** Teaches a kernel one spelling; returns whether it takes records with it then. */
function learns(kernel: Kernel, spelling: string, field: string): boolean {
  const line = UTF8.encode(`a b,30,${spelling}\n`);
  const takes = () => kernel.run(0, line.length, 1, 1).lines === 1;
  kernel.load(line);
  if (takes()) return true;
  kernel.learn(field);
  const isTaken = takes();
  kernel.rows.take();
  return isTaken;
}

function newKernel(): Kernel {
  const kernel = new Kernel(20);
  kernel.use(PLAIN_LAYOUT, new Uint8Array(0));
  return kernel;
}

Deno.test("Kernel learns 262,144 spellings and leaves more to the rules", () => {
  const kernel = newKernel();
  const most = 2 ** 18;
  for (let i = 0; i < most; i++) {
    assert.ok(learns(kernel, `Law ${i}`, i % 2 === 0 ? "LAW" : `LAW ${i}`));
  }
  assert.ok(!learns(kernel, "Law x", "LAW"));
  assert.ok(learns(kernel, "  Law 0", "LAW")); // spaces before it make no other spelling
  const ages: AgesByField = new Map();
  kernel.takeAges(ages);
  assert.equal(ages.get("LAW")![30], most / 2 + 1);
  assert.equal(ages.get("LAW 262143")![30], 1);
  assert.equal(ages.size, most / 2 + 1);
});

Deno.test("Kernel learns 64 MiB of long spellings and leaves more to the rules", () => {
  const kernel = newKernel();
  const spelling = (i: number, length: number) => String(i).padEnd(length, "x");
  let learnt = 0;
  // each takes 1,008 bytes of memory, and the cell of its rows 16
  while (learns(kernel, spelling(learnt, 1000), "F12345678901234")) learnt++;
  assert.equal(learnt, 2 ** 16);
  assert.ok(!learns(kernel, spelling(0, 90), "LAW"));
  assert.ok(learns(kernel, spelling(0, 79), "LAW")); // fits its entry, but with no longer cell
  assert.ok(!learns(kernel, spelling(1, 79), "LAWS"));
  assert.ok(learns(kernel, spelling(1, 79), "TAX"));
  const ages: AgesByField = new Map();
  kernel.takeAges(ages);
  const counted = ages.entries().map(([field, counts]) => [field, counts[30]!]);
  assert.deepEqual([...counted], [["F12345678901234", learnt], ["LAW", 1], ["TAX", 1]]);
});

Deno.test("Kernel looks ahead where it knows over 4,096 spellings, and gives the same", () => {
  const field = (i: number) => `Law ${"x".repeat(i % 50)} ${i}`;
  const students = Array.from(
    { length: 5000 },
    (_, i) => `Ali Bennis,${i % 151},${field(i)}\n`,
  );
  const [fast, text] = [fastCleaner(), textCleaner()];
  const compare = (lines: readonly string[], wantedByText: number) => {
    const one = { layout: PLAIN_LAYOUT, cuts: [], bytes: bytes(lines.join("")) };
    const got = outcome(fast, one);
    assertSame(got, outcome(text, one), lines[0]!);
    assert.equal(got.byText, wantedByText);
  };
  compare(students, 5000);
  compare(students, 0);
  // what the kernel refuses, and what it leaves to the rules, at each place of those it looks at
  const others = [
    "\n",
    "Ali,30,Law x 1\n",
    '"Ali Bennis,30,Law x 1\n',
    "Ali Bennis,30\n",
  ];
  const byRules = '"Ali ""B"" Bennis",30,Law x 1\n';
  for (let at = 0; at < 70; at++) {
    compare(students.toSpliced(100).toSpliced(at, 0, ...others, ...others), 0);
    compare(students.toSpliced(100).toSpliced(at, 0, byRules), 1);
  }
  assert.deepEqual(sortedAges(fast.ages), sortedAges(text.ages));
});

Deno.test("Cleaning takes the kernel's ages over before their counts can overflow", () => {
  const kernel = new Kernel(20);
  const cleaning = new Cleaning(20, kernel, 4);
  const input = { name: "topic", layout: PLAIN_LAYOUT };
  const values = ["Ali Bennis,30,Law", "Ali Bennis,30,Law"].map((text) =>
    UTF8.encode(text)
  );
  const inKernel = [1, 2, 3, 4].map(() => {
    cleaning.cleanValues({ input, values, offsets: [1n, 2n] });
    const ages: AgesByField = new Map();
    kernel.takeAges(ages);
    return ages.get("LAW")?.[30] ?? 0;
  });
  assert.deepEqual(inKernel, [1, 2, 0, 2]); // the first of all is read by the rules
  const ages: AgesByField = new Map();
  cleaning.takeAges(ages);
  assert.equal(ages.get("LAW")![30], 3);
});

Deno.test("fastCleaner() tells a quote that never closes from one that closes on a later line", () => {
  type Case = readonly [text: string, byText: number];
  const CASES: readonly Case[] = [
    ['"Ali Bennis,30,Law\nSara Alami,30,Law\n', 0],
    ['"Ali Bennis,30,Law\nSara "Alami,30,Law\n', 0],
    ['"Ali Bennis,30,Law\n"Sara Alami",30,Law\n', 0],
    ['"Ali Bennis,30,Law\nSara ""Alami"" x\n', 0],
    ['"Ali\nBennis",30,Law\n', 1],
    ['"Ali\nBennis"\t ,30,Law\n', 1],
    ['Ali Bennis,30,"Law\nTax"\n', 1],
    ['Ali Bennis,30,"Law\nTax"\r\n', 1],
    ['Ali Bennis,30,"Law\nTax"', 1],
    ['Ali Bennis,30,"Law\nTax" \t', 1],
    ['Ali Bennis,30,"Law\nTax"x', 1], // the last line has no end
    ['Ali Bennis,30,"Law\n""Tax""" \n', 1],
    ['Ali\xff "Bennis,30,Law\n"Ali\xff,30,Law\n', 0],
    ['"Ali\n\xff Bennis",30,Law\n', 1],
  ];
  for (const [text, expected] of CASES) {
    assert.equal(byText(bytes(text)), expected, JSON.stringify(text));
  }
  // what stood there before is no part of the text
  const kernel = fastCleaner();
  const bare = { layout: PLAIN_LAYOUT, cuts: [] };
  outcome(kernel, { ...bare, bytes: UTF8.encode(`${",".repeat(99)}\n`) });
  const open = UTF8.encode('"Ali Bennis,30,Law\nSara,30,Law\n');
  assert.equal(outcome(kernel, { ...bare, bytes: open }).byText, 0);
  for (
    const text of ['"Ali,30,Law\n"" ""'.padEnd(50, '" '), '"Ali,30,Law\n"', '"Ali\n" ']
  ) {
    const one = { ...bare, bytes: UTF8.encode(text) };
    assertSame(outcome(kernel, one), outcome(textCleaner(), one), JSON.stringify(text));
  }
  const lines = `${"b".repeat(1000)}\n`.repeat(70);
  for (const more of [-2, -1, 0, 1, 2]) {
    const cell = `"Ali\n${lines.slice(0, KIB_64 + more - '"Ali\n",30,Law'.length)}`;
    const rest = "Sara Alami,30,Law\n";
    byText(`${cell}",30,Law\n${rest}`);
    byText(`${cell}"x,30,Law\n${rest}`);
    byText(`${cell}"",30,Law\n${rest}`);
    byText(`${cell}"`);
  }
  for (const more of [-2, -1, 0, 1]) { // the quote itself stands at the limit
    byText(`"Ali\n${lines.slice(0, KIB_64 + more - '"Ali\n'.length)}","x"\n`);
  }
});
