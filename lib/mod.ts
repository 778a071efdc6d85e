/**
 * The door: all that a notebook or a script of the user's own imports.
 *
 * @example The ages of each field, from a file.
 * ```ts
 * import { agesByField, olderThan, readFiles, statistics } from "cohort";
 *
 * const ages = await agesByField(await readFiles("data/students.csv"));
 * for (const [field, counts] of ages) {
 *   console.log(field, statistics(olderThan(counts, 20)).mean);
 * }
 * ```
 *
 * @module
 */
export * from "./errors.ts";
export * from "./transform/types.ts";
export { judge, MAX_AGE, MAX_RECORD_BYTES } from "./transform/rules.ts";
export {
  type Cleaned,
  type Cleaner,
  type CleanerFactory,
  type CleanOptions,
  type Counts,
  fastCleaner,
  OLDER_THAN,
  textCleaner,
} from "./transform/clean.ts";
export {
  type Ages,
  type AgesByField,
  agesIn,
  allAges,
  countAge,
  fieldNames,
  keptAges,
  mergeAges,
  noAges,
  olderThan,
} from "./analyse/ages.ts";
export {
  countStudents,
  mean,
  quantile,
  type Statistics,
  statistics,
} from "./analyse/statistics.ts";
export { compareAges, type Comparison } from "./analyse/compare.ts";
export type { Funnel } from "./analyse/funnel.ts";
export type { Digest, Source } from "./ingest/source.ts";
export { readFiles, type ReadOptions } from "./ingest/files.ts";
export type { DialectOptions } from "./ingest/dialect.ts";
export { type ColumnChoice, parseColumns, type Role } from "./ingest/columns.ts";
export {
  agesByField,
  agesSoFar,
  clean,
  rejects,
  type Sources,
  students,
} from "./engine/read.ts";
export { type Survey, survey } from "./engine/survey.ts";
export type { JobOptions, Progress } from "./engine/job.ts";
export { OUTPUTS } from "./engine/outputs.ts";
export { redraw, type RedrawOptions, writeReport } from "./engine/local.ts";
export type { Stored, StoredRange } from "./ingest/stored.ts";
export { readStores, type ReadStoresOptions } from "./stream/stored.ts";
export { followStores, type FollowStoresOptions } from "./stream/follow.ts";
export { readTopic, type ReadTopicOptions } from "./stream/topic.ts";
export { type StoredReportOptions, writeStoredReport } from "./engine/stored.ts";
export {
  type FieldResult,
  formatResult,
  type InputResult,
  type OutputResult,
  parseResult,
  type RangeResult,
  type RejectExample,
  type Result,
  type RunFacts,
  type RunParameters,
  type Suppressed,
} from "./report/result.ts";
export type { Spec } from "./report/charts/charts.ts";
export {
  agesChart,
  averagesChart,
  funnelChart,
  type NotebookChartOptions,
  rejectsChart,
} from "./notebook/charts.ts";
export type { FilePath } from "./notebook/parameters.ts";
export { markdown } from "./notebook/markdown_text.ts";
export { ownChart, type OwnChartOptions } from "./notebook/own_chart.ts";
export { type OpenedFirst, openFirst } from "./notebook/open_first.ts";
export { replay, type ReplayOptions } from "./notebook/replay.ts";
export { type Live, show, showLive } from "./notebook/show.ts";
