/**
 * What one commit adds to the database: nothing is read first, everything is added in one
 * transaction, so that a commit that failed has counted nobody.
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

/** Records a delta and the lengths from which and to which the files have grown. */
export type Recorder = (delta: Delta, from: Lengths, to: Lengths) => void;

/** Returns the function that records what a commit adds to the database of a folder. */
export function recorder(database: Database, folder: string): Recorder {
  const sql = statements(database);
  const record: Recorder = ({ partitions, ages }, from, { rows, rejects }) => {
    const { changes } = sql.lengths.run(
      ...[rows.bytes, rows.lines, rejects.bytes, rejects.lines],
      ...[from.rows.bytes, from.rejects.bytes],
    );
    if (Number(changes) !== 1) {
      throw unusable(folder, "another process has written to it");
    }
    for (const [partition, { range, counts, reasons }] of partitions) {
      const { read, blank, rejected, filtered, kept } = counts;
      sql.range.run(partition, range.start, range.next);
      sql.counts.run(partition, read, blank, rejected, filtered, kept);
      for (const [reason, count] of reasons) sql.reason.run(partition, reason, count);
    }
    if (ages.size > 0) sql.ages.run(JSON.stringify(cells(ages)));
  };
  return (...args) => {
    database.exec("BEGIN IMMEDIATE");
    record(...args);
    database.exec("COMMIT");
  };
}

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
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    ),
  };
}
