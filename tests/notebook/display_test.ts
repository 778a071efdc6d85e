/** What a value looks like in a notebook: tables, charts, texts; nothing hostile runs. */
import assert from "node:assert/strict";
import {
  type Ages,
  agesChart,
  averagesChart,
  compareAges,
  funnelChart,
  markdown,
  noAges,
  ownChart,
  type Reject,
  rejectsChart,
  type Spec,
  statistics,
  type Student,
} from "../../lib/mod.ts";
import { bundleOf, CHART_TYPE } from "../../lib/notebook/bundle.ts";
import { narrowOf } from "../../lib/notebook/narrow.ts";
import { pictureOf } from "../../lib/notebook/picture.ts";
import { tableHtml, tableText } from "../../lib/notebook/table.ts";
import { tableOf } from "../../lib/notebook/tables.ts";
import { html } from "../../lib/report/html.ts";
import { hasProcesses } from "../support.ts";

/** Returns the histogram of these ages. */
function histogram(...ages: readonly number[]): Ages {
  const counts = noAges();
  for (const age of ages) counts[age]!++;
  return counts;
}

const STUDENTS: readonly Student[] = [
  { first: "ALI", last: "BENNIS", age: 21, field: "DROIT" },
  { first: "ZOÉ", last: "<IMG SRC=X ONERROR=ALERT(1)>", age: 30, field: "</table>" },
];
const REJECT: Reject = {
  position: { source: "a.csv", offset: 7n },
  reason: "age_not_integer",
  raw: new TextEncoder().encode("Ali,\u001b[2J,\u202edroit"),
};
const FUNNEL = { read: 10, blank: 1, rejected: 2, valid: 7, filtered: 3, kept: 4 };
const AGES = new Map([
  ["DROIT", histogram(21, 22, 22, 23, 40)],
  ["ART", histogram(19, 20, 24, 24, 30, 31)],
]);

const TABLES: readonly (readonly [what: string, value: unknown, text: string])[] = [
  [
    "students",
    STUDENTS,
    `
First name  Last name                     Age  Field
ALI         BENNIS                         21  DROIT
ZOÉ         <IMG SRC=X ONERROR=ALERT(1)>   30  </table>`,
  ],
  [
    "rejects",
    [REJECT],
    `
Where    Reason           Record as it was read
a.csv:7  age_not_integer  Ali,\\u{1b}[2J,\\u{202e}droit`,
  ],
  [
    "the ages of fields",
    AGES,
    `
Field  Students  Average  Median  Min  Max    Q1    Q3
DROIT         5     25.6      22   21   40  22.0  23.0
ART           6     24.7      24   19   31  21.0  28.5`,
  ],
  [
    "a histogram",
    AGES.get("DROIT"),
    `
Age  Students
 21         1
 22         2
 23         1
 40         1`,
  ],
  [
    "statistics of nobody",
    statistics(noAges()),
    `
Students  Average  Median  Min  Max  Q1  Q3
       0        –       –    –    –   –   –`,
  ],
  [
    "the funnel",
    FUNNEL,
    `
Step      Records  Share
Read           10   100%
Blank           1    10%
Refused         2    20%
Valid           7    70%
Filtered        3    30%
Kept            4    40%`,
  ],
  [
    "a comparison",
    compareAges(AGES.get("DROIT")!, AGES.get("ART")!),
    `
Comparison of two averages                                                     Value
Difference, in years                                                            0.93
95% interval of the difference (Welch)                                −9.05 to 10.92
Effect size (Hedges’ g), in standard deviations                                 0.13
Smallest difference that groups of this size would show 4 times in 5           13.72`,
  ],
];

for (const [what, value, text] of TABLES) {
  Deno.test(`tableOf() shows ${what}`, () => {
    assert.equal("\n" + tableText(tableOf(value)!), text);
  });
}

Deno.test("tableOf() says what each reason means, the most frequent first", () => {
  const { rows } = tableOf({ bad_quote: 1, empty: 3 })!;
  assert.deepEqual(rows.map(([reason, count]) => [reason, count]), [
    ["empty", "3"],
    ["bad_quote", "1"],
  ]);
  for (const [, , meaning] of rows) assert.match(meaning!, /\w+ \w+/);
});

Deno.test("tableOf() takes nothing else for a table", () => {
  for (
    const other of [
      null,
      undefined,
      7,
      "x",
      [],
      {},
      new Map(),
      [1],
      [STUDENTS[0], 1],
      new Map([["a", 1]]),
      new Float64Array(3),
      { count: 1 },
    ]
  ) assert.equal(tableOf(other), undefined);
});

Deno.test("tableOf() shows twenty rows and counts the rest", () => {
  const many = Array.from({ length: 1025 }, () => STUDENTS[0]!);
  const table = tableOf(many)!;
  assert.equal(table.rows.length, 20);
  assert.equal(tableText(table).split("\n").at(-1), "… and 1,005 more");
  assert.match(tableHtml(table).markup, /<p>… and 1,005 more<\/p>/);
});

Deno.test("tableOf() shows two hundred fields and counts the rest", () => {
  const fields = Array.from({ length: 203 }, (_, i) => [`F${i}`, noAges()] as const);
  const table = tableOf(new Map(fields))!;
  assert.deepEqual([table.rows.length, table.more], [200, 3]);
});

Deno.test("tableHtml() shows hostile names as text", () => {
  const { markup } = tableHtml(tableOf(STUDENTS)!);
  assert.match(markup, /&lt;IMG SRC=X ONERROR=ALERT\(1\)&gt;/);
  assert.equal(markup.match(/<\/table>/g)!.length, 1);
  assert.match(markup, /^\s*<table class="mathjax_ignore">/, "names are no formulas");
  assert.ok(!markup.includes("\\"));
  assert.doesNotMatch(markup, /<IMG/);
});

const CHARTS: readonly (readonly [what: string, spec: Spec, text: RegExp])[] = [
  [
    "averagesChart",
    averagesChart(AGES),
    /^Average age by field\nART: average 27\.3, [^]*\nDROIT: average 25\.6/,
  ],
  [
    "agesChart",
    agesChart(AGES, { lang: "fr" }),
    /^Distribution des âges par domaine\nART \(6\): 15–19: 1, 20–24: 3, 30–34: 2\nDROIT \(5\): 20–24: 4, 40–44: 1$/,
  ],
  ["funnelChart", funnelChart(FUNNEL), /^Data quality\nRead: 10 [^]*\nKept: 4 /],
  ["rejectsChart", rejectsChart({ empty: 3, bad_quote: 1 }), /^Refused\n.+3 .+\n.+1 /],
  [
    "ownChart",
    ownChart({ data: { values: [{ a: 1 }] }, mark: "bar", encoding: {} }),
    /^A chart$/,
  ],
];

for (const [what, spec, text] of CHARTS) {
  Deno.test(`${what}() shows as a chart, a picture and a text`, async () => {
    const bundle = await bundleOf(spec);
    assert.deepEqual(Object.keys(bundle), [CHART_TYPE, "image/svg+xml", "text/plain"]);
    const sent = bundle[CHART_TYPE] as Spec;
    assert.equal(sent["$schema"], "https://vega.github.io/schema/vega-lite/v5.json");
    assert.equal(sent["background"], "#ffffff");
    const svg = String(bundle["image/svg+xml"]);
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+"/);
    assert.match(svg, /<path [^>]*d="M/);
    assert.match(String(bundle["text/plain"]), text);
  });
}

/** Returns how wide a chart is when it is drawn, in pixels. */
async function drawnWidth(spec: Spec): Promise<number> {
  const svg = await pictureOf(spec);
  return Number(/ width="(\d+)"/.exec(svg)![1]);
}

for (const [what, spec] of CHARTS) {
  Deno.test(`${what}() has a narrow form that fits a phone`, async () => {
    const [wide, narrow] = [await drawnWidth(spec), await drawnWidth(narrowOf(spec)!)];
    assert.ok(wide > 450 && wide <= 670, `${wide} pixels`);
    assert.ok(narrow > 200 && narrow <= 360, `${narrow} pixels`);
  });
}

Deno.test("agesChart() puts as many histograms side by side as there is room for", () => {
  const columns = (width: number) => agesChart(MANY, { width })["columns"];
  const many = Array.from({ length: 9 }, (_, i) => [`F${i}`, AGES.get("ART")!] as const);
  const MANY = new Map(many);
  assert.deepEqual([660, 350, 200, 100].map(columns), [3, 2, 1, 1]);
});

Deno.test("averagesChart() lets a click pick a field in every layer of its rows", () => {
  const layers = averagesChart(AGES)["layer"] as readonly Spec[];
  const rows = layers.filter((layer) =>
    ((layer["data"] as Spec)["values"] as readonly Spec[]).some((row) => "name" in row)
  );
  assert.ok(rows.length >= 6, String(rows.length));
  for (const { encoding } of rows) {
    const { opacity } = encoding as Spec;
    assert.deepEqual(opacity, { condition: { param: "field", value: 1 }, value: 0.25 });
  }
  assert.deepEqual(layers.flatMap((layer) => layer["params"] ?? []), [
    { name: "field", select: { type: "point", fields: ["name"], clear: "dblclick" } },
  ]);
});

Deno.test("agesChart() counts each field's students under one brush", () => {
  const chart = agesChart(AGES);
  const panels = chart["concat"] as readonly Spec[];
  const counts = panels.map((panel) => {
    const layers = panel["layer"] as readonly Spec[];
    const { values } = layers.at(-1)!["data"] as Spec;
    return (values as readonly { readonly count: number }[])
      .reduce((sum, { count }) => sum + count, 0);
  });
  assert.deepEqual(counts, [6, 5]);
  assert.deepEqual(chart["params"], [
    {
      name: "ages",
      select: { type: "interval", encodings: ["x"] },
      views: ["ages_0", "ages_1"],
    },
  ]);
});

Deno.test("the charts say why there is nothing to draw", () => {
  assert.throws(() => averagesChart(new Map([["ART", histogram(19)]])), {
    name: "RangeError",
    message: "Nobody was counted: there is no mean",
  });
  assert.throws(() => agesChart(new Map([["ART", histogram(19)]])), {
    name: "RangeError",
    message: "No field has 5 students: there is no distribution to draw",
  });
});

Deno.test("bundleOf() shows a text as Markdown and anything else as Deno prints it", async () => {
  assert.deepEqual(await bundleOf("_a_"), {
    "text/markdown": "_a_",
    "text/plain": "_a_",
  });
  assert.deepEqual(await bundleOf({ a: 1n }), { "text/plain": "{ a: 1n }" });
  const own = { [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>x</b>" }) };
  assert.deepEqual(await bundleOf(own), { "text/html": "<b>x</b>" });
});

/** Names that Markdown would take for something. */
const NAMES: readonly string[] = [
  "*a* _b_ `c` ~~d~~ **e**",
  "![a](https://a.example/x.png)",
  "[a](javascript:alert(1)) [b]: c",
  "<img src=x onerror=alert(1)><script>alert(1)</script>",
  "https://a.example/ http://b.example www.a.example WWW.B.EXAMPLE a@b.example",
  "- a",
  "+ a",
  "* a",
  "1. a",
  "2) a",
  "1.",
  "# a",
  "> a",
  "---",
  "===",
  "| a | b |",
  "&lt; &amp; &",
  "a\\*b\\\\c\\",
  "@@0@@ $x$ $$y$$ \\(z\\) \\[z\\]",
  "2.9 (C++), -1 A.B 50 % «é» 学",
];

for (const name of NAMES) {
  Deno.test({
    name: `markdown\`\` leaves ${name} what it is`,
    ignore: !hasProcesses, // the package reads the environment
    fn: async () => {
      const { markdownHtml } = await import("../../lib/notebook/markdown.ts");
      const escaped = html`${name}`.markup.replaceAll("&#39;", "'").replaceAll(
        "&quot;",
        '"',
      );
      const shown = (text: string) =>
        markdownHtml(text).markup.replace(/<span>(.)<\/span>/g, "$1");
      assert.equal(shown(markdown`${name}`), `<p>${escaped}</p>\n`);
      assert.equal(
        shown(markdown`- **${name}** of ${7}\n- b`),
        `<ul>\n<li><strong>${escaped}</strong> of 7</li>\n<li>b</li>\n</ul>\n`,
      );
    },
  });
}

Deno.test("markdown`` makes one line of a value, and breaks up formulas", () => {
  assert.equal(
    markdown`${"a\n\n# b\t c"} $1$ ${"$2@\\"}`,
    "a \\# b c $1$ <span>&#36;</span>2<span>&#64;</span><span>&#92;</span>",
  );
});

/** Text from a notebook and what of it reaches the page. */
const MARKDOWN: readonly (readonly [markdown: string, html: string])[] = [
  ["# A *b*", "<h1>A <em>b</em></h1>\n"],
  ["a <b>b</b> <sub>c</sub>", "<p>a <b>b</b> <sub>c</sub></p>\n"],
  ["a <script>alert(1)</script> b", "<p>a  b</p>\n"],
  ["<style>p{}</style>a", "a"],
  [
    '<img src=x onerror=alert(1)> <img src="https://a.example/x.png">',
    "<p> </p>\n",
  ],
  ["![a](https://a.example/x.png)", "<p></p>\n"],
  [
    "![a](data:image/png;base64,AA==)",
    '<p><img src="data:image/png;base64,AA==" alt="a" /></p>\n',
  ],
  ["[a](javascript:alert(1)) [b](02.ipynb)", "<p><span>a</span> <span>b</span></p>\n"],
  [
    "[a](https://a.example/)",
    '<p><a href="https://a.example/" rel="noreferrer">a</a></p>\n',
  ],
  [
    '<iframe src="https://a.example"></iframe><form><input></form><svg onload=x></svg>b',
    "b",
  ],
  ['<p style="position:fixed" class="x" id="y" onclick="z">a</p>', "<p>a</p>"],
];

for (const [markdown, html] of MARKDOWN) {
  Deno.test({
    name: `markdownHtml() makes ${markdown} harmless`,
    ignore: !hasProcesses, // the package reads the environment
    fn: async () => {
      const { markdownHtml } = await import("../../lib/notebook/markdown.ts");
      assert.equal(markdownHtml(markdown).markup, html);
    },
  });
}
