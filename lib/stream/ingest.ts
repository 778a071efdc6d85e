/**
 * From messages to a store, in the one order that makes a crash harmless: write, flush,
 * commit.
 *
 * Rows and rejects are appended to their files as they are cleaned. Several batches share one
 * commit: it flushes both files, then records their lengths, the offsets and the counts in
 * one transaction. A crash before that leaves bytes behind the recorded lengths, which are
 * cut off when the store is opened, and the same messages are read again; a crash after it
 * leaves nothing to do. So nothing is lost and nothing is doubled.
 *
 * Nothing is tried again in memory: after a failure every call throws, and only a new start,
 * from what is on disk, goes on.
 */
import type { AgesByField } from "../analyse/ages.ts";
import type { Cleaned, Cleaner, Counts } from "../transform/clean.ts";
import type { Reason, ValuesBatch } from "../transform/types.ts";
import type { OffsetRange } from "./contents.ts";
import { checkNoJump } from "./offsets.ts";
import { Pending } from "./pending.ts";
import type { Store } from "./store.ts";

/** From how many bytes on messages are many. */
const MUCH_BYTES = 128 * 1024;

/** What an ingest needs; what is absent has a default. */
export interface IngestOptions {
  /** Who cleans, by the threshold of the store; for this ingest alone. */
  readonly cleaner: Cleaner;
  /**
   * How long a message waits for a commit at most, as batches come; 50 ms. Where much comes
   * and the disk is slow, up to two and a half times as long, lest commits take most of the
   * time.
   */
  readonly commitMs?: number;
  /** From how many bytes of messages on a commit does not wait; 4 MiB. */
  readonly commitBytes?: number;
  /** Milliseconds on a clock that never goes back. */
  readonly clock?: () => number;
  /**
   * Whether the partitions are still ours, as far as this process knows. One that was
   * stopped and wakes up after others took over must not commit.
   */
  readonly isOwner?: () => boolean;
  /** Told after every commit. */
  readonly onCommit?: (commit: Commit) => void;
}

/** What has become durable. */
export interface Commit {
  /** The partitions that went on, each with its checkpoint. */
  readonly checkpoints: ReadonlyMap<number, bigint>;
  /** How many records were added. */
  readonly records: number;
  /** What became of them. */
  readonly counts: Counts;
  /** The rejects among them by reason. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** The ages of the valid students among them, by field. */
  readonly ages: AgesByField;
  /** How long the flush and the commit took, in milliseconds. */
  readonly latencyMs: number;
}

/** What is known of a batch beside its messages: some offsets hold none. */
export interface Fetched {
  /**
   * The offset that was asked of the broker: between it and the first message there is none.
   * Without it, a first message beyond the position is an error.
   */
  readonly from?: bigint;
  /** The offset after all that the batch covers; without it, after its last message. */
  readonly end?: bigint;
}

/** Cleans the messages of some partitions into a store. */
export class Ingest {
  readonly #store: Store;
  readonly #options: Required<IngestOptions>;
  /** Of each partition, the range that is being read, uncommitted messages included. */
  readonly #ranges = new Map<number, OffsetRange>();
  readonly #pending = new Pending();
  /** When the oldest uncommitted message came. */
  #since = 0;
  /** How long many messages wait for a commit, in ms: ten times as long as the last took. */
  #patientMs = 0;
  #failure: unknown;

  constructor(store: Store, options: IngestOptions) {
    this.#store = store;
    this.#options = {
      commitMs: 50,
      commitBytes: 4 * 1024 * 1024,
      clock: () => performance.now(),
      isOwner: () => true,
      onCommit: () => {},
      ...options,
    };
  }

  /**
   * Takes these partitions and no others; what is uncommitted is dropped. To be called
   * whenever the group has shared them out anew.
   *
   * @param starts By partition, where to begin at least: the group's offset, or where one
   * that nobody has read shall begin.
   * @returns By partition, where to read: there, or at the checkpoint if that is further.
   * @throws {PipelineError} If the disk refuses.
   */
  assign(starts: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint> {
    this.#unlessFailed(() => this.#drop());
    for (const [partition, start] of starts) {
      const last = this.#store.lastRange(partition);
      const goesOn = last !== undefined && last.next >= start;
      this.#ranges.set(partition, goesOn ? last : { start, next: start });
    }
    return this.positions;
  }

  /** By partition, the offset to be read next; beyond the checkpoint until the commit. */
  get positions(): ReadonlyMap<number, bigint> {
    return new Map(
      this.#ranges.entries().map(([partition, { next }]) => [partition, next]),
    );
  }

  /** In how many milliseconds a commit is due; undefined where there is nothing to commit. */
  get dueInMs(): number | undefined {
    if (this.#pending.isEmpty) return undefined;
    const { commitMs, clock } = this.#options;
    const waitMs = this.#pending.bytes > MUCH_BYTES ? this.#patientMs : commitMs;
    return Math.max(0, this.#since + waitMs - clock());
  }

  /**
   * Cleans a batch and appends it; commits if that is due. Messages below the position came
   * before and are left out.
   *
   * @returns What became of its new messages; undefined where it has none.
   * @throws {RangeError} If its partition is not assigned.
   * @throws {PipelineError} If messages before it did not come, or the disk refuses.
   */
  add(batch: ValuesBatch, { from, end = 0n }: Fetched = {}): Cleaned | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const { partition = 0, offsets } = batch;
    const range = this.#ranges.get(partition);
    if (range === undefined) {
      throw new RangeError(`Partition ${partition} is not assigned`);
    }
    const place = `${batch.input.name}/${partition}`;
    checkNoJump(place, range.next, from ?? offsets[0] ?? range.next);
    const next = [end, (offsets.at(-1) ?? -1n) + 1n].reduce(later, range.next);
    if (next === range.next) return undefined;
    return this.#unlessFailed(() => {
      const fresh = since(range.next, batch);
      const cleaned = this.#options.cleaner.clean(fresh);
      this.#store.rows.write(cleaned.csv);
      this.#store.rejects.write(cleaned.rejects);
      if (this.#pending.isEmpty) this.#since = this.#options.clock();
      this.#ranges.set(partition, { ...range, next });
      this.#pending.add(fresh, { ...range, next }, cleaned);
      const isFull = this.#pending.bytes >= this.#options.commitBytes;
      if (isFull || this.dueInMs === 0) this.#commit();
      return cleaned;
    });
  }

  /**
   * Makes durable what was added.
   *
   * @returns Whether it is; false where the partitions are no longer ours. Then it is
   * dropped, and nothing is taken before partitions are assigned again.
   * @throws {PipelineError} If the disk refuses.
   */
  commit(): boolean {
    return this.#unlessFailed(() => this.#pending.isEmpty || this.#commit());
  }

  #commit(): boolean {
    const { clock, cleaner, isOwner, onCommit, commitMs } = this.#options;
    const { rows, rejects, identity } = this.#store;
    const started = clock();
    rows.flush();
    rejects.flush();
    if (!isOwner()) return this.#drop();
    const delta = this.#pending.delta(
      takeAges(cleaner),
      identity.olderThan,
      this.#store.gainedLines,
    );
    // Last: a crash before this line repeats the messages over files cut back to their
    // recorded lengths
    const takeBack = this.#store.commit(delta);
    // asked again: a process is most easily stopped while it waits for the disk
    if (!isOwner()) {
      takeBack();
      return this.#drop();
    }
    const { checkpoints, records, counts, reasons } = this.#pending;
    const { ages } = delta;
    this.#pending.clear();
    const latencyMs = clock() - started;
    this.#patientMs = Math.min(Math.max(commitMs, 10 * latencyMs), 2.5 * commitMs);
    onCommit({ checkpoints, records, counts, reasons, ages, latencyMs });
    return true;
  }

  /** Drops what is uncommitted, and the partitions with it. */
  #drop(): false {
    this.#ranges.clear();
    if (!this.#pending.isEmpty) this.#store.cutBack();
    takeAges(this.#options.cleaner);
    this.#pending.clear();
    return false;
  }

  /** After a failure memory and disk may differ, and only the disk is believed. */
  #unlessFailed<T>(action: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return action();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

/** Takes the ages out of a cleaner, so that every student is in one commit only. */
function takeAges({ ages }: Cleaner): AgesByField {
  const taken = new Map(ages);
  ages.clear();
  return taken;
}

/** Returns the messages of a batch from that offset on. */
function since(offset: bigint, batch: ValuesBatch): ValuesBatch {
  const { values, offsets } = batch;
  if (offsets.length === 0 || offsets[0]! >= offset) return batch;
  const first = offsets.findIndex((one) => one >= offset);
  const at = first < 0 ? offsets.length : first;
  return { ...batch, values: values.slice(at), offsets: offsets.slice(at) };
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
