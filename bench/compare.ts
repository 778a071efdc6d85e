/**
 * Whether two programs did the same job: their outputs side by side, by the strictest
 * measure that they pass, or the first difference.
 */
import { parse } from "csv-parse/sync";

/** What a program wrote; a folder of parts counts as one text. */
export interface Outputs {
  readonly students: string;
  readonly statistics: string;
  /** Absent where the job is done without them. */
  readonly rejects?: string;
}

/** How two outputs compare. */
export type Comparison =
  /** They agree but for these normalisations; none: they are the same bytes. */
  | { readonly normalised: readonly string[] }
  | { readonly difference: string };

/** Returns how their outputs compare with ours. */
export function compareOutputs(ours: Outputs, theirs: Outputs): Comparison {
  const found = [
    compareStudents(ours.students, theirs.students),
    compareStatistics(ours.statistics, theirs.statistics),
    ...(theirs.rejects === undefined
      ? []
      : [compareRejects(ours.rejects ?? "", theirs.rejects)]),
  ];
  const differing = found.find((one) => "difference" in one);
  if (differing) return differing;
  return {
    normalised: [
      ...new Set(found.flatMap((one) => "normalised" in one ? one.normalised : [])),
    ],
  };
}

function compareStudents(ours: string, theirs: string): Comparison {
  if (ours === theirs) return { normalised: [] };
  return compareLists("students", cells(ours), cells(theirs), ["students by cell"]);
}

/** Statistics agree where their numbers do, the mean to 6 decimals. */
export function compareStatistics(ours: string, theirs: string): Comparison {
  if (ours === theirs) return { normalised: [] };
  const form = ["statistics by number"];
  return compareLists("statistics", numbers(ours), numbers(theirs), form);
}

/** Rejects agree by line, reason and text; the name of the source is ours alone. */
function compareRejects(ours: string, theirs: string): Comparison {
  if (ours === theirs) return { normalised: [] };
  const lines = rejects(theirs, true);
  const hasLines = lines.every((line) => !line.startsWith("[null,"));
  const form = hasLines ? "rejects without source" : "rejects without source and line";
  return compareLists("rejects", rejects(ours, hasLines), lines, [form]);
}

function compareLists(
  what: string,
  ours: readonly string[],
  theirs: readonly string[],
  normalised: readonly string[],
): Comparison {
  const difference = firstDifference(what, ours, theirs);
  if (difference === undefined) return { normalised };
  if (firstDifference(what, ours.toSorted(), theirs.toSorted()) !== undefined) {
    return { difference };
  }
  return { normalised: [...normalised, `${what} in another order`] };
}

function firstDifference(
  what: string,
  ours: readonly string[],
  theirs: readonly string[],
): string | undefined {
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    if (ours[i] === theirs[i]) continue;
    return `${what}, row ${i + 1}: ${theirs[i] ?? "none"} instead of ${
      ours[i] ?? "none"
    }`;
  }
}

function cells(csv: string): readonly string[] {
  return (parse(csv) as string[][]).map((row) => JSON.stringify(row));
}

function numbers(csv: string): readonly string[] {
  const [header = [], ...rows] = parse(csv) as string[][];
  const rounded = rows.map(([field, ...values]) => [
    field,
    ...values.map((value) => value === "" ? null : Number(Number(value).toFixed(6))),
  ]);
  return [header, ...rounded].map((row) => JSON.stringify(row));
}

function rejects(lines: string, hasPlace: boolean): readonly string[] {
  return lines.split("\n").filter((line) => line !== "").map((line) => {
    const { line: place = null, reason, raw } = JSON.parse(line);
    return JSON.stringify([hasPlace ? place : null, reason, raw]);
  });
}

/** Returns what a program wrote into the folder. */
export async function readOutputs(
  folder: string,
  withRejects: boolean,
): Promise<Outputs> {
  const [students, statistics, rejects] = await Promise.all([
    readCsv(`${folder}/etudiants_transformed.csv`),
    readStatistics(folder),
    withRejects ? readParts(`${folder}/rejects.jsonl`) : undefined,
  ]);
  return {
    students,
    statistics,
    ...(rejects && { rejects: rejects.join("") }),
  };
}

/** Returns the statistics that a program wrote into the folder. */
export function readStatistics(folder: string): Promise<string> {
  return readCsv(`${folder}/statistics.csv`);
}

/** Returns a CSV of one file or of many parts, each of which has the header. */
async function readCsv(path: string): Promise<string> {
  const [first = "", ...parts] = await readParts(path);
  return first + parts.map((part) => part.slice(part.indexOf("\n") + 1)).join("");
}

/** Returns the text of a file, or of each part of a folder of parts, as Spark writes it. */
async function readParts(path: string): Promise<readonly string[]> {
  if ((await Deno.stat(path)).isFile) return [await Deno.readTextFile(path)];
  const names = (await Array.fromAsync(Deno.readDir(path), ({ name }) => name))
    .filter((name) => name.startsWith("part-"));
  return await Promise.all(
    names.sort().map((name) => Deno.readTextFile(`${path}/${name}`)),
  );
}
