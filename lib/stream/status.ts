/**
 * The state of a stream at one moment, as data: all that a view, a page or a monitor shows.
 */
import { type Ages, type AgesByField, mergeAges } from "../analyse/ages.ts";
import type { Cleaned, Counts } from "../transform/clean.ts";
import type { RejectLine } from "../transform/rejects.ts";
import type { Reason } from "../transform/types.ts";
import { noCounts } from "./contents.ts";
import { type Latencies, LatencyHistogram } from "./latencies.ts";
import { LastRejects } from "./last_rejects.ts";
import { RateMeter } from "./rate.ts";

/** What a stream is doing. */
export type StreamState =
  /** It looks for the broker for the first time. */
  | "connecting"
  /** It waits until the group has shared out the partitions. */
  | "joining"
  /** Messages come, or are still to come. */
  | "reading"
  /** The broker is away; it is tried again and again. */
  | "waiting for the broker"
  /** Every message of its partitions is in the store. */
  | "caught up"
  /** It finishes what it has begun, and ends. */
  | "stopping";

/** One partition that the stream reads. */
export interface PartitionStatus {
  readonly partition: number;
  /** The next offset to read; all before it is durable. */
  readonly checkpoint: bigint;
  /** The offset that the next message of the topic will have, as far as is known. */
  readonly end: bigint;
  /** `end` − `checkpoint`; never negative. */
  readonly lag: bigint;
}

/** A stream at one moment. */
export interface StreamStatus {
  readonly state: StreamState;
  readonly topic: string;
  /** The consumer group. */
  readonly group: string;
  /** The folder of the store. */
  readonly store: string;
  /** When the process began. */
  readonly started: Date;
  /** The moment that this describes. */
  readonly at: Date;
  /** Over the last seconds. */
  readonly recordsPerSecond: number;
  /** Those that this process reads now, by number. */
  readonly partitions: readonly PartitionStatus[];
  /** What became of all records in the store, those of earlier runs among them. */
  readonly counts: Counts;
  /** The rejects among them by reason, in the order in which they first came. */
  readonly reasons: ReadonlyMap<Reason, number>;
  /** The ages of all valid students in the store, kept or not, by field. */
  readonly ages: ReadonlyMap<string, Ages>;
  /** Students older than this many years are kept. */
  readonly olderThan: number;
  /** The last ones of this process, the newest last; at most 10. */
  readonly lastRejects: readonly RejectLine[];
  /** How long the commits of this process took. */
  readonly commits: Latencies;
  /** How often the group has shared out the partitions since this process joined. */
  readonly rebalances: number;
  /** The program's own. */
  readonly version: string;
}

/** Returns the state at the moment of the call. */
export type StatusReader = () => StreamStatus;

/** What does not change while a stream runs. */
export interface StreamFacts {
  readonly topic: string;
  readonly group: string;
  readonly store: string;
  readonly olderThan: number;
  readonly version: string;
  /** The clock. */
  readonly now: () => Date;
}

/** What a store holds when the stream begins. */
export interface StoredTotals {
  readonly counts: Counts;
  readonly reasons: ReadonlyMap<Reason, number>;
  readonly ages: ReadonlyMap<string, Ages>;
}

/** What a commit adds. */
export interface Added extends StoredTotals {
  readonly checkpoints: ReadonlyMap<number, bigint>;
  readonly records: number;
  readonly latencyMs: number;
}

/** What the stream is doing, as far as it has to be told. */
export type Phase = Exclude<StreamState, "caught up">;

/** Collects what a stream does into a {@linkcode StreamStatus}. */
export class StreamMonitor {
  readonly #facts: StreamFacts;
  readonly #started: Date;
  readonly #rate = new RateMeter();
  readonly #commits = new LatencyHistogram();
  readonly #rejects = new LastRejects();
  readonly #counts = noCounts();
  readonly #reasons = new Map<Reason, number>();
  readonly #ages: AgesByField = new Map();
  readonly #checkpoints = new Map<number, bigint>();
  readonly #ends = new Map<number, bigint>();
  #rebalances = 0;
  /** What the stream is doing; `caught up` follows from the lag. */
  phase: Phase = "connecting";

  constructor(facts: StreamFacts) {
    this.#facts = facts;
    this.#started = facts.now();
  }

  /** Takes over what the store holds. */
  opened(totals: StoredTotals): void {
    this.#add(totals);
  }

  /** Takes these partitions, each from its position on, instead of those before. */
  assigned(positions: ReadonlyMap<number, bigint>): void {
    this.#rebalances++;
    this.#checkpoints.clear();
    for (const [partition, at] of positions) this.#checkpoints.set(partition, at);
  }

  /** Learns where a partition ends now. */
  ends(partition: number, end: bigint): void {
    this.#ends.set(partition, end);
  }

  /** Sees what became of a batch, before it is durable. */
  cleaned({ rejects }: Pick<Cleaned, "rejects">): void {
    this.#rejects.add(rejects);
  }

  /** Counts what has become durable. */
  committed(added: Added): void {
    this.#add(added);
    this.#commits.add(added.latencyMs);
    this.#rate.add(added.records, this.#facts.now().getTime());
    for (const [partition, next] of added.checkpoints) {
      this.#checkpoints.set(partition, next);
    }
  }

  /** Returns the state now. */
  readonly read: StatusReader = () => {
    const { topic, group, store, olderThan, version, now } = this.#facts;
    const at = now();
    const partitions = this.#partitions();
    return {
      state: this.#state(partitions),
      ...{ topic, group, store, olderThan, version, partitions, at },
      started: this.#started,
      recordsPerSecond: this.#rate.perSecond(at.getTime()),
      counts: { ...this.#counts },
      reasons: this.#reasons,
      ages: this.#ages,
      lastRejects: this.#rejects.lines(),
      commits: this.#commits.read(),
      rebalances: this.#rebalances,
    };
  };

  #partitions(): readonly PartitionStatus[] {
    return [...this.#checkpoints].sort(([a], [b]) => a - b)
      .map(([partition, checkpoint]) => {
        const known = this.#ends.get(partition) ?? checkpoint;
        const end = known > checkpoint ? known : checkpoint;
        return { partition, checkpoint, end, lag: end - checkpoint };
      });
  }

  #state(partitions: readonly PartitionStatus[]): StreamState {
    if (this.phase !== "reading") return this.phase;
    return partitions.every(({ lag }) => lag === 0n) ? "caught up" : "reading";
  }

  #add({ counts, reasons, ages }: StoredTotals): void {
    for (const key of Object.keys(counts) as (keyof Counts)[]) {
      this.#counts[key] += counts[key];
    }
    for (const [reason, count] of reasons) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    }
    mergeAges(this.#ages, ages);
  }
}
