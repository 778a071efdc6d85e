/**
 * The page in a real browser: accessible, silent, without a request, readable without its
 * script, and whole on paper.
 */
import type { AxeResults } from "axe-core";
import { strict as assert } from "node:assert";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { drawPage } from "../../lib/report/page.ts";
import type { PageOptions } from "../../lib/report/page.ts";
import type { Result } from "../../lib/report/result.ts";
import { suppressSmallGroups } from "../../lib/report/suppress.ts";
import { isMissing, startBrowser } from "./chromium.ts";
import { EXAMPLES, HOSTILE_NAMES, REJECTS, resultOf, VARIANTS } from "./fixtures.ts";

const OPTIONS: PageOptions = {
  author: "Leïla Haddad",
  course: "Data engineering",
  date: "2026-11-22",
  examples: true,
  command: "deno task report --input data/students.csv",
};
const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: "light", viewport: { width: 1000, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1000, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
  "dark phone": { colorScheme: "dark", viewport: { width: 390, height: 844 } },
};
const HOSTILE = resultOf({
  fields: HOSTILE_NAMES.map((name, i) => [name, 20 + 7 * i] as const),
  rejects: REJECTS,
  examples: EXAMPLES,
});

/** A page that is open, and everything it said or asked for. */
interface Opened {
  readonly page: Page;
  readonly said: readonly string[];
}

/** Opens pages from a folder of their own, which is removed in the end. */
class Desk implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async set(): Promise<Desk> {
    return new Desk(await startBrowser(), await Deno.makeTempDir());
  }

  async open(
    result: Result,
    options: BrowserContextOptions = {},
    pageOptions: PageOptions = OPTIONS,
  ): Promise<Opened> {
    const file = `${this.#folder}/report.html`;
    await Deno.writeTextFile(file, await drawPage(result, pageOptions));
    const context = await this.#browser.newContext(options);
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== `file://${file}` && !request.url().startsWith("data:")) {
        said.push(`request: ${request.url()}`);
      }
    });
    await page.goto(`file://${file}`);
    return { page, said };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function browserTest(
  name: string,
  run: (t: Deno.TestContext, desk: Desk) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: isIgnored,
    sanitizeOps: false, // the browser's pipe lives as long as the browser
    sanitizeResources: false,
    fn: async (t) => {
      await using desk = await Desk.set();
      await run(t, desk);
    },
  });
}

const isIgnored = isMissing();

browserTest(
  "drawPage() is accessible, silent and never wider than the screen",
  async (t, desk) => {
    const results = Object.entries(VARIANTS).map(([name, variant]) =>
      [name, resultOf(variant)] as const
    );
    for (const [name, result] of [...results, ["hostile names", HOSTILE] as const]) {
      for (const [screen, options] of Object.entries(SCREENS)) {
        await t.step(`${name}, ${screen}`, async () => {
          const { page, said } = await desk.open(result, options);
          assert.deepEqual(await violations(page), []);
          assert.equal(await sidewaysScroll(page), 0);
          assert.deepEqual(said, []);
          await page.context().close();
        });
      }
    }
    await t.step("French, small groups merged", async () => {
      const result = resultOf({ ...VARIANTS["12 fields"]!, lang: "fr" });
      const { page, said } = await desk.open(suppressSmallGroups(result, 10));
      assert.deepEqual(await violations(page), []);
      assert.equal(await page.getAttribute("html", "lang"), "fr");
      assert.deepEqual(said, []);
    });
  },
);

async function violations(page: Page): Promise<readonly string[]> {
  const { default: axe } = await import("axe-core"); // it reads the environment at once
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run()") as AxeResults;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

async function sidewaysScroll(page: Page): Promise<number> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as number;
}

browserTest(
  "drawPage() shows hostile names as text and runs nothing",
  async (_, desk) => {
    const { page, said } = await desk.open(HOSTILE);
    const names = await page.locator("table.sortable tbody th").allTextContents();
    assert.deepEqual(names.toSorted(), HOSTILE_NAMES.toSorted());
    assert.equal(
      await page.locator("img, iframe, object, embed, form, input").count(),
      0,
    );
    assert.equal(await page.locator("script").count(), 1);
    assert.deepEqual(
      await page.evaluate(`[...document.querySelectorAll("*")].flatMap((e) =>
    e.getAttributeNames().filter((name) => name.startsWith("on") || name === "style"))`),
      [],
    );
    for (const mark of await page.locator("svg.wide [data-tip]").all()) {
      await mark
        .hover();
    }
    assert.equal(await page.locator(".tip *").count(), 0);
    assert.deepEqual(said, []);
  },
);

browserTest("drawPage() is readable with scripts off", async (_, desk) => {
  const result = resultOf(VARIANTS["12 fields"]!);
  const { page, said } = await desk.open(result, { javaScriptEnabled: false });
  assert.equal(await page.locator("svg.wide").isVisible(), true);
  assert.equal(await page.locator("svg.narrow").isVisible(), false);
  assert.equal(await page.locator("table.sortable tbody tr").count(), 12);
  assert.equal(await page.locator("button").count(), 0);
  await page.locator("summary").click();
  assert.equal(await page.locator("table.texts").isVisible(), true);
  assert.deepEqual(said, []);
});

browserTest("SCRIPT sorts the table from the keyboard", async (_, desk) => {
  const { page } = await desk.open(resultOf(VARIANTS["12 fields"]!));
  const column = async (n: number): Promise<readonly string[]> =>
    await page.locator(`table.sortable tbody tr > :nth-child(${n})`).allTextContents();
  const before = await column(1);

  await tabTo(page, "Students");
  await page.keyboard.press("Enter");
  const counts = (await column(2)).map((text) => Number(text.replace(",", "")));
  assert.deepEqual(counts, counts.toSorted((a, b) => b - a));
  await page.keyboard.press("Enter");
  assert.deepEqual(
    (await column(2)).map((text) => Number(text.replace(",", ""))),
    counts.toSorted((a, b) => a - b),
  );
  assert.equal(await page.locator("[aria-sort]").textContent(), "StudentsStudents");

  await tabTo(page, "Field");
  await page.keyboard.press("Enter");
  const byName = new Intl.Collator("en").compare;
  assert.deepEqual(await column(1), before.toSorted(byName));
  assert.equal(await page.locator("tfoot th").textContent(), "All fields");
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
  async (_, desk) => {
    const { page } = await desk.open(resultOf(VARIANTS["60 fields"]!), SCREENS.phone);
    const scrolling = `[...document.querySelectorAll("*")].filter((e) =>
    e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === "auto" && e.clientWidth > 0)`;
    assert.ok(await page.evaluate(`${scrolling}.length > 0`));
    assert.ok(await page.evaluate(`${scrolling}.every((e) => e.tabIndex === 0)`));
    await page.locator(".scroll").first().focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction("document.querySelector('.scroll').scrollLeft > 0");
  },
);

browserTest("SCRIPT shows a tip on a mark and Escape hides it", async (_, desk) => {
  const { page } = await desk.open(resultOf(VARIANTS["12 fields"]!));
  assert.equal(await page.locator(".tip").isVisible(), false);
  const mark = page.locator("svg.wide [data-tip]").nth(2);
  await mark.scrollIntoViewIfNeeded();
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  await mark.hover();
  assert.equal(await page.locator(".tip").isVisible(), true);
  assert.match(
    await page.locator(".tip").textContent() ?? "",
    /: average \d+\.\d, median/,
  );
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".tip").isVisible(), false);
});

browserTest(
  "drawPage() shows each number of the result in the table",
  async (t, desk) => {
    for (const lang of ["en", "fr"] as const) {
      await t.step(lang, async () => {
        const result = resultOf({ ...VARIANTS["12 fields"]!, lang });
        const { page } = await desk.open(result);
        const rows = await page.evaluate(
          `[...document.querySelectorAll("table.sortable tr")]
        .map((row) => [...row.cells].map((cell) => [cell.textContent, cell.dataset.v]))
        .filter(([name]) => name[0] !== undefined)`,
        ) as [string, string?][][];
        const format = new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", {
          minimumFractionDigits: 1,
          maximumFractionDigits: 1,
        });
        for (
          const { field, count, mean, median, min, max, q1, q3 } of [
            ...result.fields,
            { field: lang === "fr" ? "Ensemble" : "All fields", ...result.overall },
          ]
        ) {
          const [, ...cells] = rows.find(([name]) => name![0] === field)!;
          const exact = cells.map(([text, value]) => Number(value ?? text));
          assert.deepEqual(exact, [count, mean, median, min, max, q1, q3]);
          assert.equal(cells[1]![0], format.format(mean!));
        }
      });
    }
  },
);

browserTest("drawPage() prints on A4 without a figure cut in two", async (t, desk) => {
  for (const [name, variant] of Object.entries(VARIANTS)) {
    await t.step(name, async () => {
      const { page } = await desk.open(resultOf(variant), SCREENS.dark);
      const pdf = await page.pdf({ preferCSSPageSize: true, tagged: true });
      const boxes = new TextDecoder("latin1").decode(pdf).matchAll(
        /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g,
      );
      const sizes = [...boxes].map((
        [, width, height],
      ) => [Number(width), Number(height)]);
      assert.ok(sizes.length > 0);
      for (const [width, height] of sizes) {
        assert.ok(Math.abs(width! - 595) < 2 && Math.abs(height! - 842) < 2);
      }
      // what fits on a sheet is never cut: Chromium keeps it whole where the style asks it to
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: 680, height: 1000 });
      const tallest = await page.evaluate(
        `Math.max(0, ...[...document.querySelectorAll("figure, tr")]
        .map((e) => e.getBoundingClientRect().height))`,
      ) as number;
      assert.ok(tallest < 265 / 25.4 * 96, `${tallest} px is higher than a sheet`);
      const cut = await page.evaluate(`[...document.querySelectorAll("figure, tr")]
        .filter((e) => !getComputedStyle(e).breakInside.startsWith("avoid")).length`);
      assert.equal(cut, 0);
      assert.equal(await sidewaysScroll(page), 0);
      assert.equal(
        await page.evaluate("getComputedStyle(document.body).backgroundColor"),
        "rgb(255, 255, 255)",
      );
      await page.context().close();
    });
  }
});
