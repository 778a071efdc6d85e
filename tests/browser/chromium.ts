/**
 * Finds and starts the Chromium or Chrome that is installed, for tests only: run them with
 * `deno test --allow-all tests/browser`, which is what playwright-core asks for. Without the
 * permission, or without a browser, they are passed over and say so; where `CI=true` a
 * browser that is not installed is a failure.
 */
import type { Browser } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** A file that Deno shows only to a process with every permission; playwright-core looks. */
const GUARDED = "/proc/sys/fs/binfmt_misc/WSLInterop";

/** Returns whether the tests are to be passed over; says why. */
export function isMissing(): boolean {
  if (!hasAllPermissions()) return says("they need --allow-all");
  if (browserPath() !== undefined || Deno.env.get("CI") === "true") return false;
  return says(`none of ${NAMES.join(", ")} is installed`);
}

function says(reason: string): true {
  console.warn(`The tests in a browser are passed over: ${reason}`);
  return true;
}

function hasAllPermissions(): boolean {
  const names = ["run", "read", "write", "env", "sys", "net"] as const;
  if (names.some((name) => Deno.permissions.querySync({ name }).state !== "granted")) {
    return false;
  }
  try {
    Deno.statSync(GUARDED);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotCapable);
  }
}

/**
 * Starts the browser without a window.
 *
 * @throws {TypeError} If there is none.
 */
export async function startBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) {
    throw new TypeError("There is no Chromium on the PATH");
  }
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

function browserPath(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) =>
    folder !== ""
  );
  return NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(
    isFile,
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // not there: look in the next folder
  }
}
