/**
 * The page as text: every number of the result, the same bytes each time, small enough, and
 * colours that can be read.
 */
import assert from "node:assert/strict";
import { drawPage, type PageOptions } from "../lib/report/page.ts";
import type { Result } from "../lib/report/result.ts";
import { DARK, LIGHT, PAIRS, type Theme } from "../lib/report/theme.ts";
import {
  EXAMPLES,
  HOSTILE_NAMES,
  manyFields,
  REJECTS,
  resultOf,
  TWELVE,
  VARIANTS,
} from "./browser/fixtures.ts";

const OPTIONS: PageOptions = {
  title: "Ages & fields",
  author: "Leïla Haddad",
  course: "M1",
  date: "2026-11-22",
  command: "deno task report --input data/students.csv --title 'Ages & fields'",
};
const twelve = VARIANTS["12 fields"]!;

/** Returns the cells of each row as text and as exact value, by the row's name. */
function rowsOf(
  page: string,
): ReadonlyMap<string, readonly (readonly [string, number])[]> {
  const rows = page.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/gs);
  return new Map([...rows].map(([, name, cells]) => [
    text(name!),
    [...cells!.matchAll(/<td(?: data-v="([^"]*)")?[^>]*>(.*?)<\/td>/g)].map((
      [, exact, shown],
    ) => [text(shown!), Number(exact ?? text(shown!))] as const),
  ]));
}

/** Returns the text of markup, its entities read again. */
function text(markup: string): string {
  const entities: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
  };
  return markup.replace(/<[^>]*>/g, "").replace(
    /&(#(\d+)|[a-z]+);/g,
    (_, name: string, code?: string) =>
      code === undefined ? entities[name]! : String.fromCodePoint(Number(code)),
  );
}

Deno.test("drawPage() shows each field's statistics, unrounded for programs", async () => {
  for (const options of [twelve, VARIANTS["60 fields"]!]) {
    const result = resultOf(options);
    const page = await drawPage(result);
    const rows = rowsOf(/<table class="sortable.*?<\/table>/s.exec(page)![0]);
    const all = { field: "All fields", ...result.overall };
    for (
      const { field, count, mean, median, min, max, q1, q3 } of [...result.fields, all]
    ) {
      const cells = rows.get(field)!.slice(0, 7);
      assert.deepEqual(cells.map(([, exact]) => exact), [
        count,
        mean,
        median,
        min,
        max,
        q1,
        q3,
      ]);
      assert.equal(cells[1]![0], mean!.toFixed(1));
    }
  }
});

Deno.test("drawPage() shows the funnel, each reason's count, inputs and outputs", async () => {
  const result = resultOf(twelve);
  const page = await drawPage(result, OPTIONS);
  const rows = rowsOf(page);
  const names = ["Read", "Blank", "Refused", "Valid", "Filtered", "Kept"];
  for (const [i, count] of Object.values(result.funnel).entries()) {
    const [[, shown], [, share]] = rows.get(names[i]!)! as [
      [string, number],
      [string, number],
    ];
    assert.deepEqual([shown, share], [count, count / result.funnel.read]);
  }
  for (const [reason, count] of Object.entries(result.rejects)) {
    assert.match(
      page,
      new RegExp(
        `<span class="count">${count}</span></h3>\\n<p>.*<code>${reason}</code>`,
      ),
    );
  }
  for (const { sha256, bytes } of [...result.inputs, ...result.outputs]) {
    assert.ok(page.includes(sha256!) && page.includes(`data-v="${bytes}"`));
  }
  for (const { file } of result.outputs) assert.ok(page.includes(`<a href="./${file}">`));
});

Deno.test("drawPage() shows how many students have each age", async () => {
  const result = resultOf({ ...twelve, olderThan: 22 });
  const page = await drawPage(result);
  const table = /<table class="texts">.*?<\/table>/s.exec(page)![0];
  const rows = rowsOf(table);
  for (const { field, ages } of result.fields) {
    const shown = rows.get(field)!.flatMap((
      [words],
    ) => [...words.matchAll(/(\d+):\u00a0(\d+)/g)]);
    const counts = Object.fromEntries(
      shown.map(([, age, count]) => [age!, Number(count)]),
    );
    assert.deepEqual(counts, ages);
  }
});

Deno.test("drawPage() gives equal bytes for equal input but for one line of the run", async () => {
  const result = resultOf(twelve);
  const later: Result = {
    ...result,
    run: {
      finished: "2031-01-02T03:04:05.678Z",
      seconds: 99.5,
      version: "9.9.9",
      runtime: "Deno 3",
      platform: "plan9 mips",
      engine: "spark",
    },
  };
  const [one, again, other] = await Promise.all(
    [result, result, later].map((each) => drawPage(each, OPTIONS)),
  );
  assert.equal(one, again);
  const [before, after] = [one!.split("\n"), other!.split("\n")];
  assert.equal(before.length, after.length);
  const different = before.filter((line, i) => line !== after[i]);
  assert.equal(different.length, 1);
  assert.match(
    different[0]!,
    /^<p class="made">Made <time datetime="2026-11-22T07:30:00.000Z">/,
  );
});

Deno.test("drawPage() allows its own style and script and nothing else", async () => {
  const page = await drawPage(resultOf(twelve));
  const policy = text(/Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!);
  const digest = async (tag: string): Promise<string> => {
    const inside = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(page)![1]!;
    const bytes = new TextEncoder().encode(inside);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return `'sha256-${hash.toBase64()}'`;
  };
  assert.deepEqual(policy.split("; "), [
    "default-src 'none'",
    `style-src ${await digest("style")}`,
    `script-src ${await digest("script")}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.doesNotMatch(page, /https?:|\bstyle="|\bon[a-z]+="/);
});

Deno.test("drawPage() stays under 150 KB for 12 fields and 300 KB for 60", async () => {
  for (const lang of ["en", "fr"] as const) {
    const limits = [[twelve, 150_000], [VARIANTS["60 fields"]!, 300_000]] as const;
    for (const [variant, limit] of limits) {
      const page = await drawPage(resultOf({ ...variant, lang }), OPTIONS);
      const bytes = new TextEncoder().encode(page).length;
      assert.ok(bytes < limit, `${bytes} bytes`);
    }
  }
});

Deno.test("drawPage() writes the heading, the day in words and the command", async () => {
  const page = await drawPage(resultOf({ ...twelve, lang: "fr" }), OPTIONS);
  assert.match(page, /<html lang="fr">/);
  assert.match(page, /<h1 dir="auto">Ages &amp; fields<\/h1>/);
  assert.match(page, /<time datetime="2026-11-22">22 novembre 2026<\/time>/);
  assert.ok(page.includes("--title &#39;Ages &amp; fields&#39;</code></pre>"));
  const plain = await drawPage(resultOf({ ...twelve, lang: "fr" }), {
    lang: "en",
    date: "Spring",
  });
  assert.match(plain, /<html lang="en">/);
  assert.match(plain, /<h1 dir="auto">Student age by field of study<\/h1>/);
  assert.match(plain, /<p class="byline"><span>Spring<\/span><\/p>/);
  const never = await drawPage(resultOf(twelve), { date: "2026-02-31" });
  assert.match(never, /<p class="byline"><span>2026-02-31<\/span><\/p>/);
});

Deno.test("drawPage() leaves the examples of rejects out where it is told to", async () => {
  const result = resultOf({ ...twelve, examples: EXAMPLES });
  const shown = await drawPage(result);
  const page = await drawPage(result, { examples: false });
  for (const words of ["Ali Bennis", "Garcia"]) {
    assert.ok(shown.includes(words));
    assert.ok(!page.includes(words));
  }
  for (const { raw } of EXAMPLES) if (raw !== undefined) assert.ok(!page.includes(raw));
});

Deno.test("drawPage() shows bytes that are no UTF-8 in hexadecimal, the rest as text", async () => {
  const raw = Uint8Array.from(
    [..."Zo\xc3\xab Jos\xe9\xc3 <b>\x1b"],
    (c) => c.charCodeAt(0),
  );
  const example = {
    source: "x",
    line: 1,
    reason: "invalid_utf8",
    raw_base64: raw.toBase64(),
  } as const;
  const page = await drawPage(
    resultOf({ ...twelve, rejects: { invalid_utf8: 1 }, examples: [example] }),
  );
  const boxed = (text: string) => `<span class="hidden-char">${text}</span>`;
  const shown = `Zoë Jos${boxed("E9")}${boxed("C3")} &lt;b&gt;${boxed("U+001B")}</code>`;
  assert.ok(page.includes(shown));
});

Deno.test("drawPage() names 50 inputs at most, and says how many more there are", async () => {
  const result = resultOf(twelve);
  const inputs = Array.from(
    { length: 53 },
    (_, i) => ({ source: `part${i}.csv`, records: 1 }),
  );
  const page = await drawPage({ ...result, inputs });
  assert.ok(page.includes("part49.csv") && !page.includes("part50.csv"));
  assert.match(page, /And 3 more: report\.json names them all\./);
});

Deno.test("drawPage() puts title and date on each sheet, whatever they hold", async () => {
  const title = `a"; } </style><script>alert(1)</script>\\\n\u2028é`;
  const page = await drawPage(resultOf(twelve), { title, date: "2026-11-22" });
  const css = /@bottom-left \{ content: "(.*?)";/s.exec(page)![1]!;
  assert.match(css, /^[\p{L}\p{N}\p{M} \\]*$/u);
  const text = css.replace(
    /\\([0-9a-f]+) /g,
    (_, hex) => String.fromCodePoint(parseInt(hex, 16)),
  );
  assert.equal(text, `${title} · 2026-11-22`);
});

Deno.test("drawPage() escapes every name, record and path", async () => {
  const page = await drawPage(
    resultOf({
      fields: HOSTILE_NAMES.map((name, i) => [name, 20 + 7 * i] as const),
      rejects: REJECTS,
      examples: EXAMPLES,
    }),
    {
      title: "</title><script>",
      author: "<b>",
      course: '"',
      date: "<i>",
      command: "</code><u>",
    },
  );
  const tags = new Set(
    [...page.matchAll(/<([a-zA-Z][a-zA-Z0-9]*)/g)].map(([, name]) => name),
  );
  for (const name of ["img", "IMG", "u", "SCRIPT"]) assert.ok(!tags.has(name), name);
  assert.equal(page.match(/<script/g)!.length, 1);
  assert.equal(page.match(/<\/script/g)!.length, 1);
  for (const character of ["\u2028", "\u2029", "\0", "\u001b", "\u202e"]) {
    assert.ok(!page.includes(character));
  }
  const names = [...rowsOf(page).keys()];
  for (const name of HOSTILE_NAMES) assert.ok(names.includes(name), name);
});

Deno.test("drawPage() has words for nothing, nobody kept, everybody alike, and too many", async () => {
  const cases: readonly (readonly [Result, RegExp])[] = [
    [resultOf({ fields: [] }), /The input holds no record\./],
    [
      resultOf(VARIANTS["all refused"]!),
      /<strong>100%<\/strong> of the records were refused/,
    ],
    [
      resultOf({ fields: [["LAW", 9]], ageOf: () => 19 }),
      /No student older than 20 was found/,
    ],
    [
      resultOf({ fields: [["LAW", 9], ["ART", 9]], ageOf: () => 30 }),
      /same average age, 30\.0/,
    ],
    [ // the third differs, but has too few students to be compared
      resultOf({ fields: [["LAW", 9], ["ART", 9], ["OLD", 1]], ageOf: () => 30 }),
      /The fields compared all have the same average age/,
    ],
    [
      resultOf({ fields: [["LAW", 3], ["ART", 2]], ageOf: () => 30 }),
      /No field has 5 students/,
    ],
    [
      resultOf({ fields: [["LAW", 9], ["ART", 2]], ageOf: () => 30 }),
      /Only one field has enough/,
    ],
    [
      resultOf({ fields: [["LAW", 9]], olderThan: -1 }),
      /Students of every age are kept \(9\)/,
    ],
    [resultOf({ fields: manyFields(400) }), /more than 300 fields/],
    [
      resultOf({ fields: manyFields(90) }),
      /The 24 oldest and the 24 youngest of 90 fields/,
    ],
  ];
  for (const [result, sentence] of cases) {
    const page = await drawPage(result);
    assert.match(page, sentence);
    assert.doesNotMatch(
      page.replace(/<script>.*<\/script>/s, ""),
      /NaN|undefined|Infinity|\[object/,
    );
  }
});

Deno.test("the colours that meet have the contrast of WCAG 2.2 AA in light and dark", () => {
  for (const theme of [LIGHT, DARK]) {
    for (const { front, back, contrast } of PAIRS) {
      const found = contrastOf(theme, front, back);
      assert.ok(found >= contrast, `${front} on ${back}: ${found.toFixed(2)}`);
    }
  }
});

/** Returns the contrast ratio as WCAG defines it, 1 to 21. */
function contrastOf(theme: Theme, front: keyof Theme, back: keyof Theme): number {
  const [a, b] = [luminance(theme[front]), luminance(theme[back])];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

Deno.test("every fixture of twelve fields has filtered students to draw", () => {
  const { funnel, fields } = resultOf({ fields: TWELVE });
  assert.ok(funnel.filtered > 100 && fields.length === 12);
});
