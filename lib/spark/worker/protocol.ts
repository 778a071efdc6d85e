/**
 * What the client, Spark's tasks and the worker on the executors tell each other. All of it
 * is lines of text, which is what Spark pipes; what begins with U+0001 on the way to the
 * worker, or with U+0002 on the way back, is not a record and not a row.
 */
import type { Counts } from "../../transform/cleaned.ts";
import type { Layout, Reason } from "../../transform/types.ts";

/** The version of cohort that the worker was built from. */
export const WORKER_VERSION = "0.1.0";

/** The files of a session: the program, and what it is told. */
export const WORKER_FILE = "cohort_worker.js";
export const JOB_FILE = "cohort_job.json";

/** Begins a line for the worker that is not a record as it stands; then one of {@linkcode TO_WORKER}. */
export const ESCAPE = 1;

/** What follows {@linkcode ESCAPE}. */
export const TO_WORKER = {
  /** A split begins: its path in hex, where it starts, its length, the size of its file. */
  split: "h",
  /** A record in hex. */
  bytes: "b",
  /** A message without a value. */
  tombstone: "n",
} as const;

/** Begins a line of the worker that holds no rows; then one of {@linkcode FROM_WORKER}. */
export const META = 2;

/** What follows {@linkcode META}. */
export const FROM_WORKER = {
  /** A split begins: {@linkcode Split} as JSON. */
  split: "s",
  /** Lines of `rejects.jsonl`, numbered from the split's first line. */
  rejects: "r",
  /** A split ends: {@linkcode SplitEnd} as JSON. */
  end: "e",
  /** The ages of one field: {@linkcode FieldAges} as JSON. */
  ages: "a",
} as const;

/** Stands for a line end within a line of the worker: no row and no reject holds it. */
export const JOINT = 3;

/** What the worker is told. */
export interface WorkerJob {
  /** The version of cohort that asks. */
  readonly version: string;
  /** Students older than this many years are kept. */
  readonly olderThan: number;
  /** How many rejects of a split are sent at most; all where it is absent. */
  readonly maxRejects?: number;
  /** The files; none where a topic is read. */
  readonly sources: readonly WorkerSource[];
  /** The topic's name. */
  readonly topic?: string;
}

/** A file of the cluster. */
export interface WorkerSource {
  /** As Spark names it. */
  readonly path: string;
  /** As the user names it. */
  readonly name: string;
  readonly layout: Layout;
  /** By the Encoding Standard. */
  readonly encoding: string;
}

/** A part of a file, or a partition of a topic. */
export interface Split {
  /** Which of the job's sources; 0 of a topic. */
  readonly source: number;
  /** Its first byte, or the number of the topic's partition. */
  readonly start: number;
  /** Its length in bytes; 1 of a topic. */
  readonly length: number;
  /** The size of the file as it is stored; of a topic more than any other number. */
  readonly size: number;
}

/** What became of a split. */
export interface SplitEnd {
  readonly lines: number;
  /** Bytes of its lines as they stand in the file, each with a line end. */
  readonly stored: number;
  /** The same as UTF-8. */
  readonly bytes: number;
  /** Whether its last record has a quote that is still open: Spark has cut it in two. */
  readonly isCut: boolean;
  readonly counts: Counts;
  readonly reasons: readonly (readonly [Reason, number])[];
  readonly byText: number;
  /** Who cleaned. */
  readonly engine: string;
  /** Of a topic: the first offset and the one after the last. */
  readonly offsets?: readonly [start: number, next: number];
}

/** How many students a field has of each age: pairs of age and count. */
export type FieldAges = readonly [
  field: string,
  counts: readonly (readonly [age: number, count: number])[],
];

/** Begins what the worker writes to standard error when it gives up; JSON follows. */
export const FAILURE = "cohort-failure ";

/** Why the worker gave up. */
export interface Failure {
  readonly kind: "input" | "engine";
  readonly message: string;
  readonly hint: string;
}
