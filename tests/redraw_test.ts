/**
 * The page's flags: drawn again from `report.json`, small groups hidden, no page, a PDF.
 */
import assert from "node:assert/strict";
import { redraw } from "../lib/engine/local.ts";
import { BROWSERS } from "../lib/export/browser.ts";
import { parseResult, readFiles, writeReport } from "../lib/mod.ts";
import { commandOf } from "../lib/report/command.ts";
import type { Result } from "../lib/report/result.ts";
import {
  diskTest,
  hasProcesses,
  hasProgram,
  isGate,
  processTest,
  put,
  runCommandProcess,
  runHere,
} from "./support.ts";

const SAMPLE = new URL("../data/students.csv", import.meta.url).pathname;
const PAGE_FLAGS = ["--title", "Âges", "--author", "A. B.", "--date", "2026-11-22"];

/** Runs `report` on the sample into a folder. */
function reportInto(
  out: string,
  ...flags: readonly string[]
): ReturnType<typeof runHere> {
  return runHere(["report", "--input", SAMPLE, "--out", out, ...flags]);
}

const read = (path: string): string => Deno.readTextFileSync(path);
const resultIn = (folder: string): Result =>
  parseResult(read(`${folder}/report.json`), "report.json");

diskTest("report --from draws the very page again, without the data", async (dir) => {
  for (const flags of [[], [...PAGE_FLAGS, "--lang", "fr", "--min-group-size", "30"]]) {
    await reportInto(`${dir}/first`, ...flags, "--course", "Data <&> 'x'");
    const args = [
      "report",
      "--from",
      `${dir}/first/report.json`,
      "--out",
      `${dir}/again`,
    ];
    const { code, stdout } = await runHere(args);
    assert.equal(code, 0);
    const files = ["statistics.csv", "report.html", "report.json"];
    assert.equal(
      stdout,
      `Written:\n${files.map((f) => `  ${dir}/again/${f}\n`).join("")}`,
    );
    assert.equal(read(`${dir}/again/report.html`), read(`${dir}/first/report.html`));
  }
});

diskTest("report --from gives what report with the same flags gives", async (dir) => {
  await reportInto(`${dir}/plain`);
  const flags = [
    ...PAGE_FLAGS,
    "--lang",
    "fr",
    "--min-group-size",
    "40",
    "--no-examples",
  ];
  await reportInto(`${dir}/whole`, ...flags);
  const from = [
    "report",
    "--from",
    `${dir}/plain/report.json`,
    "--out",
    `${dir}/redrawn`,
  ];
  await runHere([...from, ...flags]);
  for (const file of ["report.html", "report.json", "statistics.csv"]) {
    assert.equal(read(`${dir}/redrawn/${file}`), read(`${dir}/whole/${file}`), file);
  }
  const page = read(`${dir}/redrawn/report.html`);
  assert.match(page, /<html lang="fr">/);
  assert.match(page, /<title>Âges<\/title>/);
});

diskTest("report --from keeps hidden what was hidden, in any language", async (dir) => {
  const redrawn = (...flags: string[]) =>
    runHere([
      "report",
      "--from",
      `${dir}/report.json`,
      "--out",
      `${dir}/again`,
      ...flags,
    ]);
  await reportInto(dir, "--min-group-size", "60");
  await redrawn("--min-group-size", "5");
  assert.equal(read(`${dir}/again/report.json`), read(`${dir}/report.json`));
  await redrawn("--lang", "fr");
  await reportInto(`${dir}/fr`, "--min-group-size", "60", "--lang", "fr");
  for (const file of ["report.html", "report.json", "statistics.csv"]) {
    assert.equal(read(`${dir}/again/${file}`), read(`${dir}/fr/${file}`), file);
  }
});

diskTest(
  "report --from refuses what needs the data, and what is no result",
  async (dir) => {
    await reportInto(dir);
    const json = `${dir}/report.json`;
    const cases: readonly (readonly [flags: string[], code: number, first: string])[] = [
      [["--from", json, "--older-than", "25"], 2, "--older-than does not go with --from"],
      [["--from", json, "--input", SAMPLE], 2, "--input does not go with --from"],
      [["--from", json, "--no-html"], 2, "--no-html does not go with --from"],
      [["--from", `${dir}/no`], 3, `Cannot read ${dir}/no: it does not exist`],
      [["--from", SAMPLE], 3, `Cannot read ${SAMPLE}: it is not JSON`],
      [["--from", put(dir, "x", "{}")], 3, `Cannot read ${dir}/x: schema: `],
    ];
    for (const [flags, code, first] of cases) {
      const ran = await runHere(["report", "--out", `${dir}/none`, ...flags]);
      assert.equal(ran.code, code, flags.join(" "));
      assert.ok(ran.stderr.startsWith(`error: ${first}`), ran.stderr);
      assert.throws(() => Deno.statSync(`${dir}/none`), Deno.errors.NotFound);
    }
  },
);

diskTest("redraw() makes a page from a result that a script has", async (dir) => {
  const result = await writeReport(await readFiles(SAMPLE), { out: dir, page: false });
  const { parameters } = await redraw(result, { out: dir, parameters: { lang: "fr" } });
  assert.deepEqual(parameters, { older_than: 20, lang: "fr" });
  assert.match(read(`${dir}/report.html`), /<html lang="fr">/);
});

diskTest("report --no-html writes all but the page", async (dir) => {
  const { stdout } = await reportInto(`${dir}/out`, "--no-html");
  const names = [...Deno.readDirSync(`${dir}/out`)].map(({ name }) => name).sort();
  const data = ["etudiants_transformed.csv", "rejects.jsonl", "report.json"];
  assert.deepEqual(names, [...data, "statistics.csv"]);
  assert.doesNotMatch(stdout, /report\.html/);
});

diskTest("report --min-group-size hides small fields in every output", async (dir) => {
  await reportInto(dir, "--min-group-size", "30");
  const result = resultIn(dir);
  assert.equal(result.suppressed?.min_group_size, 30);
  assert.ok(result.fields.every(({ count }) => count >= 30));
  const small = ["ASTRONOMIE", "FORMATION CONTINUE"];
  for (const file of ["report.json", "report.html", "statistics.csv"]) {
    const text = read(`${dir}/${file}`);
    assert.ok(small.every((name) => !text.includes(name)), file);
    assert.ok(text.includes("MÉDECINE"), file);
  }
});

diskTest(
  "report --no-examples leaves no refused record in page and result",
  async (dir) => {
    await reportInto(dir, "--no-examples");
    assert.deepEqual(resultIn(dir).reject_examples, []);
    assert.doesNotMatch(read(`${dir}/report.html`), /Omar El Idrissi/);
  },
);

Deno.test("commandOf() names what gives the result again, quoted for a shell", () => {
  const sha256 = "0".repeat(64);
  const file = (source: string) => ({ source, sha256, bytes: 1, records: 1 });
  const base = { older_than: 20, lang: "en" } as const;
  const cases: readonly (readonly [
    inputs: Result["inputs"],
    parameters: Partial<Result["parameters"]>,
    command: string | undefined,
  ])[] = [
    [[file("a.csv")], {}, "--input a.csv"],
    [[file("a b.csv"), file("-")], {}, "--input 'a b.csv' --input -"],
    [[file("l'été;x")], {}, "--input 'l'\\''été;x'"],
    [
      [file("a")],
      { delimiter: "\t", no_header: true },
      "--input a --delimiter tab --no-header",
    ],
    [[file("a")], { older_than: -1 }, "--input a --older-than=-1"],
    [[file("a")], { lang: "fr", title: "$HOME" }, "--input a --lang fr --title '$HOME'"],
    [[file("a")], { delimiter: ";" }, "--input a --delimiter ';'"],
    [Array.from({ length: 51 }, () => file("a")), {}, "--input …"],
    [[{ source: "a script's own", records: 1 }], {}, undefined],
  ];
  for (const [inputs, parameters, command] of cases) {
    const result = { inputs, parameters: { ...base, ...parameters } } as Result;
    const whole = command === undefined ? undefined : `deno task report ${command}`;
    assert.equal(commandOf(result), whole);
  }
});

const browser = hasProcesses ? await findBrowser() : undefined;

async function findBrowser(): Promise<string | undefined> {
  for (const path of BROWSERS) {
    try {
      await new Deno.Command(path, { args: ["--version"] }).output();
      return path;
    } catch { /* try the next */ }
  }
  if (!isGate) console.info("left out, no Chromium or Chrome: report --pdf");
  return undefined;
}

processTest("report --pdf prints tagged A4 pages with a title", async (dir) => {
  const args = ["report", "--input", SAMPLE, "--out", dir, "--title", "Âges", "--pdf"];
  const { code, stderr } = await runCommandProcess(args);
  assert.equal(code, 0, stderr);
  const { stdout } = await new Deno.Command("pdfinfo", { args: [`${dir}/report.pdf`] })
    .output();
  const info = new TextDecoder().decode(stdout);
  assert.match(info, /^Title:\s+Âges$/m);
  assert.match(info, /^Tagged:\s+yes$/m);
  assert.match(info, /^Page size:\s+594.* \(A4\)$/m);
}, { ignore: !isGate && (browser === undefined || !hasProgram("pdfinfo")) });

diskTest(
  "report --pdf refuses a link in its place before it writes anything",
  async (dir) => {
    Deno.symlinkSync(`${dir}/elsewhere`, `${dir}/report.pdf`);
    const { code, stderr } = await reportInto(dir, "--pdf");
    assert.equal(code, 6);
    assert.ok(
      stderr.startsWith(`error: Cannot write ${dir}/report.pdf: it is a symbolic`),
    );
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["report.pdf"]);
  },
);

processTest("report --pdf says what to do where there is no browser", async (dir) => {
  const args = ["report", "--input", SAMPLE, "--out", dir, "--pdf"];
  const none = await runCommandProcess(args, { env: { PATH: dir } });
  assert.equal(none.code, 6);
  assert.equal(
    none.stderr,
    "error: Cannot print the page: no Chromium or Chrome was found\n" +
      "       Install one, or name it with --browser; report.html is written\n",
  );
  const forbidden = await runCommandProcess([...args, "--browser", `${dir}/mine`]);
  assert.equal(forbidden.code, 6);
  assert.match(
    forbidden.stderr,
    /^error: Cannot run .*mine: the process has no permission/,
  );
  assert.match(forbidden.stderr, /--allow-run=.*mine main\.ts report …\n$/);
});

processTest("report --open says what to do where there is no opener", async (dir) => {
  const args = ["report", "--input", SAMPLE, "--out", dir, "--open", "--quiet"];
  const { code, stderr } = await runCommandProcess(args, { env: { PATH: dir } });
  assert.equal(code, 6);
  assert.match(
    stderr,
    /^error: Cannot open .*report\.html: .*\n {7}The report is written: /,
  );
});

processTest("report.config.json is read where the command runs", async (dir) => {
  put(dir, "report.config.json", '{ "older-than": 30, "lang": "fr", "out": "here" }');
  const args = ["report", "--input", SAMPLE, "--lang", "en", "--json"];
  const { code, stdout, stderr } = await runCommandProcess(args, { cwd: dir });
  assert.equal(code, 0, stderr);
  const { parameters } = parseResult(stdout, "standard output");
  assert.deepEqual(parameters, { older_than: 30, lang: "en" });
  assert.ok(Deno.statSync(`${dir}/here/report.html`).isFile);
  put(dir, "report.config.json", '{ "older_than": 30 }');
  const wrong = await runCommandProcess(args, { cwd: dir });
  assert.equal(wrong.code, 2);
  assert.equal(
    wrong.stderr,
    "error: report.config.json has a key that does not exist: older_than\n" +
      "       Did you mean older-than?\n",
  );
});
