/**
 * The page on paper: A4 sheets with numbers, no figure or row cut in two, nothing outside
 * the margins.
 */
import assert from "node:assert/strict";
import { type Buffer, Buffer as Bytes } from "node:buffer";
import type { Page } from "puppeteer-core";
import { hasProgram } from "../support.ts";
import { browserTest, SCREENS } from "./chromium.ts";
import { resultOf, VARIANTS } from "./fixtures.ts";

browserTest("drawPage() prints whole figures on numbered A4 sheets", async (desk, t) => {
  const folder = await Deno.makeTempDir({ prefix: "cohort-" });
  for (const [name, variant] of Object.entries(VARIANTS)) {
    await t.step(name, async () => {
      const options = { title: "Ages", date: "2026-11-22" };
      await using opened = await desk.open(resultOf(variant), options, SCREENS["dark"]);
      const path = `${folder}/page.pdf`;
      await opened.page.pdf({ preferCSSPageSize: true, tagged: true, path });
      await checkSheets(path);
      await checkPictures(path);
      await checkBreaks(opened.page);
    });
  }
  await Deno.remove(folder, { recursive: true });
}, ["pdfinfo", "pdftotext", "pdftoppm"].every(hasProgram));

async function output(program: string, ...args: readonly string[]): Promise<Buffer> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return Bytes.from(stdout);
}

/** Every sheet is A4 and says its title, its date, its number and how many there are. */
async function checkSheets(path: string): Promise<void> {
  const info = (await output("pdfinfo", path)).toString();
  assert.match(info, /^Page size: .*\(A4\)$/m);
  assert.match(info, /^Tagged: +yes$/m);
  const sheets = (await output("pdftotext", "-layout", path, "-")).toString().split("\f");
  sheets.pop(); // what follows the last form feed
  assert.equal(sheets.length, Number(/^Pages: +(\d+)$/m.exec(info)![1]));
  for (const [i, text] of sheets.entries()) {
    const last = text.trimEnd().split("\n").at(-1)!.trim();
    assert.match(last, new RegExp(`^Ages · 2026-11-22 +${i + 1} ?/ ?${sheets.length}$`));
  }
}

/** The side and top margins of each sheet are blank paper, also of a page in the dark. */
async function checkPictures(path: string): Promise<void> {
  const pixelsPerMm = 50 / 25.4;
  const margin = Math.floor(14 * pixelsPerMm);
  let pictures = await output("pdftoppm", "-gray", "-r", "50", path);
  while (pictures.length > 0) {
    const [head, width, height] = /^P5\n(\d+) (\d+)\n255\n/.exec(
      pictures.toString("latin1", 0, 20),
    )!;
    const [w, h] = [Number(width), Number(height)];
    const picture = pictures.subarray(head!.length, head!.length + w * h);
    const row = (y: number) => picture.subarray(y * w, y * w + w);
    for (let y = 0; y < h; y++) {
      const isMargin = (x: number) => y < margin || x < margin || x >= w - margin;
      assert.ok(
        row(y).every((grey, x) => grey > 250 || !isMargin(x)),
        `row ${y} has ink`,
      );
    }
    pictures = pictures.subarray(head!.length + w * h);
  }
}

/** What fits on a sheet is never cut: Chromium keeps it whole where the style asks it to. */
async function checkBreaks(page: Page): Promise<void> {
  await page.emulateMediaType("print");
  await page.setViewport({ width: 680, height: 1000 });
  const whole = `[...document.querySelectorAll("figure, tr")]`;
  const tallest = await page.evaluate(
    `Math.max(0, ...${whole}.map((e) => e.getBoundingClientRect().height))`,
  ) as number;
  assert.ok(tallest < 265 / 25.4 * 96, `${tallest} px is higher than a sheet`);
  const cut =
    `${whole}.filter((e) => !getComputedStyle(e).breakInside.startsWith("avoid"))`;
  assert.equal(await page.evaluate(`${cut}.length`), 0);
  const background = "getComputedStyle(document.body).backgroundColor";
  assert.equal(await page.evaluate(background), "rgb(255, 255, 255)");
}
