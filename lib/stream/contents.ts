/**
 * What a store's database says: how much of the files counts, what was read, what became of
 * it. Read in one transaction, and never believed where its sums do not add up.
 */
import { type AgesByField, noAges } from "../analyse/ages.ts";
import type { ErrorKind } from "../errors.ts";
import type { Counts } from "../transform/clean.ts";
import { type Reason, REASONS } from "../transform/types.ts";
import type { Database } from "./disk.ts";
import type { Length } from "./file.ts";
import { damaged, type StoreIdentity } from "./schema.ts";

/** Offsets of one partition, all of them read. */
export interface OffsetRange {
  /** The first one. */
  readonly start: bigint;
  /** The one after the last. */
  readonly next: bigint;
}

/** One partition as far as it was read. */
export interface PartitionContents {
  /** What was read, by offset, apart from each other; the end of the last is the checkpoint. */
  readonly ranges: readonly OffsetRange[];
  /** What became of its records. */
  readonly counts: Counts;
}

/** All that was committed, but for the ages. */
export interface Contents {
  readonly identity: StoreIdentity;
  /** How much of the CSV counts, its header included. */
  readonly rows: Length;
  /** How much of `rejects.jsonl` counts. */
  readonly rejects: Length;
  /** By number. */
  readonly partitions: ReadonlyMap<number, PartitionContents>;
  /** Rejects of all partitions by reason, in the order of the rules. */
  readonly reasons: ReadonlyMap<Reason, number>;
}

/** In a place: which folder, and what kind of error it is if it cannot be used. */
export interface Place {
  readonly path: string;
  readonly kind: ErrorKind;
}

/**
 * Returns what the database says.
 *
 * @throws {PipelineError} If its sums do not add up.
 */
export function readContents(database: Database, place: Place): Contents {
  const all = (sql: string): readonly Row[] => database.prepare(sql).all() as Row[];
  const [store, ...others] = all("SELECT * FROM store");
  if (store === undefined || others.length > 0) {
    throw damaged(place.path, place.kind, "it does not say how long its files are");
  }
  const counts = new Map(all("SELECT * FROM counts").map((row) => [row.partition, row]));
  const contents: Contents = {
    identity: {
      clusterId: store.cluster_id,
      topic: store.topic,
      topicId: store.topic_id,
      groupId: store.group_id,
      olderThan: store.older_than,
    },
    rows: { bytes: store.rows_bytes, lines: store.rows_lines },
    rejects: { bytes: store.rejects_bytes, lines: store.rejects_lines },
    partitions: new Map(
      [...readRanges(database)].map(([partition, ranges]) => {
        const { read, blank, rejected, filtered, kept } = counts.get(partition) ??
          noCounts();
        return [partition, { ranges, counts: { read, blank, rejected, filtered, kept } }];
      }),
    ),
    reasons: readReasons(all("SELECT reason, count FROM reasons")),
  };
  const wrong = wrongSum(contents, database);
  if (wrong !== undefined) throw damaged(place.path, place.kind, wrong);
  return contents;
}

/** Returns the ages of all valid students, kept or not, by field. */
export function readAges(database: Database): AgesByField {
  const ages: AgesByField = new Map();
  const rows = database.prepare("SELECT field, age, count FROM ages").iterate();
  for (const { field, age, count } of rows as Iterable<Row>) {
    let counts = ages.get(field);
    if (counts === undefined) ages.set(field, counts = noAges());
    counts[age] = count;
  }
  return ages;
}

/** Returns counts of nothing yet. */
export function noCounts(): { -readonly [Key in keyof Counts]: number } {
  return { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
}

/** Returns the sum of the counts of all partitions. */
export function totalCounts(partitions: Iterable<{ readonly counts: Counts }>): Counts {
  const total = noCounts();
  for (const { counts } of partitions) {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
  }
  return total;
}

// deno-lint-ignore no-explicit-any -- a row of SQLite; STRICT tables keep its types
type Row = any;

function readRanges(database: Database): Map<number, OffsetRange[]> {
  const query = database.prepare("SELECT * FROM ranges ORDER BY partition, start");
  query.setReadBigInts(true);
  const byPartition = new Map<number, OffsetRange[]>();
  for (const { partition, start, next } of query.all() as Row[]) {
    const number = Number(partition);
    byPartition.set(number, [...byPartition.get(number) ?? [], { start, next }]);
  }
  return byPartition;
}

function readReasons(rows: readonly Row[]): ReadonlyMap<Reason, number> {
  const found = new Map<string, number>();
  for (const { reason, count } of rows) {
    found.set(reason, (found.get(reason) ?? 0) + count);
  }
  const known = REASONS.filter((reason) => found.has(reason));
  return new Map(known.map((reason) => [reason, found.get(reason)!]));
}

/** Returns the first sum that is off, if any. */
function wrongSum(contents: Contents, database: Database): string | undefined {
  const { rows, rejects, reasons, partitions, identity } = contents;
  const { read, blank, rejected, filtered, kept } = totalCounts(partitions.values());
  const ages = database.prepare(
    `SELECT coalesce(sum(count), 0) AS valid,
            coalesce(sum(count) FILTER (WHERE age > ?), 0) AS kept FROM ages`,
  ).get(identity.olderThan) as Row;
  const header = rows.bytes === 0 ? 0 : 1; // a store that was killed while it was made
  const isRight: Readonly<Record<string, boolean>> = {
    "the funnel is off": read === blank + rejected + filtered + kept,
    "its rows are not the kept students": rows.lines === kept + header,
    "its rejects are not the refused records": rejects.lines === rejected,
    "its reasons are not the refused records":
      rejected === reasons.values().reduce((sum, count) => sum + count, 0),
    "its ages are not the valid students": ages.valid === filtered + kept,
    "its ages are not the kept students": ages.kept === kept,
    "it counts more records than offsets": partitions.values().every((
      { ranges, counts },
    ) =>
      BigInt(counts.read) <=
        ranges.reduce((sum, { start, next }) => sum + next - start, 0n)
    ),
    "its ranges overlap": partitions.values().every(({ ranges }) =>
      ranges.every(({ start }, i) => i === 0 || start > ranges[i - 1]!.next)
    ),
  };
  return Object.entries(isRight).find(([, right]) => !right)?.[0];
}
