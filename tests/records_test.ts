/**
 * `BatchReader`: bytes into records, the same at every chunking; and values of a topic. A
 * record is written as `line@offset text`; one that is too long as `line@offset length`.
 */
import assert from "node:assert/strict";
import { BlockCutter } from "../lib/transform/blocks.ts";
import { BatchReader, EXCERPT_BYTES } from "../lib/transform/records.ts";
import { textCleaner } from "../lib/transform/clean.ts";
import { rejectLines } from "./support.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";

type Case = readonly [text: string, records: readonly string[]];

const KIB_64 = 65_536;
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const CR_LAYOUT: Layout = { ...PLAIN_LAYOUT, lineEnd: "\r" };
const HEADER: Layout = { ...PLAIN_LAYOUT, header: true };

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads chunks; the last one is followed by an empty one where `endsEmpty`. */
function read(
  chunks: readonly Uint8Array[],
  { layout, byteOffset, endsEmpty, blockBytes }: {
    readonly layout: Layout;
    readonly byteOffset: number;
    readonly endsEmpty: boolean;
    readonly blockBytes: number;
  },
): readonly string[] {
  const reader = new BatchReader(layout, { blockBytes });
  const input = { name: "x.csv", layout };
  const found: string[] = [];
  const all = endsEmpty || chunks.length === 0 ? [...chunks, new Uint8Array(0)] : chunks;
  for (const [i, chunk] of all.entries()) {
    // a copy that is overwritten afterwards: a reader may not lean on the caller's memory
    const lent = chunk.slice();
    const isLast = i === all.length - 1;
    for (const record of reader.read({ input, bytes: lent, byteOffset, isLast })) {
      const { bytes, length, line } = record;
      if (length !== bytes.length) assert.equal(bytes.length, EXCERPT_BYTES);
      const text = length === bytes.length ? UTF8.decode(bytes) : length;
      found.push(`${line}@${record.byteOffset} ${text}`);
    }
    lent.fill(0x22);
  }
  return found;
}

/** Returns the bytes cut in several ways: everywhere where they are few, else near edges. */
function* chunkings(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  yield bytes.length === 0 ? [] : [bytes];
  const sizes = bytes.length < 500
    ? [1, 2, 3, 7]
    : [4096, KIB_64 - 1, KIB_64, KIB_64 + 1];
  for (const size of sizes) {
    const count = Math.ceil(bytes.length / size);
    yield Array.from(
      { length: count },
      (_, i) => bytes.subarray(i * size, (i + 1) * size),
    );
  }
  const edges = bytes.length < 500 ? [] : [1, KIB_64 - 1, bytes.length - 5];
  for (const edge of edges) {
    const steps = [0, 1, 2, 3, 4, 5].map((step) => Math.min(edge + step, bytes.length));
    const cuts = [0, ...steps, bytes.length];
    yield cuts.slice(1).map((cut, i) => bytes.subarray(cuts[i]!, cut));
  }
}

/** Declares a test of a table, each case read at every chunking. */
function table(
  fact: string,
  cases: readonly Case[],
  { layout = PLAIN_LAYOUT, byteOffset = 0 } = {},
): void {
  Deno.test(`BatchReader ${fact}`, () => {
    for (const [text, records] of cases) {
      const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
      for (const chunks of chunkings(encode(text))) {
        for (const endsEmpty of [false, true]) {
          for (const blockBytes of text.length < 500 ? [1, 5, 1 << 20] : [64, 70_000]) {
            const found = read(chunks, { layout, byteOffset, endsEmpty, blockBytes });
            const sizes = chunks.map(({ length }) => length).slice(0, 9);
            const how = `in chunks of ${sizes}, blocks of ${blockBytes}`;
            const what = `${JSON.stringify(shown)} ${how}: ${JSON.stringify(found)}`;
            assert.deepEqual(found, records, what.slice(0, 2000));
          }
        }
      }
    }
  });
}

table("ends a line with LF or CRLF, the last one with nothing too", [
  ["", []],
  ["a", ["1@0 a"]],
  ["a\n", ["1@0 a"]],
  ["a\nb", ["1@0 a", "2@2 b"]],
  ["a\nb\n", ["1@0 a", "2@2 b"]],
  ["a\r\nb\r\n", ["1@0 a", "2@3 b"]],
  ["a\r\nb\nc\r\nd", ["1@0 a", "2@3 b", "3@5 c", "4@8 d"]],
  ["é\nü\r\n€", ["1@0 é", "2@3 ü", "3@7 €"]],
]);

table("yields blank lines", [
  ["\n", ["1@0 "]],
  ["\r\n", ["1@0 "]],
  ["\n\na\n\n", ["1@0 ", "2@1 ", "3@2 a", "4@4 "]],
  [" \n\t\n", ["1@0  ", "2@2 \t"]],
]);

table("takes a CR alone for a part of its line where lines end with LF", [
  ["a\rb\nc\n", ["1@0 a\rb", "2@4 c"]],
  ["a\r\r\nb\n", ["1@0 a\r", "2@4 b"]],
  ["a\nb\r", ["1@0 a", "2@2 b\r"]],
  ["\r", ["1@0 \r"]],
  ["\n\r", ["1@0 ", "2@1 \r"]],
]);

table("ends a line with CR alone where the layout says so", [
  ["a\rb\rc", ["1@0 a", "2@2 b", "3@4 c"]],
  ["a\rb\r", ["1@0 a", "2@2 b"]],
  ["\r\ra\r", ["1@0 ", "2@1 ", "3@2 a"]],
  ["a\r\nb\r", ["1@0 a", "2@2 \nb"]], // an LF that comes after 64 KiB without one
  ['"a\rb",1,c\rd,2,e\r', ['1@0 "a\rb",1,c', "3@10 d,2,e"]],
  ['"a,1,c\rd,2,e\r', ['1@0 "a,1,c', "2@7 d,2,e"]],
], { layout: CR_LAYOUT });

table("goes on over the lines of a quoted cell", [
  ['"a\nb",1,c\nd', ['1@0 "a\nb",1,c', "3@10 d"]],
  ['"a\r\nb",1,c\r\nd', ['1@0 "a\r\nb",1,c', "3@12 d"]],
  ['a,1,"b\n\n\nc"\nd\n', ['1@0 a,1,"b\n\n\nc"', "5@12 d"]],
  ['a,1,"b\nc"', ['1@0 a,1,"b\nc"']],
  ['a,1,"b\nc" \t\r\nd', ['1@0 a,1,"b\nc" \t', "3@13 d"]],
  ['"a\nb",1,"c\nd"\ne', ['1@0 "a\nb",1,"c\nd"', "4@14 e"]],
  ['"a""\n""b",1,c\nd', ['1@0 "a""\n""b",1,c', "3@14 d"]],
  ['"\n",1,"\n"\n"\n",2,"\n"\n', ['1@0 "\n",1,"\n"', '4@10 "\n",2,"\n"']],
  ['x\n"a\nb",1,c\n', ["1@0 x", '2@2 "a\nb",1,c']],
  ['"é\n€",1,c\nd', ['1@0 "é\n€",1,c', "3@13 d"]],
]);

table("lets a stray quote swallow no neighbour", [
  // it never closes
  ['"a,1,b\nc,2,d\ne,3,f', ['1@0 "a,1,b', "2@7 c,2,d", "3@13 e,3,f"]],
  ['a,1,"b\nc,2,d\n', ['1@0 a,1,"b', "2@7 c,2,d"]],
  ['a,1,"b', ['1@0 a,1,"b']],
  ['"\n"', ['1@0 "', '2@2 "']],
  // it closes where a quote is not allowed
  ['"a,1,b\nc,2,"d"\n', ['1@0 "a,1,b', '2@7 c,2,"d"']],
  ['"a,1,b\n"c",2,d\n', ['1@0 "a,1,b', '2@7 "c",2,d']],
  ['a"b\n"c,1,d\n', ['1@0 a"b', '2@4 "c,1,d']],
  // it closes, but with another number of cells: only its first line is refused
  ['"a,1,b\nc",2\nd,3,e\n', ['1@0 "a,1,b', '2@7 c",2', "3@12 d,3,e"]],
  ['"a\nb",1,c,d\ne', ['1@0 "a', '2@3 b",1,c,d', "3@12 e"]],
  ['"a\n"\nb\n', ['1@0 "a', '2@3 "', "3@5 b"]],
  // each line stands on its own: the second one is joined with the third
  ['"a,1,b\n"c\nd",2,e\nf', ['1@0 "a,1,b', '2@7 "c\nd",2,e', "4@17 f"]],
  ['"\n"\n"', ['1@0 "', '2@2 "', '3@4 "']],
]);

table("counts the cells by the layout's own delimiter", [
  ['"a\nb";1;c\n', ['1@0 "a\nb";1;c']],
  ['"a\nb",1,c\n', ['1@0 "a', '2@3 b",1,c']],
], { layout: { ...PLAIN_LAYOUT, delimiter: ";" } });

const x = (count: number): string => "x".repeat(count);

table("joins lines only up to 64 KiB", [
  [`"a\n${x(KIB_64 - 7)}",1,\nb\n`, [
    `1@0 "a\n${x(KIB_64 - 7)}",1,`, // exactly 64 KiB
    `3@${KIB_64 + 1} b`,
  ]],
  [`"a\n${x(KIB_64 - 7)}",1,\r\nb\r\n`, [
    `1@0 "a\n${x(KIB_64 - 7)}",1,`,
    `3@${KIB_64 + 2} b`,
  ]],
  [`"a\n${x(KIB_64 - 7)}",1,`, [`1@0 "a\n${x(KIB_64 - 7)}",1,`]],
  [`"a\n${x(KIB_64 - 6)}",1,\nb\n`, [ // one byte more
    '1@0 "a',
    `2@3 ${x(KIB_64 - 6)}",1,`,
    `3@${KIB_64 + 2} b`,
  ]],
  [`"a\n${x(KIB_64 - 6)}",1,`, ['1@0 "a', `2@3 ${x(KIB_64 - 6)}",1,`]],
  [`"a\n${x(KIB_64 - 5)}"\nb`, ['1@0 "a', `2@3 ${x(KIB_64 - 5)}"`, `3@${KIB_64} b`]],
  [`"a\n${x(KIB_64)}\nb",1,c\n`, [ // it closes past the limit
    '1@0 "a',
    `2@3 ${x(KIB_64)}`,
    `3@${KIB_64 + 4} b",1,c`,
  ]],
  [`"a\n${x(KIB_64 + 1)}\nb",1,c\n`, [
    '1@0 "a',
    `2@3 ${KIB_64 + 1}`,
    `3@${KIB_64 + 5} b",1,c`,
  ]],
]);

table("hands a line over 64 KiB on as its head and its length", [
  [`${x(KIB_64)}\na`, [`1@0 ${x(KIB_64)}`, `2@${KIB_64 + 1} a`]],
  [`${x(KIB_64)}\r\na`, [`1@0 ${x(KIB_64)}`, `2@${KIB_64 + 2} a`]],
  [x(KIB_64), [`1@0 ${x(KIB_64)}`]],
  [`${x(KIB_64 + 1)}\na`, [`1@0 ${KIB_64 + 1}`, `2@${KIB_64 + 2} a`]],
  [`${x(KIB_64 + 1)}\r\na`, [`1@0 ${KIB_64 + 1}`, `2@${KIB_64 + 3} a`]],
  [x(KIB_64 + 1), [`1@0 ${KIB_64 + 1}`]],
  [`${x(KIB_64)}\r`, [`1@0 ${KIB_64 + 1}`]], // the CR of a line that ends with it counts
  [`${x(KIB_64 + 3)}\n`, [`1@0 ${KIB_64 + 3}`]],
  [`${x(70_000)}\r\na`, ["1@0 70000", "2@70002 a"]], // also cut between CR and LF
  [`${x(150_000)}\r\n\n${x(200_000)}\nb`, [
    "1@0 150000",
    "2@150002 ",
    "3@150003 200000",
    "4@350004 b",
  ]],
  [`a\n"${x(KIB_64)}\nb`, ["1@0 a", `2@2 ${KIB_64 + 1}`, `3@${KIB_64 + 4} b`]],
  [`${x(KIB_64 + 9)}"\n"\nb`, [
    `1@0 ${KIB_64 + 10}`,
    `2@${KIB_64 + 11} "`,
    `3@${KIB_64 + 13} b`,
  ]],
]);

table("hands a long line on where CR ends a line", [
  [`${x(KIB_64 + 1)}\ra\r`, [`1@0 ${KIB_64 + 1}`, `2@${KIB_64 + 2} a`]],
  [`${x(KIB_64 + 5)}\r\ra`, [
    `1@0 ${KIB_64 + 5}`,
    `2@${KIB_64 + 6} `,
    `3@${KIB_64 + 7} a`,
  ]],
], { layout: CR_LAYOUT });

table("counts bytes from where the text begins: after a mark of 3 bytes, say", [
  ["a\nb", ["1@3 a", "2@5 b"]],
  [`${x(KIB_64 + 1)}\na`, [`1@3 ${KIB_64 + 1}`, `2@${KIB_64 + 5} a`]],
], { byteOffset: 3 });

table("leaves the header out, whatever comes before it", [
  ["name,age,field", []],
  ["name,age,field\na", ["2@15 a"]],
  ["\n \r\nname,age,field\r\na\n\n", ["1@0 ", "2@1  ", "4@20 a", "5@22 "]],
  ["\ufeff\u00a0\u0085\nh\na\n", ["1@0 \ufeff\u00a0\u0085", "3@10 a"]],
  ['"full\nname",age,field\na\n', ["3@22 a"]], // a header of two lines
  ['"full\r\nname",age,field\r\na\r\n', ["3@24 a"]],
  ["h\nh\n", ["2@2 h"]], // only one line is a header
  ["\n\n", ["1@0 ", "2@1 "]],
], { layout: HEADER });

/** Returns the blocks of a text, each without what follows it. */
function blocks(text: string, blockBytes: number, isLast = true): readonly string[] {
  const cutter = new BlockCutter("\n", blockBytes);
  return cutter.cut(encode(text), isLast)
    .map(({ bytes, own }) => UTF8.decode(bytes.subarray(0, own)))
    .toArray();
}

Deno.test("BlockCutter ends a block where a record ends, if quotes tell it", () => {
  type Case = readonly [text: string, blockBytes: number, blocks: readonly string[]];
  const CASES: readonly Case[] = [
    ["a\nb\nc\n", 4, ["a\nb\n", "c\n"]],
    ["a\nbcdefg\nh", 4, ["a\n", "bcde", "fg\nh"]],
    ['a\n"b"\nc\n', 7, ['a\n"b"\n', "c\n"]],
    ['a\n"b\nc"\nd\n', 6, ["a\n", '"b\nc"\n', "d\n"]],
    ['a\n"b\n""c"\nd\n', 8, ["a\n", '"b\n""c"\n', "d\n"]],
    ['a\n"b\nc","d\ne",f\ng\n', 12, ["a\n", '"b\nc","d\ne",', "f\ng\n"]],
    ['"a\nb\nc\nd\n', 6, ['"a\nb\nc', "\nd\n"]], // a record longer than a block
  ];
  for (const [text, blockBytes, wanted] of CASES) {
    assert.deepEqual(blocks(text, blockBytes), wanted, text);
  }
});

Deno.test("BlockCutter waits 64 KiB for a quote that closes, and no longer", () => {
  const lines = (count: number) => "x\n".repeat(count);
  const open = `a\n"b\n`;
  assert.deepEqual(blocks(open + lines(40_000), 1 << 20, false), ["a\n"]);
  const [first, ...others] = blocks(open + lines(100_000), 1 << 20, false);
  assert.ok(first!.startsWith(open) && first!.length > KIB_64);
  assert.equal(others.join("").replaceAll("x\n", ""), ""); // no quote, no reason to wait
});

Deno.test("textCleaner() drops one line end at the very end of a value, and no more", () => {
  type Case = readonly [value: string | null, reason: string, raw: string];
  const CASES: readonly Case[] = [
    [null, "empty", ""],
    ["Ali", "field_count", "Ali"],
    ["Ali\n", "field_count", "Ali"],
    ["Ali\r\n", "field_count", "Ali"],
    ["Ali\r", "field_count", "Ali"],
    ["Ali\n\n", "field_count", "Ali\n"],
    ["Ali\r\n\r\n", "field_count", "Ali\r\n"],
    ["\nAli\r\n", "field_count", "\nAli"],
    [
      "Ali Bennis,21,Law\nSara Alami,22,Law\n",
      "field_count",
      "Ali Bennis,21,Law\nSara Alami,22,Law",
    ],
    ['"Ali\n', "bad_quote", '"Ali'],
    [`${x(KIB_64)}\r\n`, "field_count", x(KIB_64)],
    [`${x(KIB_64 + 1)}\n`, "too_long", x(EXCERPT_BYTES)],
  ];
  const input = { name: "students", layout: PLAIN_LAYOUT };
  const values = CASES.map(([value]) => value === null ? null : encode(value));
  const offsets = CASES.map((_, i) => BigInt(i + 40));
  const { rejects, counts } = textCleaner().clean({
    input,
    values,
    offsets,
    partition: 3,
  });
  const lines = rejectLines(rejects);
  const found = lines.map(({ reason, raw }, i) => [CASES[i]![0], reason, raw]);
  assert.deepEqual(found, CASES);
  assert.deepEqual(counts, { read: 12, blank: 0, rejected: 12, filtered: 0, kept: 0 });
  const { topic, partition, offset } = lines[1]!;
  assert.deepEqual([topic, partition, offset], ["students", 3, 41]);
  assert.deepEqual(lines.map(({ bytes }) => bytes).at(-1), KIB_64 + 1);
  const blank = { input, values: [encode("\n"), encode("")], offsets: [1n, 2n] };
  assert.equal(textCleaner().clean(blank).counts.blank, 2);
});

Deno.test("BatchReader keeps as much of a line over 64 KiB as it is asked to", () => {
  const long = "0123456789".repeat(20_000);
  const bytes = new TextEncoder().encode(`a\n${long}\r\nb\n${long.slice(0, 70_000)}`);
  const input = { name: "x", layout: PLAIN_LAYOUT };
  for (const keptBytes of [5000, 65_536, 150_001, 300_000]) {
    for (const size of [999, 65_537, 1_000_000]) {
      const reader = new BatchReader(PLAIN_LAYOUT, { blockBytes: 70_001, keptBytes });
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const isLast = at + size >= bytes.length;
        const part = bytes.slice(at, at + size);
        for (const record of reader.read({ input, bytes: part, byteOffset: 0, isLast })) {
          found.push(new TextDecoder().decode(record.bytes));
        }
      }
      const expected = ["a", long, "b", long.slice(0, 70_000)]
        .map((text) => text.slice(0, keptBytes));
      assert.deepEqual(found, expected, `${keptBytes} kept, by ${size}`);
    }
  }
});
