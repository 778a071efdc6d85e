/**
 * The files of a store, as far as they were committed, for who reports on them.
 */
import type { PipelineError } from "../errors.ts";
import type { Cleaned } from "../transform/clean.ts";
import { concat } from "../transform/bytes.ts";
import { STUDENTS_HEADER } from "../transform/csv.ts";
import { countLines } from "../transform/kernel/lines.ts";
import { type Reason, REASONS } from "../transform/types.ts";
import { type Contents, noCounts, totalCounts } from "./contents.ts";
import { reasonOf, unusable } from "./failures.ts";
import type { Length } from "./file.ts";
import { FILES } from "./folder.ts";

/**
 * Yields what became of a store's records: first all rows, then all rejects, then the counts.
 *
 * @throws {PipelineError} If the files are not as they were recorded.
 */
export async function* readCommitted(
  folder: string,
  { rows, rejects, partitions }: Pick<Contents, "rows" | "rejects" | "partitions">,
): AsyncGenerator<Cleaned> {
  const csv = `${folder}/${FILES.rows}`;
  for await (const chunk of readLines(csv, rows, STUDENTS_HEADER)) {
    yield { ...NOTHING, csv: chunk };
  }
  const jsonl = `${folder}/${FILES.rejects}`;
  for await (const chunk of readLines(jsonl, rejects, "")) {
    yield { ...NOTHING, rejects: chunk, reasons: reasonsOf(chunk, jsonl) };
  }
  yield { ...NOTHING, counts: totalCounts(partitions.values()) };
}

const NOTHING: Cleaned = {
  csv: new Uint8Array(0),
  rejects: new Uint8Array(0),
  counts: noCounts(),
  reasons: new Map(),
  byText: 0,
};

/** Counts the reasons of some lines of rejects. */
function reasonsOf(lines: Uint8Array, path: string): ReadonlyMap<Reason, number> {
  const counts = new Map<Reason, number>();
  for (const line of new TextDecoder().decode(lines).split("\n").slice(0, -1)) {
    const reason = reasonIn(line);
    if (reason === undefined) throw changed(path, "a line in it is no reject");
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

function reasonIn(line: string): Reason | undefined {
  try {
    const { reason } = JSON.parse(line);
    return REASONS.find((known) => known === reason);
  } catch {
    return undefined;
  }
}

const CHUNK_BYTES = 256 * 1024;

/** Yields the whole lines of a file up to its recorded length, without its header. */
async function* readLines(
  path: string,
  length: Length,
  header: string,
): AsyncGenerator<Uint8Array> {
  if (length.bytes === 0) return;
  let lines = 0;
  let rest = new Uint8Array(0);
  let skip = header.length;
  for await (const chunk of readBytes(path, length.bytes)) {
    const bytes = concat([rest, chunk]);
    const end = bytes.lastIndexOf(LF) + 1;
    rest = bytes.slice(end);
    lines += countLines(bytes.subarray(0, end));
    if (end === 0) continue;
    if (skip > 0 && new TextDecoder().decode(bytes.subarray(0, skip)) !== header) {
      throw changed(path, "it does not begin with its header");
    }
    yield bytes.subarray(skip, end);
    skip = 0;
  }
  if (rest.length > 0 || lines !== length.lines) {
    throw changed(path, `it has ${lines} lines, but ${length.lines} were recorded`);
  }
}

const LF = 10;

async function* readBytes(path: string, size: number): AsyncGenerator<Uint8Array> {
  using file = await onDisk(path, () => Deno.open(path));
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let left = size; left > 0;) {
    const most = buffer.subarray(0, Math.min(left, CHUNK_BYTES));
    const read = await onDisk(path, () => file.read(most));
    if (read === null) throw changed(path, `it has fewer than ${size} bytes`);
    left -= read;
    yield buffer.subarray(0, read);
  }
}

async function onDisk<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw unusable(path, reasonOf(cause), { kind: "input", cause });
  }
}

/** Returns the error for a file that somebody else has written to. */
function changed(path: string, how: string): PipelineError {
  return unusable(path, how, { kind: "input" });
}
