/**
 * The whole result of a run, as `report.json` holds it. Everything a page, a notebook or
 * another program shows comes from here.
 */
import { PipelineError } from "../errors.ts";
import { toJson } from "../json.ts";
import type { Statistics } from "../analyse/statistics.ts";
import type { Funnel } from "../analyse/funnel.ts";
import type { Reason } from "../transform/types.ts";
import { resultSchema } from "./schema.ts";
import { wrongSum } from "./sums.ts";

/** The whole result of a run. */
export interface Result {
  /** The version of this form. */
  readonly schema: "cohort-report/1";
  /** What the user asked for, as far as it shapes the outputs. */
  readonly parameters: RunParameters;
  /** What was read, in that order. */
  readonly inputs: readonly InputResult[];
  /** What became of the records. */
  readonly funnel: Funnel;
  /** Rejects by reason, in the order of the rules; reasons that never occurred are absent. */
  readonly rejects: Readonly<Partial<Record<Reason, number>>>;
  /** The first rejects of each reason, at most five each, by reason and then in input order. */
  readonly reject_examples: readonly RejectExample[];
  /** Statistics of all kept students. */
  readonly overall: Statistics;
  /** Each field of study, by name in code-point order. */
  readonly fields: readonly FieldResult[];
  /** What was hidden of small groups before publishing; absent where nothing was. */
  readonly suppressed?: Suppressed;
  /** The data files beside the report. */
  readonly outputs: readonly OutputResult[];
  /** Times, versions and host facts: the only part that differs between two equal runs. */
  readonly run: RunFacts;
}

/** What the user asked for; what is absent was left to its default or found out. */
export interface RunParameters {
  /** Students older than this many years are kept, -1 to 150. */
  readonly older_than: number;
  /** The language of the page. */
  readonly lang: "en" | "fr";
  /** Which columns hold what. */
  readonly columns?: string;
  /** What separates the cells. */
  readonly delimiter?: string;
  /** The encoding of the inputs. */
  readonly encoding?: string;
  /** Whether the first line is a record, whatever it looks like. */
  readonly no_header?: true;
  /** Whether the CSV begins with a byte order mark. */
  readonly bom?: true;
  /** The cluster that did the work: `sc://host:15002`. */
  readonly engine?: string;
  /** Where the cluster has left the CSV. */
  readonly parts?: string;
  /** Whether messages between those of the stores may be missing. */
  readonly allow_gaps?: true;
  /** The largest share of refused records that is acceptable, 0 to 1. */
  readonly max_reject_rate?: number;
  /** Fields of fewer students do not stand alone in what is published; at least 2. */
  readonly min_group_size?: number;
  /** Whether refused records are left out of the examples. */
  readonly no_examples?: true;
  /** The heading of the page. */
  readonly title?: string;
  /** Who hands it in. */
  readonly author?: string;
  /** For which course. */
  readonly course?: string;
  /** The day under the title: `2026-11-22` is written out, any other text stays as it is. */
  readonly date?: string;
}

/** One input. */
export interface InputResult {
  /** The path as the user gave it, `-` for standard input. */
  readonly source: string;
  /** Size of the file on disk; absent where the source is not a file. */
  readonly bytes?: number;
  /** SHA-256 of the file on disk, 64 hexadecimal digits; absent like `bytes`. */
  readonly sha256?: string;
  /** Only of the store of a stream: the topic … */
  readonly topic?: string;
  /** … and which of its messages were read, by partition and offset. */
  readonly ranges?: readonly RangeResult[];
  /** Records read, the blank ones included. */
  readonly records: number;
}

/** Offsets of one partition, all of them read. */
export interface RangeResult {
  /** The partition of the topic. */
  readonly partition: number;
  /** The first offset. */
  readonly start: number;
  /** The offset after the last one. */
  readonly next: number;
}

/** One field of study: statistics of its kept students, ages of all its valid ones. */
export interface FieldResult extends Statistics {
  /** Its normalised name. */
  readonly field: string;
  /** How many valid students, kept or not, there are of each age that somebody has. */
  readonly ages: Readonly<Record<string, number>>;
  /** How many small fields stand together here, at least 2; only on the last field. */
  readonly merged?: number;
}

/** What was hidden, so that no number tells of fewer students than the smallest group. */
export interface Suppressed {
  /** A field of fewer students does not stand alone; at least 2. */
  readonly min_group_size: number;
  /** Whether `ages` leaves out the filtered students. */
  readonly filtered_ages: boolean;
  /** Whether there are too few students to show any statistics. */
  readonly everything: boolean;
}

/** A refused record that is shown as an example. */
export interface RejectExample {
  /** The file … */
  readonly source?: string;
  /** … and the line, counted from 1; */
  readonly line?: number;
  /** or the Kafka topic, … */
  readonly topic?: string;
  /** … its partition … */
  readonly partition?: number;
  /** … and the offset. */
  readonly offset?: number;
  /** The first rule that it breaks. */
  readonly reason: Reason;
  /** The first 300 characters of its text … */
  readonly raw?: string;
  /** … or of the base64 of its bytes, where they are not UTF-8. */
  readonly raw_base64?: string;
}

/** One of the files that a run wrote. */
export interface OutputResult {
  /** Its name in the output folder. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What differs between two runs on the same input. */
export interface RunFacts {
  /** When the run was finished, ISO 8601 in UTC. */
  readonly finished: string;
  /** How long it took. */
  readonly seconds: number;
  /** The version of cohort. */
  readonly version: string;
  /** The runtime and its version. */
  readonly runtime: string;
  /** The operating system and the processor's architecture. */
  readonly platform: string;
  /** Who cleaned the records. */
  readonly engine: string;
  /** How many of the records were read by the rules as text. */
  readonly by_text?: number;
}

/**
 * Returns the text of `report.json`: two spaces of indentation, one line end at the end.
 *
 * @throws {PipelineError} If the result does not fit the schema: a fault of the program.
 */
export function formatResult(result: Result): string {
  return [...resultParts(result)].join("");
}

/**
 * Yields the text of `report.json` in parts; with 100,000 fields the whole is 70 MB long.
 *
 * @throws {PipelineError} As {@linkcode formatResult}, before the first part.
 */
export function* resultParts(result: Result): Generator<string> {
  const checked = resultSchema.safeParse(result);
  if (!checked.success) {
    throw new PipelineError(
      "internal",
      `The result is not valid: ${where(checked.error)}`,
    );
  }
  const { data } = checked;
  // no text in JSON has a line end, so that this stands in one place only
  const [before, after] = toJson({ ...data, fields: [] }, 2).split('\n  "fields": []');
  yield before!;
  yield* fieldParts(data.fields);
  yield `${after}\n`;
}

/** How many fields make a part. */
const FIELDS_PER_PART = 200;

function* fieldParts(fields: readonly FieldResult[]): Generator<string> {
  if (fields.length === 0) yield '\n  "fields": []';
  for (let i = 0; i < fields.length; i += FIELDS_PER_PART) {
    const text = toJson({ fields: fields.slice(i, i + FIELDS_PER_PART) }, 2);
    const isFirst = i === 0;
    const isLast = i + FIELDS_PER_PART >= fields.length;
    const start = isFirst ? "{".length : '{\n  "fields": ['.length;
    const end = isLast ? "\n}".length : "\n  ]\n}".length;
    yield (isFirst ? "" : ",") + text.slice(start, -end);
  }
}

/**
 * Returns the result that the text of a `report.json` holds.
 *
 * @param name The file's name, for the error.
 * @throws {PipelineError} If the text is not JSON, does not fit the schema, or its sums are off.
 */
export function parseResult(text: string, name: string): Result {
  const hint = "Give a report.json that this version of cohort wrote";
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new PipelineError("input", `Cannot read ${name}: it is not JSON`, {
      hint,
      cause,
    });
  }
  const checked = resultSchema.safeParse(data);
  const wrong = checked.success ? wrongSum(checked.data) : where(checked.error);
  if (checked.success && wrong === undefined) return checked.data;
  throw new PipelineError("input", `Cannot read ${name}: ${wrong}`, { hint });
}

interface Issues {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly message: string;
  }[];
}

function where({ issues }: Issues): string {
  const { path, message } = issues[0]!;
  return `${path.join(".") || "the whole"}: ${message}`;
}
