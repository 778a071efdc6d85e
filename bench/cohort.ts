/**
 * The command under test: `report` as its task starts it, without the page.
 */
import config from "../deno.json" with { type: "json" };
import type { Threads } from "./goals.ts";
import { type Command, run } from "./measure.ts";

const ROOT = new URL("../", import.meta.url);
const FLAGS = config.tasks.report.command.split(" ")
  .filter((word) => word.startsWith("--"));
const REPORT = [
  ...["run", ...FLAGS, `--config=${new URL("deno.json", ROOT).pathname}`],
  ...[new URL("main.ts", ROOT).pathname, "report"],
];

/** The sample of 2,000 records. */
export const SAMPLE_PATH = new URL("data/students.csv", ROOT).pathname;

/** Returns how the whole command is started. */
export function cohortCommand(input: string, out: string, threads: Threads): Command {
  const flags = threads === undefined ? [] : ["--threads", String(threads)];
  return {
    program: Deno.execPath(),
    args: [...REPORT, "--no-html", "--quiet", "--input", input, "--out", out, ...flags],
  };
}

/** Whether the command can be told how many threads to use. */
export async function hasThreads(): Promise<boolean> {
  return (await run(Deno.execPath(), [...REPORT, "--help"])).includes("--threads");
}
