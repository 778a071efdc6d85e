/**
 * The charts: specs that are data and nothing else, axes that fit, and SVG that is clean.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { niceScale } from "../lib/report/charts/base.ts";
import {
  ageAxes,
  ageChart,
  ageScaleChart,
  barChart,
  funnelBars,
  overviewAges,
  overviewChart,
  overviewScale,
  rejectBars,
  type Spec,
} from "../lib/report/charts/charts.ts";
import { type Facts, factsOf } from "../lib/report/facts.ts";
import { drawSvg } from "../lib/report/charts/svg.ts";
import { cleanSvg } from "../lib/report/charts/svg_clean.ts";
import { breakLines, textWidth } from "../lib/report/charts/text_width.ts";
import { VARIABLES } from "../lib/report/theme.ts";
import { wordsFor } from "../lib/report/words/words.ts";
import {
  type FixtureOptions,
  HOSTILE_NAMES,
  REJECTS,
  resultOf,
  TWELVE,
} from "./browser/fixtures.ts";

const words = wordsFor("en");

function facts(options: FixtureOptions): Facts {
  return factsOf(resultOf(options), words.mergedFields);
}

/** Returns every chart that a page of these fields holds, once for each width. */
function chartsOf(options: FixtureOptions): readonly Spec[] {
  const { fields, kept } = facts(options);
  const result = resultOf({ ...options, rejects: REJECTS });
  const axes = ageAxes(fields)!;
  const look = { words, theme: VARIABLES };
  return [
    ...[720, 350].map((width) => {
      const scale = overviewScale(overviewAges(kept), width);
      return overviewChart(kept, {
        ...look,
        width,
        scale,
        overall: result.overall.mean!,
      });
    }),
    ...fields.filter(({ valid }) => valid >= 5).flatMap((field) => [
      ageChart(field, { ...look, width: 168, height: 112, axes }),
      ageChart(field, { ...look, width: 130, height: 26, axes, isMini: true }),
    ]),
    ageScaleChart({ ...look, width: 130, height: 20, axes }),
    barChart(funnelBars(result.funnel, words), { ...look, width: 344, of: 10 }),
    barChart(rejectBars(result.rejects, words), { ...look, width: 344, of: 10 }),
  ];
}

const HOSTILE: FixtureOptions = {
  fields: HOSTILE_NAMES.map((name, i) => [name, 20 + 7 * i] as const),
};

Deno.test("charts are plain data: no transform, nothing fetched, no name as a column", () => {
  for (const spec of chartsOf(HOSTILE)) {
    const text = JSON.stringify(spec);
    assert.deepEqual(JSON.parse(text), spec, "a spec survives JSON");
    assert.doesNotMatch(text, /"(transform|url|lookup|expr|calculate)":/);
    assert.deepEqual(columnsOf(spec).filter((name) => !/^[a-zA-Z0-9]+$/.test(name)), []);
    assert.deepEqual(columnsOf(spec).filter((name) => HOSTILE_NAMES.includes(name)), []);
  }
});

function columnsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "values" ? [] : key === "field" ? [String(inner)] : columnsOf(inner)
  );
}

Deno.test("drawSvg() draws every chart without a script, style, link or role", async () => {
  for (const spec of [...chartsOf({ fields: TWELVE }), ...chartsOf(HOSTILE)]) {
    const svg = await drawSvg(spec);
    assert.match(svg, /^<svg width="\d+" height="\d+" viewBox="0 0 \d+ \d+"><g/);
    const tags = new Set([...svg.matchAll(/<([a-zA-Z]+)/g)].map(([, name]) => name!));
    assert.deepEqual([...tags].filter((tag) => !ALLOWED.includes(tag)), []);
    assert.doesNotMatch(
      svg.replaceAll(/"[^"]*"/g, ""),
      /<[^>]+ (style|class|href|on\w+|role|aria-[a-z]+)=/,
    );
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    assert.equal(svg.isWellFormed(), true);
  }
});

const ALLOWED = ["svg", "g", "path", "line", "text"];

Deno.test("drawSvg() puts every mark inside the drawing", async () => {
  for (const spec of chartsOf({ fields: TWELVE })) {
    const svg = await drawSvg(spec);
    const [, width] = /viewBox="0 0 (\d+) /.exec(svg)!;
    const plot = /<g fill="none" transform="translate\(([\d.]+),/.exec(svg);
    const left = Number(plot?.[1] ?? 0);
    for (const [, x] of svg.matchAll(/<text x="(-?[\d.]+)"/g)) {
      assert.ok(
        Number(x) + left >= 0 && Number(x) + left <= Number(width),
        `${x} of ${width}`,
      );
    }
  }
});

Deno.test("cleanSvg() escapes what is text and refuses what is no drawing", () => {
  assert.equal(
    cleanSvg(
      '<svg viewBox="0 0 1 2"><script>x</script><text fill="a&quot;b" onload="y">&lt;b&gt; "q"</text></svg>',
    ),
    '<svg width="1" height="2" viewBox="0 0 1 2"><text fill="a&quot;b">&lt;b&gt; &quot;q&quot;</text></svg>',
  );
  assert.throws(() => cleanSvg("<p></p>"), TypeError);
  assert.throws(() => cleanSvg("<svg>"), TypeError);
});

Deno.test("niceScale() holds both ages, ends at ticks and has few of them", () => {
  fc.assert(fc.property(
    fc.tuple(
      fc.double({ min: 0, max: 150, noNaN: true }),
      fc.double({ min: 0, max: 150, noNaN: true }),
    ),
    fc.integer({ min: 5, max: 12 }),
    ([a, b], most) => {
      const { low, high, ticks } = niceScale(Math.min(a, b), Math.max(a, b), most);
      assert.ok(low <= Math.min(a, b) && high >= Math.max(a, b) && low < high);
      assert.ok(ticks.length <= most && ticks[0] === low && ticks.at(-1) === high);
    },
  ));
});

Deno.test("ageAxes() shows ages far away in an open bar and loses nobody", () => {
  const { fields } = facts({
    fields: TWELVE.slice(0, 3),
    ageOf: (_, i) => i === 3 ? 149 : i === 5 ? 2 : 19 + i % 9,
  });
  const axes = ageAxes(fields)!;
  assert.deepEqual([axes.isLowOpen, axes.isHighOpen], [true, true]);
  assert.ok(axes.high - axes.low <= 30 && axes.ticks.length <= 6);
  const spec = ageChart(fields[0]!, { words, width: 168, height: 112, axes });
  const shares = [...JSON.stringify(spec).matchAll(/"share":([\d.e-]+)/g)].map(([, n]) =>
    Number(n)
  );
  assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 100) < 1e-9);
});

Deno.test("ageAxes() draws nothing where every field is too small", () => {
  assert.equal(ageAxes(facts({ fields: [["LAW", 4], ["ART", 1]] }).fields), undefined);
});

Deno.test("overviewAges() leaves an age far away out, but no average and no quartile", () => {
  const { kept } = facts({
    fields: TWELVE,
    ageOf: (_, i) => i === 3 ? 149 : 21 + i % 9,
  });
  const { low, high } = overviewAges(kept);
  assert.ok(high < 149);
  for (const { mean, q1, q3 } of kept) {
    assert.ok([mean, q1, q3].every((age) => age >= low && age <= high));
  }
});

Deno.test("breakLines() fits every line, loses no word before the ellipsis", () => {
  const options = { width: 150, fontSize: 12, lines: 2 };
  const cases: readonly (readonly [text: string, lines: readonly string[]])[] = [
    ["LAW", ["LAW"]],
    ["HISTORY OF ART AND MUSIC", ["HISTORY OF ART AND", "MUSIC"]],
    ["", []],
  ];
  for (const [text, lines] of cases) assert.deepEqual(breakLines(text, options), lines);
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
    const lines = breakLines(text, options);
    assert.ok(lines.length <= 2);
    for (const line of lines) {
      assert.ok([...line].length <= 2 || textWidth(line, 12) <= 151);
    }
  }));
});

Deno.test("factsOf() gives the share of variance between fields as by hand", () => {
  // ages 21, 23 and 31, 33: between 4 × 25 = 100, whole 100 + 4 = 104
  const { between, gap } = facts({
    fields: [["A", 2], ["B", 2]],
    ageOf: (field, i) => 21 + 10 * field + 2 * i,
  });
  assert.equal(between, 100 / 104);
  assert.equal(gap, undefined, "two students are too few to compare");
});
