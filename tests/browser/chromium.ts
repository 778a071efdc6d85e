/**
 * The Chromium or Chrome that is installed, for tests: pages are opened in it from a folder
 * of their own, and all that a page says or asks for is kept.
 */
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page, Viewport } from "puppeteer-core";
import { BROWSERS } from "../../lib/export/browser.ts";
import { drawPage, type PageOptions } from "../../lib/report/page.ts";
import type { Result } from "../../lib/report/result.ts";
import { hasProcesses, isGate } from "../support.ts";

/** How a page is looked at. */
export interface Screen {
  readonly scheme: "light" | "dark";
  readonly viewport: Viewport;
  readonly hasScripts?: boolean;
}

/** A wide screen in the light. */
export const LIGHT: Screen = { scheme: "light", viewport: { width: 1000, height: 800 } };
/** A phone in the light. */
export const PHONE: Screen = { scheme: "light", viewport: { width: 390, height: 844 } };
/** All four of them, by name. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  light: LIGHT,
  dark: { ...LIGHT, scheme: "dark" },
  phone: PHONE,
  "dark phone": { ...PHONE, scheme: "dark" },
};

/** A page that is open, and everything it said or asked for. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly said: readonly string[];
}

/** A browser without a window; its pages and their folder go with it. */
export class Desk implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Starts the browser. */
  static async set(): Promise<Desk> {
    const { default: puppeteer } = await import("puppeteer-core");
    const browser = await puppeteer.launch({
      executablePath: found!,
      args: [
        ...Deno.uid() === 0 ? ["--no-sandbox"] : [],
        "--disable-gpu",
        "--disable-background-networking",
      ],
    });
    return new Desk(browser, await Deno.makeTempDir({ prefix: "cohort-" }));
  }

  /** Draws the page of the result and opens it. */
  async open(result: Result, options: PageOptions, screen = LIGHT): Promise<Opened> {
    const file = `${this.#folder}/report.html`;
    await Deno.writeTextFile(file, await drawPage(result, options));
    return await this.visit(`file://${file}`, screen);
  }

  /** Opens a page that is somewhere already; nothing else may be asked for but `alsoAsked`. */
  async visit(
    url: string,
    screen = LIGHT,
    alsoAsked: readonly string[] = [],
  ): Promise<Opened> {
    const context = await this.#browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(screen.viewport);
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: screen.scheme },
    ]);
    await page.setJavaScriptEnabled(screen.hasScripts ?? true);
    const said = listen(page, [url, ...alsoAsked]);
    await page.goto(url);
    return { page, said, [Symbol.asyncDispose]: () => closeContext(context) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function closeContext(context: BrowserContext): Promise<void> {
  await context.close();
}

/** Keeps all that the page says, and what it asks for beside itself. */
function listen(page: Page, urls: readonly string[]): readonly string[] {
  const said: string[] = [];
  page.on("console", (message) => said.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${String(error)}`));
  page.on("dialog", (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!urls.includes(request.url()) && !request.url().startsWith("data:")) {
      said.push(`request: ${request.url()}`);
    }
  });
  return said;
}

/** What axe-core finds against WCAG 2.2 AA and its own best practices. */
export async function violations(page: Page): Promise<readonly string[]> {
  const { default: axe } = await import("axe-core"); // it reads the environment at once
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run()") as AxeResults;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

/** How far the page is wider than its screen, in pixels. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as number;
}

/** A test that needs a browser: left out with a reason without one, but not at the gate. */
export function browserTest(
  name: string,
  run: (desk: Desk, t: Deno.TestContext) => Promise<void>,
  hasTools = true,
): void {
  Deno.test({
    name,
    ignore: !hasProcesses || !isGate && !(found !== undefined && hasTools),
    sanitizeOps: false, // the browser's connection lives as long as the browser
    sanitizeResources: false,
    fn: async (t) => {
      await using desk = await Desk.set();
      await run(desk, t);
    },
  });
}

const found = hasProcesses ? findBrowser() : undefined;

/** Whether a browser is there, or must be. */
export const hasBrowser: boolean = found !== undefined || isGate;

/** Starts the browser, for a test that needs more than a browser. */
export const startDesk = (): Promise<Desk> => Desk.set();

function findBrowser(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(
    Deno.build.os === "windows" ? ";" : ":",
  );
  const places = BROWSERS.flatMap((name) =>
    /[/\\]/.test(name) ? [name] : folders.map((folder) => `${folder}/${name}`)
  );
  const path = places.find(isFile);
  if (path === undefined && !isGate) {
    console.info(`left out, no Chromium or Chrome is installed: the tests in a browser`);
  }
  return path;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // not there: look in the next place
  }
}
