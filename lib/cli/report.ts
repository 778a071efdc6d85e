/**
 * `report`: one command from a messy CSV to the cleaned CSV and the report.
 */
import { z } from "zod";
import { checkRejectRate, writeReport } from "../engine/local.ts";
import { PipelineError } from "../errors.ts";
import { parseColumns } from "../ingest/columns.ts";
import { encodingName } from "../ingest/encoding.ts";
import { readFiles } from "../ingest/files.ts";
import { formatResult, type Result } from "../report/result.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import { type Effects, print, printable, untilAborted } from "./effects.ts";
import type { Command } from "./main.ts";
import { progressPrinter } from "./progress.ts";
import { readSettings, toggle, type Values, wholeNumber } from "./settings.ts";
import { formatSummary, warningsOf } from "./summary.ts";

const text = z.string().min(1, "a text that is not empty").optional();

const DELIMITER_NAMES: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t" };

const settings = {
  input: {
    value: "PATH",
    help:
      "CSV file, folder of *.csv* files, or - for standard input; repeatable (data/students.csv)",
    isRepeatable: true,
    schema: z.array(z.string().min(1, "a path")).default(["data/students.csv"]),
  },
  out: {
    value: "FOLDER",
    help: "Where the five files go (reports)",
    schema: z.string().min(1, "a folder").default("reports"),
  },
  "older-than": {
    value: "YEARS",
    help: "Keep students older than this (20)",
    schema: wholeNumber(-1, 150).default(OLDER_THAN),
  },
  lang: {
    value: "en|fr",
    help: "Language of the report (en)",
    schema: z.enum(["en", "fr"], { error: "en or fr" }).default("en"),
  },
  columns: {
    value: "LIST",
    help:
      "Which column holds what: name=…,age=…,field=… or first=…,last=…; names or numbers",
    schema: text,
  },
  delimiter: {
    value: "CHAR",
    help: "What separates the cells: , ; | tab … (found out)",
    schema: z.string().transform((given) => DELIMITER_NAMES[given] ?? given)
      .pipe(z.string().regex(/^[\t !#-~]$/, "one ASCII character, no quote; or tab"))
      .optional(),
  },
  encoding: {
    value: "NAME",
    help:
      "Encoding where no byte order mark tells: latin1, windows-1252, utf-16le … (utf-8)",
    schema: text,
  },
  "no-header": toggle("The first line is a record, whatever it looks like"),
  bom: toggle("Begin the CSV with a byte order mark, for Excel"),
  "max-reject-rate": {
    value: "SHARE",
    help: "Exit with code 4 if a larger share of the records is refused: 0.05",
    schema: z.string().regex(/^(0?\.[0-9]+|[01]|1\.0+|0\.)$/, "a share from 0 to 1")
      .transform(Number).optional(),
  },
  json: toggle("Print report.json instead of the summary"),
  quiet: toggle("Print nothing but errors"),
  debug: toggle("Show where an error comes from"),
} as const;

/** The command. */
export const reportCommand: Command = {
  summary:
    "Cleans student records; writes the CSV, the statistics, the rejects and the report.",
  settings,
  run: (args, effects) => run(readSettings(settings, args, effects.env), effects),
};

async function run(values: Values<typeof settings>, effects: Effects): Promise<void> {
  const { input, out, bom, lang, quiet, columns, delimiter, encoding } = values;
  const { stdout, stderr, signal } = effects;
  if (encoding !== undefined) encodingName(encoding);
  if (input.filter((path) => path === "-").length > 1) {
    throw new PipelineError("usage", "--input - is given twice", {
      hint: "There is only one standard input",
    });
  }
  const started = performance.now();
  const warn = (message: string): void => {
    if (!quiet) print(stderr, `warning: ${printable(message)}\n`);
  };
  const sources = await readFiles(input, {
    ...(columns !== undefined && { columns: parseColumns(columns) }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    noHeader: values["no-header"],
    stdin: untilAborted(effects.stdin, signal),
    onWarning: warn,
  });
  const progress = quiet ? undefined : progressPrinter(effects);
  const result = await writeReport(sources, {
    out,
    olderThan: values["older-than"],
    lang,
    bom,
    parameters: parametersOf(values),
    signal,
    now: clockOf(effects),
    ...(progress && { onProgress: progress.show }),
  }).finally(() => progress?.clear());
  if (values.json) print(stdout, formatResult(result));
  else if (!quiet) {
    const seconds = (performance.now() - started) / 1000;
    const isPlain = !stdout.isTerminal() || (effects.env("NO_COLOR") ?? "") !== "";
    print(stdout, formatSummary(result, { out, seconds, isPlain }));
  }
  warningsOf(result).forEach(warn);
  const maxRate = values["max-reject-rate"];
  if (maxRate !== undefined) checkRejectRate(result, maxRate);
}

/** What the result says of the flags, as far as they shape it. */
function parametersOf(values: Values<typeof settings>): Partial<Result["parameters"]> {
  const { columns, delimiter, encoding } = values;
  const maxRate = values["max-reject-rate"];
  return {
    ...(columns !== undefined && { columns }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(values["no-header"] && { no_header: true as const }),
    ...(maxRate !== undefined && { max_reject_rate: maxRate }),
  };
}

/** The clock, or the time that `SOURCE_DATE_EPOCH` fixes (reproducible-builds.org). */
function clockOf({ env, now }: Effects): () => Date {
  const epoch = env("SOURCE_DATE_EPOCH");
  if (epoch === undefined || epoch === "") return now;
  if (!/^[0-9]{1,11}$/.test(epoch)) {
    throw new PipelineError("usage", `SOURCE_DATE_EPOCH cannot be "${epoch}"`, {
      hint: "Give whole seconds since 1970",
    });
  }
  return () => new Date(1000 * Number(epoch));
}
