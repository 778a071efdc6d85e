/** The generated records: steady, streamed, and of every kind that a real export holds. */
import assert from "node:assert/strict";
import { generate, type GenerateOptions } from "../lib/generate/records.ts";
import { isBlank, judge, MAX_RECORD_BYTES } from "../lib/transform/rules.ts";
import {
  type Layout,
  PLAIN_LAYOUT,
  type Reason,
  REASONS,
  type Student,
} from "../lib/transform/types.ts";
import { recordsOf } from "./support.ts";

const SAMPLE: GenerateOptions = { records: 2000, seed: 1 };
const LAYOUT: Layout = { ...PLAIN_LAYOUT, header: true };

/** Returns the whole file; the sizes of the generator's own buffers play no part in it. */
function file(options: GenerateOptions): Uint8Array {
  return new Uint8Array(generate(options).flatMap((chunk) => [...chunk]).toArray());
}

/** Returns what each record of the file is, blank lines left out. */
function verdicts(options: GenerateOptions): readonly (Student | Reason)[] {
  const found: (Student | Reason)[] = [];
  for (const record of recordsOf(file(options), LAYOUT)) {
    if (record.length > MAX_RECORD_BYTES) found.push("too_long");
    else if (!isBlank(record.bytes)) {
      found.push(judge(record.bytes, LAYOUT) as Student | Reason);
    }
  }
  return found;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return new Uint8Array(digest).toHex();
}

Deno.test("generate() gives the same bytes for the same seed and others for another", () => {
  const bytes = file({ records: 3000, seed: 7 });
  assert.deepEqual(file({ records: 3000, seed: 7 }), bytes);
  const others = [8, 7 + 2 ** 32, Number.MAX_SAFE_INTEGER];
  for (const seed of others) assert.notDeepEqual(file({ records: 3000, seed }), bytes);
});

Deno.test("generate() gives the bytes that it has always given", async () => {
  // benchmarks are compared across versions: a new digest here makes them incomparable
  assert.equal(
    await sha256(file({ records: 5000, seed: 2 ** 40 + 3 })),
    "fa7f282d138499c95f03938d80d3281735def56c4d47f9019312f9f0e9882051",
  );
});

Deno.test("generate() gives a header and exactly the records asked for", () => {
  assert.equal(
    new TextDecoder().decode(file({ records: 0, seed: 1 })),
    "FirstName LastName,Age,Field\n",
  );
  for (const records of [0, 1, 2, 10, 999, 1000, 1001, 5000]) {
    for (const seed of [0, 1, 2]) {
      assert.equal(
        verdicts({ records, seed }).length,
        records,
        `${records}, seed ${seed}`,
      );
    }
  }
});

Deno.test("generate() streams: chunks of whole lines, none large, none used again", () => {
  const copies: Uint8Array[] = [];
  const chunks = [
    ...generate({ records: 20_000, seed: 3 }).map((chunk) => {
      copies.push(chunk.slice());
      return chunk;
    }),
  ];
  assert.deepEqual(chunks, copies);
  assert.ok(chunks.length > 5);
  for (const [i, chunk] of chunks.entries()) {
    assert.equal(chunk.at(-1), 10);
    assert.ok(chunk.length <= 160 * 1024, `${chunk.length} bytes`);
    if (i < chunks.length - 1) assert.ok(chunk.length >= 64 * 1024);
  }
});

Deno.test("generate() lets every reject reason of a file occur, about 3 in 100 in all", () => {
  for (const seed of [0, 1, 2, 3]) {
    const found = new Set(verdicts({ records: 1000, seed }));
    for (const reason of REASONS) {
      assert.equal(found.has(reason), reason !== "empty", `${reason}, seed ${seed}`);
    }
  }
  const rejects = verdicts({ records: 30_000, seed: 4 }).filter((v) =>
    typeof v === "string"
  );
  assert.ok(rejects.length > 750 && rejects.length < 1050, `${rejects.length} rejects`);
});

Deno.test("generate() refuses numbers that it cannot keep its word for", () => {
  for (const records of [-1, 1.5, NaN, 2 ** 32]) {
    assert.throws(() => generate({ records, seed: 1 }), RangeError);
  }
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    assert.throws(() => generate({ records: 1, seed }), RangeError);
  }
});

Deno.test("the sample holds every reason, 13 fields of unlike sizes and ages 17 to 60", () => {
  const all = verdicts(SAMPLE);
  const rejects = all.filter((verdict) => typeof verdict === "string");
  const students = all.filter((verdict) => typeof verdict !== "string");
  assert.deepEqual(new Set(rejects), new Set(REASONS.filter((r) => r !== "empty")));
  assert.equal(rejects.filter((reason) => reason === "too_long").length, 1);

  const kept = Map.groupBy(students.filter(({ age }) => age > 20), ({ field }) => field);
  const sizes = [...kept.values()].map(({ length }) => length);
  assert.equal(kept.size, 13);
  assert.ok([3, 4].includes(Math.min(...sizes)) && Math.max(...sizes) > 200, `${sizes}`);
  assert.ok(students.every(({ age }) => age >= 17 && age <= 60));
  assert.ok(file(SAMPLE).length < 200_000);
});

Deno.test({
  name: "data/students.csv is what generate() gives for 2,000 records and seed 1",
  ignore: (await Deno.permissions.query({ name: "read" })).state !== "granted",
  fn: async () => {
    const path = new URL("../data/students.csv", import.meta.url);
    assert.equal(await sha256(await Deno.readFile(path)), await sha256(file(SAMPLE)));
  },
});
