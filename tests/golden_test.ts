/**
 * The sample's outputs, compared with the approved ones in tests/golden/. To approve what
 * has changed on purpose:
 *
 * deno test --allow-read --allow-write tests/golden_test.ts -- --approve
 */
import assert from "node:assert/strict";
import { readFiles, type Source, writeReport } from "../lib/mod.ts";
import { diskTest } from "./support.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const SAMPLE = "data/students.csv";
const GOLDEN = `${ROOT}tests/golden`;
const APPROVE = "deno test --allow-read --allow-write tests/golden_test.ts -- --approve";

/** The files that are compared; the page has tests of its own. */
const FILES = [
  "etudiants_transformed.csv",
  "statistics.csv",
  "rejects.jsonl",
  "report.json",
] as const;

/** Returns the sample under the name by which it is read from the project's folder. */
async function sample(): Promise<Source> {
  const [source] = await readFiles(`${ROOT}${SAMPLE}`);
  const input = { name: SAMPLE, layout: source!.layout };
  return {
    ...source!,
    ...input,
    async *read(signal) {
      for await (const batch of source!.read(signal)) yield { ...batch, input };
    },
  };
}

/** Returns the text without the part that differs between machines and between runs. */
function masked(text: string): string {
  const found = text.match(/^ {2}"run": \{[^}]*\}$/gm) ?? [];
  return found.reduce((rest, run) => rest.replace(run, '  "run": "masked"'), text);
}

/** Returns the first line that differs, so that a message says where to look. */
function difference(actual: string, approved: string): string {
  const [ours, theirs] = [actual.split("\n"), approved.split("\n")];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  const line = at < 0 ? ours.length : at;
  return `line ${line + 1} is\n  ${ours[line]}\nand was approved as\n  ${theirs[line]}`;
}

diskTest("writeReport() gives the approved outputs for the sample", async (dir) => {
  await writeReport(await sample(), {
    out: dir,
    now: () => new Date("2026-01-31T12:00:00Z"),
  });
  for (const name of FILES) {
    const text = Deno.readTextFileSync(`${dir}/${name}`);
    const actual = name === "report.json" ? masked(text) : text;
    if (Deno.args.includes("--approve")) {
      Deno.mkdirSync(GOLDEN, { recursive: true });
      Deno.writeTextFileSync(`${GOLDEN}/${name}`, actual);
    }
    const approved = Deno.readTextFileSync(`${GOLDEN}/${name}`);
    assert.ok(
      actual === approved,
      `${name}: ${difference(actual, approved)}\nIf that is meant: ${APPROVE}`,
    );
  }
});

Deno.test("the approved report.json depends on no machine, clock or version", () => {
  const result = `{\n  "a": 1,\n  "run": {\n    "seconds": 3\n  }\n}\n`;
  assert.equal(masked(result), `{\n  "a": 1,\n  "run": "masked"\n}\n`);
  assert.equal(masked(`{"raw": "\\"run\\": {}"}`), `{"raw": "\\"run\\": {}"}`);
});
