/**
 * What a record of an input or a value of a topic is, by the rules as text: a student, a reject
 * with its place and its bytes, or blank.
 */
import { EXCERPT_BYTES, type RawRecord } from "./records.ts";
import { judge, MAX_RECORD_BYTES } from "./rules.ts";
import type { Input, Position, Reason, Reject, Student, ValuesBatch } from "./types.ts";

const LF = 10;
const CR = 13;

/** What a record is. */
export type Verdict = Student | Reject | "blank";

/** Returns what a record of an input is, by the rules as text. */
export function judgeRaw(record: RawRecord, { name, layout }: Input): Verdict {
  const isLong = record.length > MAX_RECORD_BYTES;
  const verdict = isLong ? "too_long" : judge(record.bytes, layout);
  if (typeof verdict === "object" || verdict === "blank") return verdict;
  const extent = { bytes: record.length, byteOffset: record.byteOffset };
  const position = { source: name, offset: BigInt(record.line) };
  return reject(position, verdict, record.bytes, isLong ? extent : undefined);
}

/** Returns what a value of a batch is, by the rules as text. */
export function judgeValue(batch: ValuesBatch, i: number): Verdict {
  const { input: { name, layout }, values, offsets, partition } = batch;
  const record = values[i] && withoutLineEnd(values[i]!);
  const verdict = judge(record ?? null, layout);
  if (typeof verdict === "object" || verdict === "blank") return verdict;
  const position = {
    source: name,
    offset: offsets[i]!,
    ...(partition !== undefined && { partition }),
  };
  const raw = record ?? new Uint8Array(0);
  return verdict === "too_long"
    ? reject(position, verdict, raw.subarray(0, EXCERPT_BYTES), { bytes: raw.length })
    : reject(position, verdict, raw);
}

function reject(
  position: Position,
  reason: Reason,
  raw: Uint8Array,
  extent?: Reject["extent"],
): Reject {
  const whole = { position, reason, raw: raw.slice() }; // the batch's memory is used again
  return extent === undefined ? whole : { ...whole, extent };
}

/** Returns the value without the one line end that may stand at its very end. */
export function withoutLineEnd(value: Uint8Array): Uint8Array {
  const last = value.length - 1;
  if (value[last] === CR) return value.subarray(0, last);
  if (value[last] !== LF) return value;
  return value.subarray(0, value[last - 1] === CR ? last - 1 : last);
}
