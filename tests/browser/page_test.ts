/**
 * The page in a real browser: accessible, silent, without a request, readable without its
 * script, and moved by the keyboard.
 */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import type { PageOptions } from "../../lib/report/page.ts";
import { suppressSmallGroups } from "../../lib/report/suppress.ts";
import {
  browserTest,
  type Desk,
  PHONE,
  type Screen,
  SCREENS,
  sidewaysScroll,
  violations,
} from "./chromium.ts";
import { EXAMPLES, HOSTILE_NAMES, REJECTS, resultOf, VARIANTS } from "./fixtures.ts";

const OPTIONS: PageOptions = {
  author: "Leïla Haddad",
  course: "Data engineering",
  date: "2026-11-22",
  command: "deno task report --input data/students.csv",
};
const HOSTILE = resultOf({
  fields: HOSTILE_NAMES.map((name, i) => [name, 20 + 7 * i] as const),
  rejects: REJECTS,
  examples: EXAMPLES,
});
const TWELVE = resultOf(VARIANTS["12 fields"]!);

browserTest(
  "drawPage() is accessible, silent and never wider than the screen",
  async (desk, t) => {
    const results = Object.entries(VARIANTS).map(([name, variant]) =>
      [name, resultOf(variant)] as const
    );
    for (const [name, result] of [...results, ["hostile names", HOSTILE] as const]) {
      for (const [where, screen] of Object.entries(SCREENS)) {
        await t.step(`${name}, ${where}`, async () => {
          await using opened = await desk.open(result, OPTIONS, screen);
          assert.deepEqual(await violations(opened.page), []);
          assert.equal(await sidewaysScroll(opened.page), 0);
          assert.deepEqual(opened.said, []);
        });
      }
    }
    await t.step("French, small groups merged", async () => {
      const french = resultOf({ ...VARIANTS["12 fields"]!, lang: "fr" });
      await using opened = await desk.open(suppressSmallGroups(french, 10), OPTIONS);
      assert.deepEqual(await violations(opened.page), []);
      assert.equal(await opened.page.evaluate("document.documentElement.lang"), "fr");
      assert.deepEqual(opened.said, []);
    });
  },
);

async function textsOf(page: Page, selector: string): Promise<readonly string[]> {
  return await page.$$eval(selector, (all) => all.map((one) => one.textContent ?? ""));
}

async function count(page: Page, selector: string): Promise<number> {
  return (await page.$$(selector)).length;
}

async function isVisible(page: Page, selector: string): Promise<boolean> {
  const element = await page.$(selector);
  return element !== null && await element.isVisible();
}

browserTest("drawPage() shows hostile names as text and runs nothing", async (desk) => {
  await using opened = await desk.open(HOSTILE, OPTIONS);
  const { page, said } = opened;
  const names = await textsOf(page, "table.sortable tbody th");
  assert.deepEqual(names.toSorted(), HOSTILE_NAMES.toSorted());
  assert.equal(await count(page, "img, iframe, object, embed, form, input"), 0);
  assert.equal(await count(page, "script"), 1);
  const handlers = await page.evaluate(`[...document.querySelectorAll("*")].flatMap((e) =>
    e.getAttributeNames().filter((name) => name.startsWith("on") || name === "style"))`);
  assert.deepEqual(handlers, []);
  for (const mark of await page.$$("svg.wide [data-tip]")) await mark.hover();
  assert.equal(await count(page, ".tip *"), 0);
  assert.deepEqual(said, []);
});

browserTest("drawPage() is readable with scripts off", async (desk) => {
  const screen: Screen = { ...SCREENS["light"]!, hasScripts: false };
  await using opened = await desk.open(TWELVE, OPTIONS, screen);
  const { page, said } = opened;
  assert.equal(await isVisible(page, "svg.wide"), true);
  assert.equal(await isVisible(page, "svg.narrow"), false);
  assert.equal(await count(page, "table.sortable tbody tr"), 12);
  assert.equal(await count(page, "button"), 0);
  await page.click("summary");
  assert.equal(await isVisible(page, "table.texts"), true);
  assert.deepEqual(said, []);
});

browserTest("SCRIPT sorts the table from the keyboard", async (desk) => {
  await using opened = await desk.open(TWELVE, OPTIONS);
  const { page } = opened;
  const column = (n: number) =>
    textsOf(page, `table.sortable tbody tr > :nth-child(${n})`);
  const counts = async (): Promise<readonly number[]> =>
    (await column(2)).map((text) => Number(text.replace(",", "")));
  const before = await column(1);

  await tabTo(page, "Students");
  await page.keyboard.press("Enter");
  const down = await counts();
  assert.deepEqual(down, down.toSorted((a, b) => b - a));
  await page.keyboard.press("Enter");
  assert.deepEqual(await counts(), down.toSorted((a, b) => a - b));
  assert.deepEqual(await textsOf(page, "[aria-sort]"), ["StudentsStudents"]);

  await tabTo(page, "Field");
  await page.keyboard.press("Enter");
  assert.deepEqual(await column(1), before.toSorted(new Intl.Collator("en").compare));
  assert.deepEqual(await textsOf(page, "table.sortable tfoot th"), ["All fields"]);
});

async function tabTo(page: Page, text: string): Promise<void> {
  await page.evaluate("document.activeElement.blur()");
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate("document.activeElement.textContent") === text) return;
  }
  throw new assert.AssertionError({ message: `Tab never reaches ${text}` });
}

browserTest(
  "every region that scrolls is reached and moved by the keyboard",
  async (desk) => {
    await using opened = await desk.open(
      resultOf(VARIANTS["60 fields"]!),
      OPTIONS,
      PHONE,
    );
    const { page } = opened;
    const scrolling = `[...document.querySelectorAll("*")].filter((e) =>
      e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === "auto" &&
      e.clientWidth > 0)`;
    assert.ok(await page.evaluate(`${scrolling}.length > 0`));
    assert.ok(await page.evaluate(`${scrolling}.every((e) => e.tabIndex === 0)`));
    await page.focus(".scroll");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction("document.querySelector('.scroll').scrollLeft > 0");
  },
);

browserTest("SCRIPT shows a tip on a mark and Escape hides it", async (desk) => {
  await using opened = await desk.open(TWELVE, OPTIONS);
  const { page } = opened;
  assert.equal(await isVisible(page, ".tip"), false);
  const mark = (await page.$$("svg.wide [data-tip]"))[2]!;
  await mark.scrollIntoView();
  // a tip goes when the page scrolls: let the scrolling end first
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  await mark.hover();
  assert.equal(await isVisible(page, ".tip"), true);
  assert.match((await textsOf(page, ".tip"))[0]!, /: average \d+\.\d, median/);
  await page.keyboard.press("Escape");
  assert.equal(await isVisible(page, ".tip"), false);
});

for (const lang of ["en", "fr"] as const) {
  browserTest(
    `drawPage() shows each number of the result in the table, ${lang}`,
    (desk) => compareTable(desk, lang),
  );
}

async function compareTable(desk: Desk, lang: "en" | "fr"): Promise<void> {
  const result = resultOf({ ...VARIANTS["12 fields"]!, lang });
  await using opened = await desk.open(result, OPTIONS);
  const rows = await opened.page.evaluate(
    `[...document.querySelectorAll("table.sortable tr")]
      .map((row) => [...row.cells].map((cell) => [cell.textContent, cell.dataset.v]))`,
  ) as [string, string?][][];
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const format = new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", digits);
  const overall = { field: lang === "fr" ? "Ensemble" : "All fields", ...result.overall };
  for (const row of [...result.fields, overall]) {
    const { field, count, mean, median, min, max, q1, q3 } = row;
    const [, ...cells] = rows.find(([name]) => name?.[0] === field)!;
    const exact = cells.map(([text, value]) => Number(value ?? text));
    assert.deepEqual(exact, [count, mean, median, min, max, q1, q3]);
    assert.equal(cells[1]![0], format.format(mean!));
  }
}
