/**
 * The settings of `report`: flags, variables and keys of `report.config.json` alike.
 */
import { z } from "zod";
import { MOST_THREADS } from "../engine/job.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import type { Result } from "../report/result.ts";
import { inputSettings } from "./input_settings.ts";
import { type Setting, toggle, type Values, wholeNumber } from "./settings.ts";

/** The config file that is read where there is one. */
export const CONFIG_FILE = "report.config.json";

function text(value: string, help: string): Setting<string | undefined> {
  return {
    value,
    help,
    schema: z.string().min(1, "a text that is not empty").optional(),
  };
}

/** What `report` can be told. */
export const reportSettings = {
  ...inputSettings,
  input: {
    ...inputSettings.input,
    help:
      "CSV file, folder of *.csv* files, store of a stream, or - for standard input; repeatable (data/students.csv)",
  },
  engine: text(
    "URL",
    "Let a Spark cluster do the work: sc://host:15002; --input is what it sees, or kafka://TOPIC",
  ),
  parts: text("URI", "With --engine: leave the CSV there, as part files of the cluster"),
  "max-rejects-home": {
    value: "N",
    help: "With --engine: write so many rejects at most (all; 100000 with --parts)",
    schema: wholeNumber(0, 1_000_000_000).optional(),
  },
  from: text(
    "FILE|PLACE",
    "Draw the page again from a report.json, without the data; of kafka://, where to begin",
  ),
  to: text("PLACE", "Where kafka:// ends: an offset, or a time (with what it holds now)"),
  out: {
    value: "FOLDER",
    help: "Where the files go (reports)",
    schema: z.string().min(1, "a folder").default("reports"),
  },
  "older-than": {
    value: "YEARS",
    help: `Keep students older than this (${OLDER_THAN})`,
    schema: wholeNumber(-1, 150).optional(),
  },
  lang: {
    value: "en|fr",
    help: "Language of the page (en)",
    schema: z.enum(["en", "fr"], { error: "en or fr" }).optional(),
  },
  title: text("TEXT", "Heading of the page"),
  author: text("TEXT", "Who hands it in"),
  course: text("TEXT", "For which course"),
  date: text("DATE", "The day under the title: 2026-11-22, or any text"),
  "min-group-size": {
    value: "N",
    help: "Hide the numbers of fields with fewer students, as before publishing",
    schema: wholeNumber(2, 1000).optional(),
  },
  "no-examples": toggle("Show no refused records, for a page that leaves the house"),
  "no-html": toggle("Draw no page"),
  pdf: toggle("Print the page to report.pdf too, through Chromium or Chrome"),
  browser: text("PATH", "The Chromium or Chrome for --pdf (found)"),
  open: toggle("Open the page when it is done"),
  "allow-gaps": toggle("Report on stores that have not read some messages in between"),
  bom: toggle("Begin the CSV with a byte order mark, for Excel"),
  "max-reject-rate": {
    value: "SHARE",
    help: "Exit with code 4 if a larger share of the records is refused: 0.05",
    schema: z.string().regex(/^(0?\.[0-9]+|[01]|1\.0+|0\.)$/, "a share from 0 to 1")
      .transform(Number).optional(),
  },
  threads: {
    value: "N",
    help: "How many threads work on inputs above 64 MB, 1 to 8 (as many as cores)",
    schema: wholeNumber(1, MOST_THREADS).optional(),
  },
  json: toggle("Print report.json instead of the summary"),
  quiet: toggle("Print nothing but errors and what --json asks for"),
  debug: toggle("Show who did the work, and where an error comes from"),
  config: text(
    "FILE",
    `Read these settings from a JSON file (${CONFIG_FILE} if it exists)`,
  ),
} as const;

/** The settings of one run of `report`. */
export type ReportValues = Values<typeof reportSettings>;

/** What the result says of the settings, as far as they shape it. */
export function parametersOf(values: ReportValues): Partial<Result["parameters"]> {
  const { lang, columns, delimiter, encoding, bom } = values;
  const maxRate = values["max-reject-rate"];
  return {
    ...(lang !== undefined && { lang }),
    ...(columns !== undefined && { columns }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(values["no-header"] && { no_header: true as const }),
    ...(bom && { bom: true as const }),
    ...(values["allow-gaps"] && { allow_gaps: true as const }),
    ...(maxRate !== undefined && { max_reject_rate: maxRate }),
    ...pageParametersOf(values),
  };
}

/** Those of them that can change while a page is drawn again without the data. */
export function pageParametersOf(values: ReportValues): Partial<Result["parameters"]> {
  const { lang, title, author, course, date } = values;
  const minGroupSize = values["min-group-size"];
  return {
    ...(lang !== undefined && { lang }),
    ...(minGroupSize !== undefined && { min_group_size: minGroupSize }),
    ...(values["no-examples"] && { no_examples: true as const }),
    ...(title !== undefined && { title }),
    ...(author !== undefined && { author }),
    ...(course !== undefined && { course }),
    ...(date !== undefined && { date }),
  };
}
