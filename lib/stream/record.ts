/**
 * What one commit adds to the database: nothing is read first, everything is added in one
 * transaction, so that a commit that failed has counted nobody. It can be taken back by its
 * negative, as long as nothing was recorded after it.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Counts } from "../transform/clean.ts";
import type { Reason } from "../transform/types.ts";
import type { OffsetRange } from "./contents.ts";
import type { Database } from "./disk.ts";
import { unusable } from "./failures.ts";
import type { Length } from "./file.ts";

/** How long both data files are. */
export interface Lengths {
  readonly rows: Length;
  readonly rejects: Length;
}

/** What one commit adds. */
export interface Delta {
  /** By partition. */
  readonly partitions: ReadonlyMap<number, PartitionDelta>;
  /** The ages of the valid students among the new records. */
  readonly ages: AgesByField;
}

/** What one commit adds to a partition. */
export interface PartitionDelta {
  /** The range that is read up to here, from where it once began. */
  readonly range: OffsetRange;
  /** What became of the new records. */
  readonly counts: Counts;
  /** The refused ones among them. */
  readonly reasons: ReadonlyMap<Reason, number>;
}

/** What is recorded of a commit. */
export interface Entry {
  readonly delta: Delta;
  /** How long the files were before it. */
  readonly from: Lengths;
  /** How long they are after it. */
  readonly to: Lengths;
}

/** Writes the database of a store. */
export interface Recorder {
  /** Records a commit. */
  add(entry: Entry): void;
  /** Takes the last one back; `ranges` are those that it has carried on. */
  takeBack(entry: Entry, ranges: ReadonlyMap<number, OffsetRange>): void;
}

/** Returns what writes the database of a folder. */
export function recorder(database: Database, folder: string): Recorder {
  const sql = statements(database);
  const record = ({ delta, from, to }: Entry, sign: 1 | -1): void => {
    const { rows, rejects } = to;
    const { changes } = sql.lengths.run(
      ...[rows.bytes, rows.lines, rejects.bytes, rejects.lines],
      ...[from.rows.bytes, from.rejects.bytes],
    );
    if (Number(changes) !== 1) {
      throw unusable(folder, "another process has written to it");
    }
    for (const [partition, { range, counts, reasons }] of delta.partitions) {
      const { read, blank, rejected, filtered, kept } = counts;
      const added = [read, blank, rejected, filtered, kept].map((count) => sign * count);
      sql.range.run(partition, range.start, range.next);
      sql.counts.run(partition, ...added);
      for (const [reason, count] of reasons) {
        sql.reason.run(partition, reason, sign * count);
      }
    }
    if (delta.ages.size > 0) sql.ages.run(sign, JSON.stringify(cells(delta.ages)));
  };
  const inTransaction = (action: () => void): void => {
    database.exec("BEGIN IMMEDIATE");
    action();
    database.exec("COMMIT");
  };
  return {
    add: (entry) => inTransaction(() => record(entry, 1)),
    takeBack: ({ delta, from, to }, ranges) =>
      inTransaction(() => {
        record({ delta, from: to, to: from }, -1);
        for (const [partition, { range: { start } }] of delta.partitions) {
          const before = ranges.get(partition);
          const next = before?.start === start ? before.next : start;
          sql.range.run(partition, start, next);
        }
        for (const table of NOTHING_LEFT) database.exec(`DELETE FROM ${table}`);
      }),
  };
}

/** Rows that say nothing once what they counted was taken back. */
const NOTHING_LEFT: readonly string[] = [
  "ranges WHERE start = next",
  "reasons WHERE count = 0",
  "ages WHERE count = 0",
];

/** Returns the ages that somebody has: field, age, count. */
function cells(ages: AgesByField): (readonly [string, number, number])[] {
  const found: (readonly [string, number, number])[] = [];
  for (const [field, counts] of ages) {
    for (let age = 0; age < counts.length; age++) {
      if (counts[age]! > 0) found.push([field, age, counts[age]!]);
    }
  }
  return found;
}

function statements(database: Database) {
  return {
    // only over what this process has recorded itself
    lengths: database.prepare(
      `UPDATE store SET rows_bytes = ?, rows_lines = ?, rejects_bytes = ?, rejects_lines = ?
       WHERE rows_bytes = ? AND rejects_bytes = ?`,
    ),
    range: database.prepare(
      `INSERT INTO ranges (partition, start, next) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET next = excluded.next`,
    ),
    counts: database.prepare(
      `INSERT INTO counts (partition, read, blank, rejected, filtered, kept)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET read = read + excluded.read,
         blank = blank + excluded.blank, rejected = rejected + excluded.rejected,
         filtered = filtered + excluded.filtered, kept = kept + excluded.kept`,
    ),
    reason: database.prepare(
      `INSERT INTO reasons (partition, reason, count) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    ),
    // one call for all fields: only those that have changed are given
    ages: database.prepare(
      `INSERT INTO ages (field, age, count)
       SELECT value ->> 0, value ->> 1, ? * (value ->> 2) FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    ),
  };
}
