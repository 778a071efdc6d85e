/**
 * Other programs that show or print the page: a Chromium for the PDF, the desktop's opener.
 */
import { pathToFileURL } from "node:url";
import { PipelineError, systemReason } from "../errors.ts";

/** Where a Chromium or Chrome may be; the task permits these and no others. */
export const BROWSERS: readonly string[] = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** How long a browser may take for one page, in ms. */
const PATIENCE_MS = 60_000;

/**
 * Returns a page as a tagged PDF.
 *
 * @param page The page's path; it must stand on disk.
 * @param browser The program to use; found where it is not given.
 * @throws {PipelineError} If there is no such program, or it fails.
 */
export async function printPdf(page: string, browser?: string): Promise<Uint8Array> {
  const profile = await Deno.makeTempDir({ prefix: "cohort-browser-" });
  try {
    const pdf = `${profile}/page.pdf`;
    await runBrowser(browser === undefined ? BROWSERS : [browser], [
      "--headless",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-extensions",
      "--no-pdf-header-footer",
      `--user-data-dir=${profile}`,
      ...isRoot() ? ["--no-sandbox"] : [], // Chromium's sandbox refuses to run as root
      `--print-to-pdf=${pdf}`,
      pathToFileURL(page).href,
    ]);
    return await Deno.readFile(pdf).catch((cause) => {
      throw unprinted("the browser made no PDF", "Print report.html by hand", cause);
    });
  } finally {
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}

async function runBrowser(candidates: readonly string[], args: string[]): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (const path of candidates) {
    try {
      const { success, stderr } = await new Deno.Command(path, { args, signal }).output();
      if (success) return;
      throw unprinted(`${path} failed`, lastLine(stderr) ?? "Print report.html by hand");
    } catch (error) {
      if (error instanceof PipelineError) throw error;
      if (candidates.length === 1) throw unusable(path, error);
    }
  }
  throw unprinted(
    "no Chromium or Chrome was found",
    "Install one, or name it with --browser; report.html is written",
  );
}

function unusable(path: string, cause: unknown): PipelineError {
  const isForbidden = cause instanceof Deno.errors.NotCapable;
  return new PipelineError("output", `Cannot run ${path}: ${systemReason(cause)}`, {
    hint: isForbidden
      ? `Permit it: deno run --allow-read --allow-write --allow-env --allow-sys=uid --allow-run=${path} main.ts report …`
      : "Name a Chromium or Chrome with --browser; report.html is written",
    cause,
  });
}

function lastLine(stderr: Uint8Array): string | undefined {
  return new TextDecoder().decode(stderr).trim().split("\n").at(-1) || undefined;
}

function isRoot(): boolean {
  try {
    return Deno.uid() === 0;
  } catch {
    return false; // no permission to ask: then the sandbox decides
  }
}

function unprinted(reason: string, hint: string, cause?: unknown): PipelineError {
  return new PipelineError("output", `Cannot print the page: ${reason}`, { hint, cause });
}

/**
 * Opens a file with the desktop's own opener.
 *
 * @throws {PipelineError} If there is none, or it fails.
 */
export async function openFile(path: string): Promise<void> {
  const openers: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
    darwin: ["open"],
    windows: ["explorer"],
  };
  const [opener, ...args] = openers[Deno.build.os] ?? ["xdg-open"];
  try {
    const { success } = await new Deno.Command(opener!, {
      args: [...args, path],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success || Deno.build.os === "windows") return; // explorer always says 1
  } catch (cause) {
    throw unopened(path, systemReason(cause), cause);
  }
  throw unopened(path, `${opener} failed`);
}

function unopened(path: string, reason: string, cause?: unknown): PipelineError {
  const hint = "The report is written: open it from your files";
  return new PipelineError("output", `Cannot open ${path}: ${reason}`, { hint, cause });
}
