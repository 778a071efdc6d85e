/**
 * The schema of `report.json`: {@linkcode Result} in a form that data can be checked against.
 */
import { z } from "zod";
import { MAX_AGE } from "../transform/rules.ts";
import { REASONS } from "../transform/types.ts";
import type { FieldResult, Result } from "./result.ts";

const count = z.int().min(0);
const age = z.int().min(0).max(MAX_AGE).nullable();
const years = z.number().min(0).max(MAX_AGE).nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const reason = z.enum(REASONS);
const statistics = {
  count,
  mean: years,
  min: age,
  max: age,
  median: years,
  q1: years,
  q3: years,
};

/** Counts by age. A schema of a record would take longer than all the rest together. */
const histogram = z.custom<FieldResult["ages"]>(
  (data) => isObject(data) && Object.keys(data).every((key) => isCount(key, data[key])),
  { error: "it is not a histogram of ages" },
);

function isObject(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isCount(key: string, value: unknown): boolean {
  const years = Number(key);
  return String(years) === key && Number.isInteger(years) && years >= 0 &&
    years <= MAX_AGE && Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Checks the data of a `report.json`; what it does not know is an error. */
export const resultSchema: z.ZodType<Result> = z.strictObject({
  schema: z.literal("cohort-report/1"),
  parameters: z.strictObject({
    older_than: z.int().min(-1).max(MAX_AGE),
    lang: z.enum(["en", "fr"]),
    columns: z.string().exactOptional(),
    delimiter: z.string().exactOptional(),
    encoding: z.string().exactOptional(),
    no_header: z.literal(true).exactOptional(),
    bom: z.literal(true).exactOptional(),
    engine: z.string().exactOptional(),
    parts: z.string().exactOptional(),
    allow_gaps: z.literal(true).exactOptional(),
    max_reject_rate: z.number().min(0).max(1).exactOptional(),
    min_group_size: z.int().min(2).exactOptional(),
    no_examples: z.literal(true).exactOptional(),
    title: z.string().exactOptional(),
    author: z.string().exactOptional(),
    course: z.string().exactOptional(),
    date: z.string().exactOptional(),
  }),
  inputs: z.array(z.strictObject({
    source: z.string(),
    bytes: count.exactOptional(),
    sha256: sha256.exactOptional(),
    topic: z.string().exactOptional(),
    ranges: z.array(z.strictObject({ partition: count, start: count, next: count }))
      .exactOptional(),
    records: count,
  })),
  funnel: z.strictObject({
    read: count,
    blank: count,
    rejected: count,
    valid: count,
    filtered: count,
    kept: count,
  }),
  rejects: z.partialRecord(reason, count),
  reject_examples: z.array(z.strictObject({
    source: z.string().exactOptional(),
    line: z.int().min(1).exactOptional(),
    topic: z.string().exactOptional(),
    partition: count.exactOptional(),
    offset: count.exactOptional(),
    reason,
    raw: z.string().exactOptional(),
    raw_base64: z.base64().exactOptional(),
  })),
  overall: z.strictObject(statistics),
  fields: z.array(z.strictObject({
    field: z.string(),
    ...statistics,
    ages: histogram,
    merged: z.int().min(2).exactOptional(),
  })),
  suppressed: z.strictObject({
    min_group_size: z.int().min(2),
    filtered_ages: z.boolean(),
    everything: z.boolean(),
  }).exactOptional(),
  outputs: z.array(z.strictObject({ file: z.string(), bytes: count, sha256 })),
  run: z.strictObject({
    finished: z.iso.datetime(),
    seconds: z.number().min(0),
    version: z.string(),
    runtime: z.string(),
    platform: z.string(),
    engine: z.string(),
    by_text: count.exactOptional(),
  }),
});
