/**
 * The byte kernel gives what the rules as text give, byte for byte.
 */
import assert from "node:assert/strict";
import { generate } from "../lib/generate/records.ts";
import { fastCleaner, textCleaner } from "../lib/transform/clean.ts";
import { Kernel } from "../lib/transform/kernel/kernel.ts";
import { PLAIN_LAYOUT } from "../lib/transform/types.ts";
import { compareSeed } from "./kernel_cases.ts";
import { diskTest } from "./support.ts";

Deno.test("fastCleaner() gives what textCleaner() gives, on drawn inputs", () => {
  for (let seed = 0; seed < 150; seed++) compareSeed(seed, 40);
  for (let seed = 1000; seed < 1012; seed++) compareSeed(seed, 3000);
});

Deno.test("fastCleaner() gives what textCleaner() gives, on a generated file", () => {
  const bytes = new Uint8Array(
    generate({ records: 20_000, seed: 5 }).flatMap((c) => [...c]).toArray(),
  );
  const input = { name: "x", layout: { ...PLAIN_LAYOUT, header: true } };
  const batch = { input, bytes, byteOffset: 0, isLast: true };
  const [fast, text] = [fastCleaner(), textCleaner()];
  const [one, other] = [fast.clean(batch), text.clean(batch)];
  assert.ok(isSame(one.csv, other.csv));
  assert.deepEqual(one.rejects, other.rejects);
  assert.deepEqual(one.counts, other.counts);
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

Deno.test("Kernel takes common records itself, and stops at uncommon ones", () => {
  const kernel = new Kernel(20);
  const text = new TextEncoder().encode(
    "Ali Bennis, 21, Law\nZoé Müller, 19, Law\nx, 1, Law\n",
  );
  const skim = (at: number) => kernel.skim(text, at, PLAIN_LAYOUT);
  assert.deepEqual(skim(0), { bytes: 0, records: 0, kept: 0 }); // it has not met "Law" yet
  kernel.learn({ first: "ALI", last: "BENNIS", age: 21, field: "LAW" });
  assert.deepEqual(skim(0), { bytes: 42, records: 2, kept: 1 });
  assert.equal(new TextDecoder().decode(kernel.takeRows()), "ALI,BENNIS,21,LAW\n");
  const ages = new Map();
  kernel.takeAges(ages);
  assert.deepEqual([ages.get("LAW")[21], ages.get("LAW")[19]], [1, 1]);
});

diskTest("wasm.ts is what the kernel's source builds", async () => {
  const { buildKernel } = await import("../tools/build_kernel.ts");
  const folder = new URL("../lib/transform/kernel/", import.meta.url);
  const source = Deno.readTextFileSync(new URL("assembly/kernel.ts", folder));
  const built = Deno.readTextFileSync(new URL("wasm.ts", folder));
  assert.ok(built === await buildKernel(source), "deno task kernel builds it again");
});
