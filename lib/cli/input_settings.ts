/**
 * The settings of all commands that read CSV files: which, and how they are laid out.
 */
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import { parseColumns } from "../ingest/columns.ts";
import { encodingName } from "../ingest/encoding.ts";
import { readFiles } from "../ingest/files.ts";
import type { Source } from "../ingest/source.ts";
import { type Effects, untilAborted } from "./effects.ts";
import { type Setting, toggle, type Values } from "./settings.ts";

/** A text that `check` does not throw at; else its own words tell why. */
function checked(
  value: string,
  help: string,
  check: (text: string) => unknown,
): Setting<string | undefined> {
  const schema = z.string().superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      const { message, hint } = error as PipelineError;
      context.addIssue({ code: "custom", message: `${message}. ${hint}` });
    }
  });
  return { value, help, schema: schema.optional() };
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t" };

/** Which files, and their layout where it is not found out. */
export const inputSettings = {
  input: {
    value: "PATH",
    help:
      "CSV file, folder of *.csv* files, or - for standard input; repeatable (data/students.csv)",
    isRepeatable: true,
    schema: z.array(z.string().min(1, "a path")).default(["data/students.csv"]),
  },
  columns: checked(
    "LIST",
    "Which column holds what: name=…,age=…,field=… or first=…,last=…; names or numbers",
    parseColumns,
  ),
  delimiter: {
    value: "CHAR",
    help: "What separates the cells: , ; | tab … (found out)",
    schema: z.string().transform((given) => DELIMITER_NAMES[given] ?? given)
      .pipe(z.string().regex(/^[\t !#-~]$/, "one ASCII character, no quote; or tab"))
      .optional(),
  },
  encoding: checked(
    "NAME",
    "Encoding where no byte order mark tells: latin1, windows-1252, utf-16le … (utf-8)",
    encodingName,
  ),
  "no-header": toggle("The first line is a record, whatever it looks like"),
} as const;

/**
 * Returns the files as sources.
 *
 * @throws {PipelineError} If one of them cannot be used, or `-` is given twice.
 */
export function openSources(
  { input, columns, delimiter, encoding, "no-header": noHeader }: Values<
    typeof inputSettings
  >,
  { stdin, signal }: Pick<Effects, "stdin" | "signal">,
  onWarning: (message: string) => void,
): Promise<Source[]> {
  if (input.filter((path) => path === "-").length > 1) {
    throw new PipelineError("usage", "--input - is given twice", {
      hint: "There is only one standard input",
    });
  }
  return readFiles(input, {
    ...(columns !== undefined && { columns: parseColumns(columns) }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    noHeader,
    stdin: untilAborted(stdin, signal),
    onWarning,
  });
}
