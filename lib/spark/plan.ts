/**
 * What Spark is asked, as SQL. Nothing from outside stands in it as text: paths are hex,
 * and the session's id is a UUID.
 */
import type { SparkSession } from "./session.ts";
import { JOB_FILE, TO_WORKER, WORKER_FILE } from "./worker/protocol.ts";

/** How large a split is: what one task cleans, in bytes. */
export const SPLIT_BYTES = 64 << 20;
/** No file is so large: each is one split. */
export const WHOLE_FILES = 2 ** 50;

/** What Spark must do whatever the cluster's own defaults are. */
export const SETTINGS: Readonly<Record<string, string>> = {
  // a task has one split, whose first row says which one it is
  "spark.sql.files.maxPartitionNum": "2147483647",
  // a file that cannot be read is an error, never left out
  "spark.sql.files.ignoreCorruptFiles": "false",
  "spark.sql.files.ignoreMissingFiles": "false",
  "spark.sql.parser.escapedStringLiterals": "false",
  "spark.sql.execution.arrow.useLargeVarTypes": "false",
  // of 32 KiB each: what is on its way at a time must fit into the client's memory
  "spark.sql.execution.arrow.maxRecordsPerBatch": "32",
};

/** Returns the settings that make splits of that size, one a task. */
export function splitSettings(bytes: number): Readonly<Record<string, string>> {
  return {
    "spark.sql.files.maxPartitionBytes": String(bytes),
    "spark.sql.files.openCostInBytes": String(bytes),
  };
}

/** The lines of files, each with where it stands; hidden columns must be asked for here. */
export function linesOf(paths: readonly string[]) {
  return {
    format: "text",
    // CR stays, for the rules to see; and only the files that are named are read
    options: { lineSep: "\n", recursiveFileLookup: "true" },
    paths,
    columns: [
      "value",
      "_metadata.file_path AS path",
      "_metadata.file_block_start AS start",
      "_metadata.file_block_length AS length",
      "_metadata.file_size AS size",
      "monotonically_increasing_id() AS id",
    ],
  } as const;
}

/** The lower half of such an id counts the rows of a task. */
const IS_FIRST = "id & ((1L << 33) - 1) = 0";

/** How a record is escaped that would not reach the worker as it is, or begin like an escape. */
export const ESCAPED = `CASE
    WHEN is_valid_utf8(value) AND NOT startswith(value, '\\u0001') THEN value
    ELSE concat('\\u0001${TO_WORKER.bytes}', hex(CAST(value AS BINARY))) END`;

/** Returns the query that lets the workers clean the lines of a view. */
export function cleanedLines(view: string, worker: string): string {
  const split = `concat('\\u0001${TO_WORKER.split}', hex(CAST(path AS BINARY)),
    '\\t', start, '\\t', length, '\\t', size, '\\n')`;
  const line = `concat(CASE WHEN ${IS_FIRST} THEN ${split} ELSE '' END, ${ESCAPED})`;
  return piped(line, worker, view);
}

/** Returns the query that pipes a text of each row through a program. */
export function piped(line: string, program: string, from: string): string {
  const rows = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\u0001'";
  return `SELECT TRANSFORM(${line}) ${rows} USING '${program}' AS (v STRING) ${rows}
    FROM ${from}`;
}

/**
 * Returns the command that runs the worker. It reads nothing but what it is told, and when it
 * ends too early, what is left of its input is read to the end: else Spark would tell of the
 * broken pipe and not of what the worker said.
 */
export function workerCommand(
  { serverSessionId: folder }: Pick<SparkSession, "serverSessionId">,
  deno = "deno",
): string {
  if (!/^[\w-]+$/.test(folder)) throw new RangeError(`No id of a session: ${folder}`);
  const flags = "--quiet --no-config --no-lock --no-remote --no-npm --no-prompt";
  const run = `${deno} run ${flags} --allow-read=${folder}/${JOB_FILE}`;
  return `${run} ${folder}/${WORKER_FILE} || { rc=$?; cat >/dev/null; exit $rc; }`;
}

/** The most lines of a file that decide on its layout, unless they are very short. */
export const HEAD_LINES = 2000;

/** Returns the query for the first lines of some files: `index TAB line in hex`. */
export function headsQuery(
  view: string,
  files: readonly { readonly index: number; readonly path: string }[],
  { lines, bytes }: { readonly lines: number; readonly bytes: number },
): string {
  const value = `hex(substring(CAST(value AS BINARY), 1, ${bytes}))`;
  return files.map(({ index, path }) =>
    `(SELECT concat('${index}', '\\t', ${value}) AS v FROM ${view}
      WHERE path = ${text(path)} LIMIT ${lines})`
  ).join(" UNION ALL ");
}

/** Returns an expression for a text, whatever is in it. */
export function text(value: string): string {
  return `CAST(unhex('${new TextEncoder().encode(value).toHex()}') AS STRING)`;
}

/** What the workers have said, kept on the cluster: it is read twice. */
const CACHE = "cohort_cleaned";

/** Returns the statement that runs a query and keeps its rows on the cluster. */
export function kept(query: string): string {
  return `CACHE TABLE ${CACHE} OPTIONS ('storageLevel' 'DISK_ONLY') AS ${query}`;
}

/** The rows of the CSV among what is kept, one a line. */
export const KEPT_ROWS = `SELECT replace(v, '\\u0003', '\\n') AS v FROM ${CACHE}
  WHERE NOT startswith(v, '\\u0002')`;

/** All else that is kept. */
export const KEPT_META = `SELECT v FROM ${CACHE} WHERE startswith(v, '\\u0002')`;
