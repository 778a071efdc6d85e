/**
 * The sample's outputs, compared with the approved ones: the example in reports/example/
 * and the French page. To approve what has changed on purpose: deno task approve
 */
import assert from "node:assert/strict";
import { OUTPUTS, readFiles, redraw, type Source, writeReport } from "../lib/mod.ts";
import { diskTest } from "./support.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const SAMPLE = "data/students.csv";

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
  return text
    .replace(/^ {2}"run": \{[^}]*\}$/m, '  "run": "masked"')
    .replace(/^<p class="made">.*<\/p>$/m, '<p class="made">masked</p>');
}

/** Returns the first line that differs, so that a message says where to look. */
function difference(actual: string, approved: string): string {
  const [ours, theirs] = [actual.split("\n"), approved.split("\n")];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  const line = at < 0 ? ours.length : at;
  return `line ${line + 1} is\n  ${ours[line]}\nand was approved as\n  ${theirs[line]}`;
}

/** Compares a file with the approved one, or approves it. */
function compare(actual: string, approved: string): void {
  const text = Deno.readTextFileSync(actual);
  if (Deno.args.includes("--approve")) Deno.writeTextFileSync(`${ROOT}${approved}`, text);
  const [ours, theirs] = [text, Deno.readTextFileSync(`${ROOT}${approved}`)].map(masked);
  const hint = "If that is meant: deno task approve";
  assert.ok(ours === theirs, `${approved}: ${difference(ours!, theirs!)}\n${hint}`);
}

diskTest("writeReport() gives the approved outputs for the sample", async (dir) => {
  const now = () => new Date("2026-01-31T12:00:00Z");
  const result = await writeReport(await sample(), { out: dir, now });
  for (const name of Object.values(OUTPUTS)) {
    compare(`${dir}/${name}`, `reports/example/${name}`);
  }
  await redraw(result, { out: dir, parameters: { lang: "fr" } });
  compare(`${dir}/${OUTPUTS.page}`, "tests/golden/report.fr.html");
});

Deno.test("the approved outputs depend on no machine, clock or version", () => {
  const result = `{\n  "a": 1,\n  "run": {\n    "seconds": 3\n  }\n}\n`;
  assert.equal(masked(result), `{\n  "a": 1,\n  "run": "masked"\n}\n`);
  assert.equal(masked(`{"raw": "\\"run\\": {}"}`), `{"raw": "\\"run\\": {}"}`);
  const page = `<p>x</p>\n<p class="made">Made today</p>\n`;
  assert.equal(masked(page), `<p>x</p>\n<p class="made">masked</p>\n`);
});
