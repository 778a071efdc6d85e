/**
 * What the tests of stores share: messages that can be made again from their offset, and the
 * oracle that recounts a store from its files.
 */
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { type AgesByField, countAge, olderThan } from "../lib/analyse/ages.ts";
import { formatReject } from "../lib/transform/rejects.ts";
import { totalCounts } from "../lib/stream/contents.ts";
import { Ingest, type IngestOptions } from "../lib/stream/ingest.ts";
import type { StoreIdentity } from "../lib/stream/schema.ts";
import { readStore } from "../lib/stream/snapshot.ts";
import { Store } from "../lib/stream/store.ts";
import { type Cleaner, recordJudge, textCleaner } from "../lib/transform/clean.ts";
import { studentRow, STUDENTS_HEADER } from "../lib/transform/csv.ts";
import { BatchReader } from "../lib/transform/records.ts";
import { PLAIN_LAYOUT, type ValuesBatch } from "../lib/transform/types.ts";

/** Whose store it is in the tests. */
export const IDENTITY: StoreIdentity = {
  clusterId: "cluster-1",
  topic: "ibtissam",
  topicId: "topic-1",
  groupId: "cohort",
  olderThan: 20,
};

const INPUT = { name: IDENTITY.topic, layout: PLAIN_LAYOUT };
const FIELDS = ["Law", "Médecine", "__proto__", '"Law, ""civil"""', "Histoire"];
const UTF8 = new TextEncoder();

/** Returns the message at an offset of a partition: always the same, some of them bad. */
export function message(partition: number, offset: number): Uint8Array | null {
  const id = `P${partition}N${offset}`;
  const field = FIELDS[(partition + offset) % FIELDS.length];
  const age = 15 + (offset * 7 + partition) % 30;
  switch (offset % 23) {
    case 3:
      return UTF8.encode(`Ali ${id}, ${age}.0, ${field}`);
    case 7:
      return UTF8.encode("  ");
    case 11:
      return offset % 2 ? null : Uint8Array.from([...UTF8.encode(`Ali ${id}`), 0xff]);
    case 13:
      return UTF8.encode(`one_word_${id}, ${age}, ${field}\r\n`);
    default:
      return UTF8.encode(`Zoé ${id}, ${age}, ${field}`);
  }
}

/** Returns the messages of a partition from one offset to before another. */
export function messages(partition: number, start: number, end: number): ValuesBatch {
  const offsets = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  return {
    input: INPUT,
    partition,
    offsets: offsets.map(BigInt),
    values: offsets.map((offset) => message(partition, offset)),
  };
}

/** Returns an ingest that commits after every batch, all partitions from 0. */
export function ingestInto(
  store: Store,
  { partitions = [0], ...options }: Partial<IngestOptions> & {
    readonly partitions?: readonly number[];
  } = {},
): Ingest {
  const cleaner = textCleaner({ olderThan: store.identity.olderThan });
  const ingest = new Ingest(store, { cleaner, commitMs: 0, ...options });
  ingest.assign(new Map(partitions.map((partition) => [partition, 0n])));
  return ingest;
}

/** What a store must hold. */
interface Expected {
  readonly rows: readonly string[];
  readonly rejects: readonly string[];
  readonly ages: AgesByField;
}

/** Returns what the messages up to these offsets become, partition by partition. */
export function expected(ends: ReadonlyMap<number, number>): Expected {
  const [rows, rejects, ages]: [string[], string[], AgesByField] = [[], [], new Map()];
  for (const [partition, end] of ends) {
    for (const verdict of recordJudge()(messages(partition, 0, end))) {
      if (verdict === "blank") continue;
      if ("reason" in verdict) rejects.push(formatReject(verdict));
      else {
        countAge(ages, verdict.field, verdict.age);
        if (verdict.age > IDENTITY.olderThan) rows.push(studentRow(verdict));
      }
    }
  }
  return { rows, rejects, ages };
}

/** Returns the lines of a file, each with its end; a torn last one too. */
function lines(path: string): string[] {
  return Deno.readTextFileSync(path).match(/.*\n|.+$/g) ?? [];
}

/**
 * The oracle: what is committed is exactly what the messages up to the checkpoints become,
 * each as often as it came; nothing is torn, and the numbers are those of the rows.
 *
 * @param isClosed Whether the files hold nothing but what is committed.
 */
export async function checkStore(path: string, { isClosed = true } = {}) {
  const { contents, ages } = await readStore(path);
  const ends = new Map(
    [...contents.partitions].map(([partition, { ranges }]) => {
      assert.deepEqual(ranges.map(({ start }) => start), [0n]);
      return [partition, Number(ranges[0]!.next)];
    }),
  );
  const wanted = expected(ends);
  const [header, ...rows] = lines(`${path}/etudiants_transformed.csv`);
  const rejects = lines(`${path}/rejects.jsonl`);
  assert.equal(header, STUDENTS_HEADER);
  if (isClosed) {
    assert.deepEqual(rows.length, wanted.rows.length);
    assert.deepEqual(rejects.length, wanted.rejects.length);
  }
  const committed = rows.slice(0, contents.rows.lines - 1);
  assert.deepEqual(committed.toSorted(), wanted.rows.toSorted());
  assert.deepEqual(
    rejects.slice(0, contents.rejects.lines).toSorted(),
    wanted.rejects.toSorted(),
  );
  assert.deepEqual(ages, wanted.ages);
  checkRecount(committed, ages);
  const { read, rejected } = totalCounts(contents.partitions.values());
  assert.equal(read, [...ends.values()].reduce((sum, end) => sum + end, 0));
  assert.equal(rejected, wanted.rejects.length);
  return ends;
}

/** Recounts the ages from the CSV, by another reader of CSV. */
function checkRecount(rows: readonly string[], ages: AgesByField): void {
  const recount: AgesByField = new Map();
  for (const [, , age, field] of parse(rows.join("")) as string[][]) {
    countAge(recount, field!, Number(age));
  }
  for (const [field, counts] of ages) {
    const kept = olderThan(counts, IDENTITY.olderThan);
    assert.deepEqual(recount.get(field) ?? olderThan(kept, 150), kept, field);
  }
}

/** Opens a store of the tests. */
export function openHere(path: string, options = {}): Promise<Store> {
  return Store.open(path, IDENTITY, {
    now: () => new Date("2026-01-31T12:00:00Z"),
    ...options,
  });
}

/** A CSV to be streamed. */
export const SAMPLE = new URL("../data/students.csv", import.meta.url).pathname;

/** Streams the records of the sample, as messages, into a store of one partition. */
export async function streamSample(path: string, cleaner: Cleaner, olderThan = 20) {
  const bytes = Deno.readFileSync(SAMPLE);
  const input = { name: IDENTITY.topic, layout: PLAIN_LAYOUT };
  const batch = { input, bytes, byteOffset: 0, isLast: true };
  const [, ...records] = new BatchReader(PLAIN_LAYOUT).read(batch);
  const values = records.map(({ byteOffset, length }) =>
    bytes.subarray(byteOffset, byteOffset + length)
  );
  using store = await Store.open(path, { ...IDENTITY, olderThan });
  const ingest = ingestInto(store, { cleaner });
  for (let at = 0; at < values.length; at += 100) {
    const some = values.slice(at, at + 100);
    const offsets = some.map((_, i) => BigInt(at + i));
    ingest.add({ input, partition: 0, values: some, offsets });
  }
}
