/** The page of a notebook's run in a real browser: accessible, silent, without a request. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { formatNotebook, type Notebook } from "../../lib/notebook/notebook.ts";
import { put, runHere } from "../support.ts";
import { browserTest, SCREENS, sidewaysScroll, violations } from "./chromium.ts";

/** A notebook whose data and texts want to run, load or break out. */
const HOSTILE_TEXT = `# Hostile <script>alert(1)</script>

<img src="https://a.example/x.png" onerror="alert(1)"> <b onclick="alert(1)">bold</b>
[link](javascript:alert(1)) <style>body { display: none }</style> <iframe src="//a.example">

## A table

| a | b |
| - | -: |
| 1 | <svg onload=alert(1)> |
`;
const HOSTILE_CELLS: readonly string[] = [
  'const name: string = "x";',
  'import { ownChart, show } from "cohort";\nconsole.log(name);',
  "await show([{ first: name, last: name, age: 1, field: name }]);",
  "await show(name);",
  "Deno.jupyter.html`<b>${name}</b><script>alert(1)</script><table><tr><td>1</td></tr></table>`",
  "Deno.jupyter.svg`<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='alert(1)'><image href='https://a.example/'/></svg>`",
  "ownChart({ description: name + '\\n' + name, data: { values: [{ name, n: 1 }] }," +
  " mark: 'bar', encoding: { x: { field: 'n', type: 'quantitative' }," +
  " y: { field: 'name', type: 'nominal' }, href: { field: 'name', type: 'nominal' } } })",
];
const NAME =
  `</script><script>alert(1)</script><img src=x onerror=alert(1)>javascript:alert(1)`;

/** Fields that want to run, load or break out, as students may have them. */
const HOSTILE_FIELDS: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![x](https://a.example/x.png)",
  "[x](javascript:alert(1))",
  "__proto__",
  "a.b[0]['c'] datum.x ${1+1}",
  "]]> --> </style></svg></table>",
  `"${"very ".repeat(60)}long"`,
];

/** Returns records of them; the oldest student, whom a text names, is of the third. */
function hostileRecords(): string {
  const records = HOSTILE_FIELDS.flatMap((field, i) =>
    Array.from(
      { length: 9 },
      (_, k) =>
        `<b>Zoé</b> ${field.replaceAll('"', "")},${i === 2 ? 90 - k : 21 + k},${field}`,
    )
  );
  return ["name,age,field", ...records, "\u001b[2J<script>,x,y", ""].join("\n");
}

function hostile(): string {
  const code = HOSTILE_CELLS.map((source, i) => ({
    cell_type: "code" as const,
    metadata: i === 0 ? { tags: ["parameters"] } : {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const text = { cell_type: "markdown" as const, metadata: {}, source: HOSTILE_TEXT };
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 4,
    metadata: {},
    cells: [text, ...code],
  };
  return formatNotebook(notebook);
}

const PAGES: Readonly<Record<string, readonly string[]>> = {
  "01_explore": ["notebooks/01_explore.ipynb"],
  "02_data_quality with its code": ["notebooks/02_data_quality.ipynb", "--code"],
  "03_age_by_field": ["notebooks/03_age_by_field.ipynb"],
  "04_live": ["notebooks/04_live.ipynb", "--source", "file", "--pause-ms", "1"],
  "05_your_own_analysis": ["notebooks/05_your_own_analysis.ipynb"],
};

/** Returns the texts in charts that do not stand out from the page as text must. */
const PALE_TEXTS = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => parts(colour).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = (one) => {
    const [low, high] = [luminance(getComputedStyle(one).fill), paper].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const isStroked = (one) => getComputedStyle(one).stroke !== "none";
  // an edge in the colour of the paper lies under the same text
  const isEdge = (one) => isStroked(one) && [...one.closest("svg").querySelectorAll("text")]
    .some((other) => !isStroked(other) && other.textContent === one.textContent);
  return [...document.querySelectorAll("figure.chart svg text")]
    .filter((one) => !isEdge(one) && contrast(one) < 4.5).map((one) => one.textContent);
})()`;

browserTest(
  "notebook run makes a page that is accessible, silent and never too wide",
  async (desk, t) => {
    const folder = await Deno.makeTempDir({ prefix: "cohort-" });
    const own = put(folder, "hostile.ipynb", hostile());
    const records = put(folder, "records.csv", hostileRecords());
    const pages = {
      ...PAGES,
      "hostile records": ["notebooks/01_explore.ipynb", "--input", records],
      "hostile rejects": ["notebooks/02_data_quality.ipynb", "--input", records],
      "hostile": [own, "--name", NAME, "--code", "--lang", "fr"],
    };
    for (const [name, given] of Object.entries(pages)) {
      const page = `${folder}/page.html`;
      const report = name.startsWith("05") ? ["--report", `${folder}/report`] : [];
      const args = [...given, ...report];
      const ran = await runHere(["notebook", "run", ...args, "--out", page]);
      assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      for (const [where, screen] of Object.entries(SCREENS)) {
        // both themes and both widths, each once; all four of them where the data is hostile
        if (name !== "hostile" && !["light", "dark phone"].includes(where)) continue;
        await t.step(`${name}, ${where}`, async () => {
          await using opened = await desk.visit(pathToFileURL(page).href, screen);
          assert.deepEqual(await violations(opened.page), []);
          assert.equal(await sidewaysScroll(opened.page), 0);
          assert.deepEqual(opened.said, []);
          assert.deepEqual(await opened.page.evaluate(PALE_TEXTS), []);
          const charts = await opened.page.$$eval(
            "figure.chart svg",
            (all) => all.map((svg) => svg.querySelectorAll("path, line").length),
          );
          if (where.endsWith("phone")) {
            const cut = await opened.page.$$eval(
              "figure.chart:has(svg)",
              (all) => all.filter((one) => one.scrollWidth > one.clientWidth).length,
            );
            assert.equal(cut, 0, "every chart is seen whole");
          }
          assert.ok(charts.length > 0 && charts.every((marks) => marks > 0), `${charts}`);
          const bodies = "script, iframe, [onclick], [onerror], [onload], a[href^=java]";
          const active = await opened.page.$$eval(bodies, (all) => all.length);
          assert.equal(active, 1, "the page's own script and nothing else");
          const isCodeShown = await opened.page.$("pre.cell") !== null;
          assert.equal(isCodeShown, args.includes("--code"));
          assert.equal(
            await opened.page.$eval("html", (root) => root.lang),
            args.includes("--lang") ? "fr" : "en",
          );
        });
      }
    }
    await Deno.remove(folder, { recursive: true });
  },
);
