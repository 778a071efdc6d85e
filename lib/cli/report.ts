/**
 * `report`: one command from a messy CSV to the cleaned CSV and the report.
 */
import type { JobOptions } from "../engine/job.ts";
import { checkRejectRate, redraw, REDRAWN, writeReport } from "../engine/local.ts";
import { OUTPUTS } from "../engine/outputs.ts";
import { PipelineError } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";
import { formatResult, parseResult, type Result } from "../report/result.ts";
import { clockOf } from "./clock.ts";
import { complain, type Effects, print, printable } from "./effects.ts";
import type { Command } from "./command.ts";
import { isFile, readText } from "./files.ts";
import { openSources } from "./input_settings.ts";
import type { ProgressPrinter } from "./progress.ts";
import {
  CONFIG_FILE,
  pageParametersOf,
  parametersOf,
  reportSettings,
  type ReportValues,
} from "./report_settings.ts";
import { isOnCluster, isTopic } from "./report_engine.ts";
import { areStores, refuseStore } from "./report_stores.ts";
import { type ConfigFile, parseConfig, readFlags, readSettings } from "./settings.ts";

/** The command. */
export const reportCommand: Command = {
  summary:
    "Cleans student records; writes the CSV, the statistics, the rejects and the report.",
  settings: reportSettings,
  async run(args, effects) {
    const flags = readFlags(reportSettings, args);
    const config = readConfig(flags.get("config")?.at(-1));
    const values = readSettings(reportSettings, { args, env: effects.env, config });
    if (values["no-html"] && (values.pdf || values.open)) {
      throw new PipelineError("usage", "--no-html does not go with --pdf or --open", {
        hint: "There is no page to show",
      });
    }
    refuseStore(values.out);
    // before the run: after it, the earlier outputs would no longer be untouched
    if (values.pdf) OutputFolder.check(values.out, [PDF]);
    if (values.from === undefined || isTopic(values)) await report(values, effects);
    else await drawAgain(values.from, values, [...flags.keys()], effects);
    await show(values);
  },
};

type Warn = (message: string) => void;

/** Reads, cleans, writes, tells. */
async function report(values: ReportValues, effects: Effects): Promise<void> {
  const { quiet, out, threads } = values;
  const started = performance.now();
  let progress: ProgressPrinter | undefined;
  const warn: Warn = (message) => {
    if (quiet) return;
    progress?.clear();
    complain(effects, `warning: ${printable(message)}\n`);
  };
  const now = clockOf(effects); // before anything is read: it can be wrong usage
  const write = await openInputs(values, effects, warn);
  if (!quiet) progress = (await import("./progress.ts")).progressPrinter(effects);
  const result = await write({
    out,
    parameters: parametersOf(values),
    page: !values["no-html"],
    signal: effects.signal,
    now,
    ...(threads !== undefined && { threads }),
    ...(progress && { onProgress: progress.show }),
  }).finally(() => progress?.clear());
  const seconds = (performance.now() - started) / 1000;
  await tell(result, values, { seconds, warn }, effects);
  const maxRate = values["max-reject-rate"];
  if (maxRate !== undefined) checkRejectRate(result, maxRate);
}

/** Returns the function that reports on the inputs, once all of them have been checked. */
async function openInputs(
  values: ReportValues,
  effects: Effects,
  onWarning: Warn,
): Promise<(options: JobOptions) => Promise<Result>> {
  const { "older-than": olderThan, "allow-gaps": allowGaps } = values;
  if (isOnCluster(values)) {
    const { openOnCluster } = await import("./report_cluster.ts");
    return await openOnCluster(values, effects, onWarning);
  }
  const years = olderThan === undefined ? {} : { olderThan };
  if (areStores(values)) {
    const { readStores } = await import("../stream/stored.ts");
    const { writeStoredReport } = await import("../engine/stored.ts");
    const stores = await readStores(values.input, { ...years, allowGaps });
    return (options) => writeStoredReport(stores, options);
  }
  const sources = await openSources(values, effects, onWarning);
  return (options) => writeReport(sources, { ...options, ...years });
}

/** Tells how it went; without words, what would write them is not even loaded. */
async function tell(
  result: Result,
  { json, quiet, debug, out, parts, "no-html": noPage }: ReportValues,
  { seconds, warn }: { readonly seconds: number; readonly warn: Warn },
  effects: Effects,
): Promise<void> {
  const { stdout, env } = effects;
  if (json) print(stdout, formatResult(result));
  if (quiet && !debug) return;
  const { formatEngine, formatSummary, warningsOf } = await import("./summary.ts");
  if (!json && !quiet) {
    const isPlain = !stdout.isTerminal() || (env("NO_COLOR") ?? "") !== "";
    const files = Object.values(OUTPUTS).filter((file) =>
      (!noPage || file !== OUTPUTS.page) &&
      (parts === undefined || file !== OUTPUTS.students)
    );
    print(stdout, formatSummary(result, { out, files, seconds, isPlain }));
  }
  warningsOf(result).forEach(warn);
  if (debug) complain(effects, formatEngine(result));
}

/** What `--from` goes with: the rest would need the data. */
const WITHOUT_DATA: readonly (keyof ReportValues)[] = [
  ...["from", "out", "lang", "title", "author", "course", "date"] as const,
  ...["min-group-size", "no-examples", "pdf", "browser", "open"] as const,
  ...["quiet", "debug", "config"] as const,
];

/** Draws the page again from a `report.json`. */
async function drawAgain(
  from: string,
  values: ReportValues,
  flags: readonly string[],
  { stdout }: Effects,
): Promise<void> {
  const extra = flags.find((flag) => !WITHOUT_DATA.some((other) => other === flag));
  if (extra !== undefined) {
    throw new PipelineError("usage", `--${extra} does not go with --from`, {
      hint: "The page is drawn from numbers: what needs the data cannot change",
    });
  }
  const text = readText(from, "input");
  const { out, quiet } = values;
  await redraw(parseResult(text, from), { out, parameters: pageParametersOf(values) });
  if (quiet) return;
  const { formatFiles } = await import("./summary.ts");
  print(stdout, formatFiles(out, REDRAWN));
}

/** Prints and opens the page that was written, where the user wants that. */
async function show({ out, pdf, browser, open }: ReportValues): Promise<void> {
  if (!pdf && !open) return;
  const { openFile, printPdf } = await import("../export/browser.ts");
  const page = `${out}/${OUTPUTS.page}`;
  if (pdf) {
    using folder = OutputFolder.open(out, [PDF]);
    folder.create(PDF).write(await printPdf(page, browser));
    folder.commit();
  }
  if (open) await openFile(page);
}

const PDF = "report.pdf";

/** Returns the config file that is named, or the usual one if it is there. */
function readConfig(named: string | undefined): ConfigFile | undefined {
  const name = named ?? CONFIG_FILE;
  if (named === undefined && !isFile(name)) return undefined;
  return parseConfig(readText(name, "usage"), name, reportSettings);
}
