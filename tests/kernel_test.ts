/**
 * The byte kernel gives what the rules as text give, byte for byte.
 */
import assert from "node:assert/strict";
import { Threads } from "../lib/engine/threads.ts";
import type { PipelineError } from "../lib/errors.ts";
import { generate } from "../lib/generate/records.ts";
import { fastCleaner, textCleaner } from "../lib/transform/clean.ts";
import { countLines, countOneByOne } from "../lib/transform/kernel/lines.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";
import {
  assertSame,
  compareSeed,
  drawCases,
  outcome,
  sortedAges,
  threadsOutcome,
} from "./kernel_cases.ts";
import { diskTest, processTest } from "./support.ts";

Deno.test("fastCleaner() gives what textCleaner() gives, on drawn inputs", () => {
  for (let seed = 0; seed < 150; seed++) compareSeed(seed, 40);
  for (let seed = 1000; seed < 1006; seed++) compareSeed(seed, 3000);
});

const GENERATED = new Uint8Array(
  generate({ records: 20_000, seed: 5 }).flatMap((chunk) => [...chunk]).toArray(),
);

Deno.test("fastCleaner() gives what textCleaner() gives, on a generated file", () => {
  const input = { name: "x", layout: { ...PLAIN_LAYOUT, header: true } };
  const batch = { input, bytes: GENERATED, byteOffset: 0, isLast: true };
  const [fast, text] = [fastCleaner(), textCleaner()];
  const [one, other] = [fast.clean(batch), text.clean(batch)];
  assert.ok(isSame(one.csv, other.csv));
  assert.ok(isSame(one.rejects, other.rejects));
  assert.deepEqual(one.counts, other.counts);
  assert.deepEqual(one.reasons, other.reasons);
  assert.deepEqual(new Map([...fast.ages].sort()), new Map([...text.ages].sort()));
});

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test("fastCleaner() tells fields apart whose spellings have the same hash", () => {
  const pairs = [["L0065826", "L0099666"], ["Law 000000007988 x", "Law 000000088581 x"]];
  for (const fields of pairs) {
    const lines = [...fields, ...fields].map((field) => `Ali Bennis, 22, ${field}\n`)
      .join("");
    const input = { name: "x", layout: PLAIN_LAYOUT };
    const bytes = new TextEncoder().encode(lines);
    const { csv } = fastCleaner().clean({ input, bytes, byteOffset: 0, isLast: true });
    const rows = fields.map((field) => `ALI,BENNIS,22,${field.toUpperCase()}\n`).join("");
    assert.equal(new TextDecoder().decode(csv), rows + rows);
  }
});

/** How many of the records the rules as text had to read, of lines that teach it nothing new. */
function byText(lines: readonly string[], layout: Layout = PLAIN_LAYOUT): number {
  const cleaner = fastCleaner();
  const input = { name: "x", layout };
  const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
  const batch = { input, bytes, byteOffset: 0, isLast: true };
  cleaner.clean(batch); // it learns how fields are spelt
  return cleaner.clean(batch).byText;
}

Deno.test("fastCleaner() takes common records by the kernel, and rare ones by the rules", () => {
  type Case = readonly [line: string, byText: number, delimiter?: string];
  const CASES: readonly Case[] = [
    ["Ali Bennis, 21, Law", 0],
    ["Ali Bennis, 21, Law\r", 0],
    ["  Ali   El  Bennis ,+0021 ,  Law ", 0],
    ["Zoé Müller, 19, Génie Civil", 0],
    ["Иван Петров, 30, Право", 0],
    ["علي بنيس, 30, قانون", 0],
    ["Ελένη Παππά, 30, Νομική", 0],
    ["µª ߊߋ, 30, Law", 0], // the first and the last alphabet of two bytes
    ["Ali Bennis, 150, Law", 0],
    ['"Ali Bennis", "21" ,"Law, Tax"', 0],
    ["Ali Bennis;21;Law", 0, ";"],
    ["", 0],
    ["   ", 0],
    ["Ali, 21, Law", 0], // one_word_name
    ["Zoé, 21, Génie Civil", 0],
    ['"Ali", 21, Law', 0],
    [", 21, Law", 0],
    ["Ali Bennis, x, Law", 0],
    ['Ali Bennis, "x", Law', 0],
    ["Ali Bennis, 151, Law", 0],
    ["Ali Bennis, -1, Law", 0],
    ["Ali Bennis, -, Law", 0],
    ["Ali Bennis, 4294967317, Law", 0], // 21 in 32 bits
    ["Ali Bennis, 21, ", 0],
    ["Ali Bennis, 21", 0],
    ["=Ali Bennis, 21, Law", 0],
    ["Ali @Bennis, 21, Law", 0],
    ["Ali Bennis, 21, =Law", 0],
    ["Ali \u200bBennis, 21, Law", 0], // control_character
    ["Ali Bennis, 21, x\u0000", 0],
    ["Ngọc Tr\u0007ần, 21, Law", 0],
    ['Ali "B" Bennis, 21, Law', 0], // bad_quote
    ['"Ali Bennis" x, 21, Law', 0],
    ['"Ali ""B"" Bennis, 21, Law', 0],
    ['"Ali ""B"" Bennis", 21', 0], // field_count
    ["Ngọc Trần, 21", 0],
    ["Ngọc Trần, 21, Law", 1],
    ["Ali Bennis, 21, Luật", 0], // each spelling of a field is read once
    ['"Ali ""B"" Bennis", 21, Law', 1],
    ["Bennis, Ali; 21; Law", 1, ";"],
    ["Ali\u00a0Bennis, 21, Law", 1],
    ["=\u0338a Bennis, 21, Law", 1], // composed, it is no formula
    ["\u00a0\u3000\u0085\t\r", 0], // blank
    ["\u00a0, 21, Law", 0], // blank_name
    ["Ali\t\u2028, 21, Law", 0],
    ["Ali Bennis, 2\u00a01, Law", 0],
    ["Ali Bennis,\u00a0-2 ,\tLaw", 0],
    ["Ali Bennis, 21, \u3000", 0],
    ["Ali\u00a0=Bennis, 21, Law", 0],
    ["Ali Bennis, 21, \u2003=Law", 0],
  ];
  for (const [line, expected, delimiter = ","] of CASES) {
    const layout = { ...PLAIN_LAYOUT, delimiter };
    assert.equal(byText([line], layout), expected, JSON.stringify(line));
  }
  const apart = {
    ...PLAIN_LAYOUT,
    cells: 4,
    columns: { first: 0, last: 1, age: 2, field: 3 },
  };
  for (
    const names of ["Ali,El Bennis", ",Bennis", "Ali, ", "=Ali,Bennis", "Ali,-Bennis"]
  ) {
    assert.equal(byText([`${names},21,Law`], apart), 0, names);
  }
  const columns = { first: 2, last: 0, age: 3, field: 5 };
  const layout = { ...PLAIN_LAYOUT, delimiter: ";", cells: 7, columns };
  const lines = ['Bennis;"x";Ali;21;café ’s;"Law";', "Bennis;;Ali;21;;Law;;"];
  assert.equal(byText(lines, layout), 0);
});

Deno.test("fastCleaner() learns the spelling of the record that was read, of no other", () => {
  const cleaner = fastCleaner();
  const texts = [
    "Ali Bennis, 21, Law\u200b", // the kernel stops at the spelling, the rules refuse it
    "Sara Alami, 22, Civil\nLaw", // the kernel never sees this one
    "Omar Tazi, 23, Law\u200b",
  ];
  const values = texts.map((text) => new TextEncoder().encode(text));
  const { csv, counts } = cleaner.clean({
    input: { name: "students", layout: PLAIN_LAYOUT },
    values,
    offsets: [0n, 1n, 2n],
    partition: 0,
  });
  assert.equal(new TextDecoder().decode(csv), "SARA,ALAMI,22,CIVIL LAW\n");
  assert.equal(counts.rejected, 2);
});

const THREADS = [1, 2, 3, 8];

diskTest(
  "Threads give the same bytes, however many and whatever the blocks",
  async () => {
    for (let seed = 0; seed < 8; seed++) {
      const cases = drawCases(seed, 400);
      const text = textCleaner();
      const wanted = cases.map((one) => outcome(text, one));
      const ages = sortedAges(text.ages);
      for (const threads of THREADS) {
        const blockBytes = [64, 1000, 20_000][(seed + threads) % 3]!;
        using engine = new Threads({ olderThan: 20, threads, blockBytes, largeBytes: 1 });
        for (const [i, one] of cases.entries()) {
          const where = `seed ${seed}, ${threads} threads, blocks of ${blockBytes}`;
          assertSame(await threadsOutcome(engine, one), wanted[i]!, where);
        }
        assert.deepEqual(sortedAges(await engine.ages()), ages);
      }
    }
  },
);

/** A thread that fails without a word, if it is the second. */
const FAILING =
  'onmessage = () => { if (name === "cleaning 2") throw Error("out of luck"); }';

diskTest("Threads name the one that failed and what it did", async () => {
  const { columns: _, ...noColumns } = PLAIN_LAYOUT;
  const line = new TextEncoder().encode("Ali Bennis, 30, Law\n");
  const bytes = new Uint8Array(100 * line.length).map((_, i) => line[i % line.length]!);
  type Case = readonly [message: RegExp, layout: Layout, worker?: URL];
  const CASES: readonly Case[] = [
    // the real thread, with a layout that it cannot use
    [
      /^Thread [12] failed while it cleaned x"\\\.csv from byte \d+: TypeError: .*undefined/,
      noColumns as Layout,
    ],
    [
      /^Thread 2 failed while it cleaned .* from byte 60: Uncaught .*Error: out of luck$/,
      PLAIN_LAYOUT,
      new URL(`data:application/javascript,${encodeURIComponent(FAILING)}`),
    ],
  ];
  for (const [message, layout, worker] of CASES) {
    const options = { olderThan: 20, threads: 3, largeBytes: 1, blockBytes: 64 };
    using engine = new Threads({ ...options, ...(worker && { worker }) });
    const isNamed = (error: PipelineError): boolean => {
      assert.match(error.message, message);
      assert.equal(
        error.hint,
        "Run again with --threads 1; if that fails too, please report it",
      );
      return error.exitCode === 1;
    };
    await assert.rejects(threadsOutcome(engine, { layout, bytes, cuts: [] }), isNamed);
    await assert.rejects(engine.ages(), isNamed); // and so does what is asked later
  }
});

processTest(
  "report goes by the rules as text where there is no WebAssembly",
  async (dir) => {
    const main = new URL("../main.ts", import.meta.url).pathname;
    const input = new URL("../data/students.csv", import.meta.url).pathname;
    const ran = async (flags: readonly string[], out: string): Promise<string> => {
      const options = ["--quiet", "--no-html", "--debug", "--input", input, "--out", out];
      const { stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-RWE", "--quiet", ...flags, main, "report", ...options],
      }).output();
      return new TextDecoder().decode(stderr);
    };
    assert.match(
      await ran([], `${dir}/fast`),
      /^engine: byte kernel; \d+ of 2,007 records/,
    );
    assert.equal(
      await ran(["--v8-flags=--jitless"], `${dir}/text`),
      "engine: rules as text; 2,007 of 2,007 records by the rules as text\n",
    );
    for (const file of ["etudiants_transformed.csv", "statistics.csv", "rejects.jsonl"]) {
      const [fast, text] = ["fast", "text"].map((way) =>
        Deno.readTextFileSync(`${dir}/${way}/${file}`)
      );
      assert.equal(fast, text, file);
    }
  },
);

diskTest("the WebAssembly is what its source builds", async () => {
  const { buildKernel } = await import("../tools/build_kernel.ts");
  const folder = new URL("../lib/transform/kernel/", import.meta.url);
  const built = await buildKernel();
  assert.deepEqual([...built.keys()], ["kernel_wasm.ts", "lines_wasm.ts"]);
  for (const [name, text] of built) {
    const committed = Deno.readTextFileSync(new URL(name, folder));
    assert.ok(committed === text, `${name}: deno task kernel builds it again`);
  }
});

Deno.test("countLines() counts what countOneByOne() counts", () => {
  for (const length of [0, 1, 15, 16, 17, 1000, 61_439, 61_440, 61_441, 200_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 7 === 0 ? 10 : i % 256);
    assert.equal(countLines(bytes), countOneByOne(bytes, 10));
    assert.equal(
      countLines(bytes.subarray(length >> 1), "\r"),
      countOneByOne(bytes.subarray(length >> 1), 13),
    );
  }
});
