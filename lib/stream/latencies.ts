/**
 * How long something took, counted into buckets, as Prometheus wants it.
 */

/** The upper bounds of the buckets, in milliseconds; a last one has none. */
const BOUNDS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const;

/** How long all that was counted took. */
export interface Latencies {
  readonly count: number;
  /** The sum, in milliseconds. */
  readonly sumMs: number;
  /** How many took at most so long, those of the buckets before among them. */
  readonly buckets: readonly LatencyBucket[];
}

/** One bucket. */
export interface LatencyBucket {
  /** In milliseconds; `Infinity` of the last one. */
  readonly atMostMs: number;
  readonly count: number;
}

/** Counts latencies. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BOUNDS_MS.length + 1);
  #sumMs = 0;

  /** Counts one more. */
  add(ms: number): void {
    const found = BOUNDS_MS.findIndex((bound) => ms <= bound);
    this.#counts[found < 0 ? BOUNDS_MS.length : found]!++;
    this.#sumMs += ms;
  }

  /** Returns what was counted so far. */
  read(): Latencies {
    let count = 0;
    const buckets = [...BOUNDS_MS, Infinity].map((atMostMs, i) => ({
      atMostMs,
      count: count += this.#counts[i]!,
    }));
    return { count, sumMs: this.#sumMs, buckets };
  }
}
