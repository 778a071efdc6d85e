/**
 * How long our partitions are surely ours: until one session time-out after the last word
 * from us that the group has heard. Counted from when that was sent, so that a process that
 * was stopped in between does not take a late answer for a fresh one.
 */

/** A request that keeps us in the group. */
export type SignOfLife = "Heartbeat" | "SyncGroup";

/** Says whether our partitions are still ours. */
export class Lease {
  readonly #sessionMs: number;
  readonly #now: () => number;
  /** When the last answered request of each kind was sent, in ms since 1970. */
  readonly #sentAt = new Map<string, number>();
  #from = -Infinity;

  /**
   * Makes a lease that is not held yet.
   *
   * @param now Milliseconds since 1970.
   */
  constructor(sessionMs: number, now: () => number) {
    this.#sessionMs = sessionMs;
    this.#now = now;
  }

  /** Notes that a request was answered, well or not. */
  answered(request: string, sentAt: number): void {
    this.#sentAt.set(request, sentAt);
  }

  /** Begins anew: the last request of that kind was answered well. */
  extend(request: SignOfLife): void {
    this.#from = this.#sentAt.get(request) ?? -Infinity;
  }

  /** Whether it has not run out; a clock that was set back ends it too. */
  get isHeld(): boolean {
    const passed = this.#now() - this.#from;
    return passed >= 0 && passed < this.#sessionMs;
  }
}
