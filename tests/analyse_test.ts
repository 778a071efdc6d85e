/**
 * Numbers from exact histograms, the funnel's sums, and how numbers and rejects are written.
 */
import assert from "node:assert/strict";
import * as oracle from "simple-statistics";
import {
  type Ages,
  type AgesByField,
  allAges,
  compareCodePoints,
  countAge,
  fieldNames,
  mergeAges,
  noAges,
  olderThan,
} from "../lib/analyse/ages.ts";
import { checkFunnel, type Found, type Funnel } from "../lib/analyse/funnel.ts";
import { countStudents, mean, quantile, statistics } from "../lib/analyse/statistics.ts";
import { PipelineError } from "../lib/errors.ts";
import { formatReject, parseReject, rejectLine } from "../lib/transform/rejects.ts";
import { formatStatistics } from "../lib/export/statistics.ts";
import type { Reject } from "../lib/transform/types.ts";

/** Returns the histogram of these ages. */
function histogram(...ages: readonly number[]): Ages {
  const counts = noAges();
  for (const age of ages) counts[age]!++;
  return counts;
}

function byField(fields: Readonly<Record<string, readonly number[]>>): AgesByField {
  return new Map(
    Object.entries(fields).map(([field, ages]) => [field, histogram(...ages)]),
  );
}

const repeat = (age: number, times: number): number[] => Array<number>(times).fill(age);

Deno.test("statistics() agree with NumPy", () => {
  // numpy 2.4.6: np.mean(a), a.min(), a.max(), np.median(a), *np.quantile(a, [.25, .75])
  const CASES:
    readonly (readonly [ages: readonly number[], ...values: readonly number[]])[] = [
      [[21], 21, 21, 21, 21, 21, 21],
      [[20, 21], 20.5, 20, 21, 20.5, 20.25, 20.75],
      [[23, 21, 22], 22, 21, 23, 22, 21.5, 22.5],
      [[18, 21, 21, 40], 25, 18, 40, 21, 20.25, 25.75],
      [[60, 17, 60], 45.666666666666664, 17, 60, 60, 38.5, 60],
      [[0, 150], 75, 0, 150, 75, 37.5, 112.5],
      [[0, 0, 0, 1], 0.25, 0, 1, 0, 0, 0.25],
      [[21, 21, 22, 24, 30, 31, 59], 29.714285714285715, 21, 59, 24, 21.5, 30.5],
      [[...repeat(25, 1000), ...repeat(26, 999)], 25.499749874937468, 25, 26, 25, 25, 26],
    ];
  for (const [ages, ...values] of CASES) {
    const found = statistics(histogram(...ages));
    const { count, mean, min, max, median, q1, q3 } = found;
    assert.deepEqual([count, mean, min, max, median, q1, q3], [ages.length, ...values]);
  }
});

Deno.test("statistics() of nobody are null, and nobody has a mean or a quantile", () => {
  assert.deepEqual(statistics(noAges()), {
    count: 0,
    mean: null,
    min: null,
    max: null,
    median: null,
    q1: null,
    q3: null,
  });
  assert.throws(() => mean(noAges()), RangeError);
  assert.throws(() => quantile(noAges(), 0.5), RangeError);
});

Deno.test("quantile() agrees with NumPy at any share, and refuses what is no share", () => {
  // numpy 2.4.6: np.quantile([18, 21, 21, 40], p)
  const CASES: readonly (readonly [p: number, age: number])[] = [
    [0, 18],
    [0.125, 19.125],
    [0.25, 20.25],
    [0.5, 21],
    [0.75, 25.75],
    [0.875, 32.875],
    [1, 40],
  ];
  const ages = histogram(18, 21, 21, 40);
  assert.deepEqual(CASES.map(([p]) => [p, quantile(ages, p)]), CASES);
  for (const p of [-0.01, 1.01, NaN, Infinity, -Infinity]) {
    assert.throws(() => quantile(ages, p), RangeError, String(p));
  }
});

Deno.test("mean() and quantile() agree with simple-statistics on generated ages", () => {
  let state = 1; // the minimal standard generator of Park & Miller 1988
  const random = (below: number): number => (state = state * 48271 % 2147483647) % below;
  for (let round = 0; round < 200; round++) {
    const ages = Array.from({ length: 1 + random(300) }, () => random(151));
    const counts = histogram(...ages);
    assert.equal(countStudents(counts), ages.length);
    assert.equal(mean(counts), oracle.mean(ages));
    assert.equal(quantile(counts, 0), oracle.min(ages));
    assert.equal(quantile(counts, 1), oracle.max(ages));
    assert.equal(quantile(counts, 0.5), oracle.median(ages));
  }
});

Deno.test("statistics() stay exact for more students than 32 bits can count", () => {
  const ages = noAges();
  ages[20] = 3e12;
  ages[30] = 3e12 + 2;
  const { count, mean, median, q1 } = statistics(ages);
  assert.deepEqual([count, mean, median, q1], [6e12 + 2, 25 + 5 / (3e12 + 1), 30, 20]);
});

Deno.test("mergeAges() adds field by field and leaves what it adds untouched", () => {
  const into = byField({ LAW: [21, 22], ART: [30] });
  const from = byField({ LAW: [21], __PROTO__: [19], constructor: [20] });
  mergeAges(into, from);
  const expected = byField({
    LAW: [21, 21, 22],
    ART: [30],
    __PROTO__: [19],
    constructor: [20],
  });
  assert.deepEqual(into, expected);
  countAge(into, "constructor", 20);
  assert.deepEqual(from, byField({ LAW: [21], __PROTO__: [19], constructor: [20] }));
  mergeAges(into, new Map());
  assert.equal(countStudents(allAges(into)), 7);
});

Deno.test("countAge() counts under any name of a field", () => {
  const ages: AgesByField = new Map();
  for (const field of ["__proto__", "constructor", "toString", "__proto__"]) {
    countAge(ages, field, 0);
    countAge(ages, field, 150);
  }
  const counts = [...ages].map(([field, counts]) => [field, counts[0], counts[150]]);
  assert.deepEqual(counts, [["__proto__", 2, 2], ["constructor", 1, 1], [
    "toString",
    1,
    1,
  ]]);
});

Deno.test("olderThan() keeps the ages above the threshold, of a copy", () => {
  const ages = histogram(0, 20, 21, 150);
  const CASES: readonly (readonly [threshold: number, ...kept: readonly number[]])[] = [
    [20, 21, 150],
    [0, 20, 21, 150],
    [-1, 0, 20, 21, 150],
    [19, 20, 21, 150],
    [21, 150],
    [149, 150],
    [150],
    [1000],
  ];
  for (const [threshold, ...kept] of CASES) {
    assert.deepEqual(olderThan(ages, threshold), histogram(...kept), `over ${threshold}`);
  }
  assert.deepEqual(ages, histogram(0, 20, 21, 150));
});

Deno.test("olderThan() keeps everybody above a threshold far below 0", () => {
  assert.deepEqual(olderThan(histogram(0, 20, 150), -5), histogram(0, 20, 150));
});

Deno.test("fieldNames() orders by code point, with names beyond U+FFFF and without", () => {
  for (const names of [["", "A", "AB", "É", "ﬁ"], ["A", "ﬁ", "\uffff", "😀", "😁"]]) {
    const ages = new Map(names.toReversed().map((name) => [name, noAges()]));
    assert.deepEqual(fieldNames(ages), names);
  }
});

Deno.test("compareCodePoints() orders by code point, not by UTF-16 unit or language", () => {
  const ORDERED = [
    "",
    "A",
    "AB",
    "Z",
    "a",
    "É",
    "ﬁ",
    "￿",
    "😀",
    "😀A",
    "😁",
    "\u{10ffff}",
  ];
  for (const [i, a] of ORDERED.entries()) {
    for (const [j, b] of ORDERED.entries()) {
      assert.equal(Math.sign(compareCodePoints(a, b)), Math.sign(i - j), `${a} and ${b}`);
    }
  }
  const shuffled = new Map([...ORDERED].reverse().map((field) => [field, noAges()]));
  assert.deepEqual(fieldNames(shuffled), ORDERED);
});

const FUNNEL: Funnel = {
  read: 20,
  blank: 2,
  rejected: 5,
  valid: 13,
  filtered: 4,
  kept: 9,
};
const FOUND: Found = {
  rows: 9,
  rejectLines: 5,
  rejects: 5,
  records: 20,
  valid: 13,
  kept: 9,
};

Deno.test("checkFunnel() names the sum that is off", () => {
  type Case = readonly [off: Partial<Funnel>, found: Partial<Found>, text: string];
  const CASES: readonly Case[] = [
    [{ read: 21 }, {}, "read = blank + rejected + valid, but 21 is not 20"],
    [{ blank: 3 }, {}, "read = blank + rejected + valid, but 20 is not 21"],
    [{ rejected: 4 }, {}, "read = blank + rejected + valid, but 20 is not 19"],
    [{ filtered: 3 }, {}, "valid = filtered + kept, but 13 is not 12"],
    [{ kept: 10 }, {}, "valid = filtered + kept, but 13 is not 14"],
    [{ valid: 14, read: 21 }, {}, "valid = filtered + kept, but 14 is not 13"],
    [{}, { records: 19 }, "read = records of the inputs, but 20 is not 19"],
    [{}, { rejects: 6 }, "rejected = rejects by reason, but 5 is not 6"],
    [{}, { rejectLines: 4 }, "rejected = lines of rejects.jsonl, but 5 is not 4"],
    [{}, { rows: 8 }, "kept = rows of the CSV, but 9 is not 8"],
    [{}, { kept: 10 }, "kept = kept ages of the fields, but 9 is not 10"],
    [{}, { valid: 12 }, "valid = ages of the fields, but 13 is not 12"],
    [{}, { rows: NaN }, "kept = rows of the CSV, but 9 is not NaN"],
  ];
  for (const [off, found, text] of CASES) {
    assert.throws(
      () => checkFunnel({ ...FUNNEL, ...off }, { ...FOUND, ...found }),
      (error) => {
        assert.ok(error instanceof PipelineError);
        assert.equal(error.message, `The funnel is off: ${text}`);
        assert.ok(error.exitCode !== 0, "a run with a sum off exits non-zero");
        return true;
      },
    );
  }
  checkFunnel(FUNNEL, FOUND);
});

Deno.test("formatStatistics() writes at most 6 decimals, empty cells and quotes where needed", () => {
  const row = (field: string, ...ages: readonly number[]) => ({
    field,
    ...statistics(histogram(...ages)),
  });
  const HEADER = "field,count,mean,min,max,median\n";
  const CASES: readonly (readonly [row: ReturnType<typeof row>, line: string])[] = [
    [row("LAW", 21, 22), "LAW,2,21.5,21,22,21.5"],
    [row("LAW", 21, 22, 22), "LAW,3,21.666667,21,22,22"],
    [row("LAW", 21, 21, 22), "LAW,3,21.333333,21,22,21"],
    [row("LAW", 30), "LAW,1,30,30,30,30"], // no needless decimals
    [row("LAW", 0), "LAW,1,0,0,0,0"],
    [row("LAW"), "LAW,0,,,,"],
    [row("LAW, TAX", 21), '"LAW, TAX",1,21,21,21,21'],
    [row('"LAW"', 21), '"""LAW""",1,21,21,21,21'],
    [row("A;B|C D", 21), "A;B|C D,1,21,21,21,21"],
    [{ ...row("LAW", 21), mean: 21.0000001 }, "LAW,1,21,21,21,21"],
    [{ ...row("LAW", 21), mean: 1e-7 }, "LAW,1,0,21,21,21"], // never 1e-7
    [{ ...row("LAW", 21), mean: 20.9999996 }, "LAW,1,21,21,21,21"],
  ];
  for (const [row, line] of CASES) {
    assert.equal(formatStatistics([row]), `${HEADER}${line}\n`);
  }
  assert.equal(formatStatistics([]), HEADER);
  assert.equal(formatStatistics([row("B"), row("A")]), `${HEADER}B,0,,,,\nA,0,,,,\n`);
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const FILE = { source: "data/é.csv", offset: 7n };
const TOPIC = { source: "students", partition: 0, offset: 9_007_199_254_740_991n };

Deno.test("formatReject() writes a line a reject, its place first", () => {
  const CASES: readonly (readonly [reject: Reject, line: string])[] = [
    [
      { position: FILE, reason: "field_count", raw: utf8("Ali,21") },
      '{"source":"data/é.csv","line":7,"reason":"field_count","raw":"Ali,21"}',
    ],
    [
      { position: TOPIC, reason: "empty", raw: utf8("") },
      '{"topic":"students","partition":0,"offset":9007199254740991,"reason":"empty","raw":""}',
    ],
    [
      { position: FILE, reason: "invalid_utf8", raw: Uint8Array.of(0xe9, 0x41, 0xff) },
      '{"source":"data/é.csv","line":7,"reason":"invalid_utf8","raw_base64":"6UH/"}',
    ],
    [
      {
        position: FILE,
        reason: "too_long",
        raw: utf8("x"),
        extent: { bytes: 70_000, byteOffset: 3 },
      },
      '{"source":"data/é.csv","line":7,"reason":"too_long","raw":"x","bytes":70000,"byte_offset":3}',
    ],
    [
      {
        position: FILE,
        reason: "too_long",
        raw: utf8("x"),
        extent: { bytes: 70_000, byteOffset: 0 },
      },
      '{"source":"data/é.csv","line":7,"reason":"too_long","raw":"x","bytes":70000,"byte_offset":0}',
    ],
    [
      {
        position: { ...TOPIC, offset: 0n },
        reason: "too_long",
        raw: utf8("x"),
        extent: { bytes: 70_000 },
      },
      '{"topic":"students","partition":0,"offset":0,"reason":"too_long","raw":"x","bytes":70000}',
    ],
  ];
  for (const [reject, line] of CASES) {
    assert.equal(formatReject(reject), `${line}\n`);
    assert.deepEqual(parseReject(JSON.parse(line)), reject);
  }
});

Deno.test("formatReject() loses no byte, and writes no line end inside a line", () => {
  const TEXTS = [
    "",
    'Ali "B',
    '"a\nb\r\nc\rd',
    "\0\x01\x1b[31m\x7f\x85\u2028\u2029",
    "\ufeffAli", // a mark inside a file is a character
    "e\u0301 é 😀 \u{10ffff} \uffff",
    "\\u0041 \\",
    "</script><!--",
    "__proto__",
  ];
  for (const text of TEXTS) {
    const line = formatReject({ position: FILE, reason: "bad_quote", raw: utf8(text) });
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.deepEqual(utf8(JSON.parse(line).raw), utf8(text));
  }
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const line = formatReject({ position: FILE, reason: "invalid_utf8", raw: all });
  assert.deepEqual(Uint8Array.fromBase64(JSON.parse(line).raw_base64), all);
});

Deno.test("rejectLine() leaves out the character that a too long record's cut falls into", () => {
  type Case = readonly [what: string, raw: readonly number[], text: string | undefined];
  const CASES: readonly Case[] = [
    ["no cut", [0x61, 0x62], "ab"],
    ["1 of 2 bytes", [0x61, 0xc3], "a"],
    ["1 of 3 bytes", [0x61, 0xe2], "a"],
    ["2 of 3 bytes", [0x61, 0xe2, 0x82], "a"],
    ["1 of 4 bytes", [0x61, 0xf0], "a"],
    ["2 of 4 bytes", [0x61, 0xf0, 0x9f], "a"],
    ["3 of 4 bytes", [0x61, 0xf0, 0x9f, 0x98], "a"],
    ["a whole character", [0x61, 0xf0, 0x9f, 0x98, 0x80], "a😀"],
    ["no UTF-8 at its start", [0xff, 0x61, 0x61, 0x61, 0x61], undefined],
  ];
  for (const [what, raw, text] of CASES) {
    const line = rejectLine({
      position: FILE,
      reason: "too_long",
      raw: Uint8Array.from(raw),
      extent: { bytes: 70_000, byteOffset: 0 },
    });
    assert.equal(line.raw, text, what);
    const base64 = text === undefined ? Uint8Array.from(raw).toBase64() : undefined;
    assert.equal(line.raw_base64, base64, what);
  }
  // a short record is never cut: half a character at its end is not UTF-8
  const line = rejectLine({
    position: FILE,
    reason: "invalid_utf8",
    raw: Uint8Array.of(0x61, 0xc3),
  });
  assert.deepEqual([line.raw, line.raw_base64], [undefined, "YcM="]);
});

Deno.test("rejectLine() takes a too long record that is no UTF-8 for bytes to its end", () => {
  const CASES: readonly (readonly [what: string, ...raw: readonly number[]])[] = [
    ["0xFF at the end", 0x61, 0xff],
    ["a continuation at the end", 0x61, 0x80],
    ["two broken starts", 0x61, 0xc3, 0xc3],
    ["0xFF before a cut", 0x61, 0xff, 0xc3],
    ["a surrogate, cut", 0x61, 0xed, 0xa0],
  ];
  for (const [what, ...bytes] of CASES) {
    const raw = Uint8Array.from(bytes);
    const { raw: text, raw_base64 } = rejectLine({
      position: FILE,
      reason: "too_long",
      raw,
      extent: { bytes: 70_000, byteOffset: 0 },
    });
    assert.deepEqual([text, raw_base64], [undefined, raw.toBase64()], what);
  }
});
