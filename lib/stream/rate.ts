/**
 * How many records a second there were lately.
 */

/** Over how long a time, in ms. */
const WINDOW_MS = 5000;
/** How fine the time is cut, in ms. */
const SLOT_MS = 250;

/** Counts records by when they came. */
export class RateMeter {
  /** By the number of the slot of time. */
  readonly #slots = new Map<number, number>();
  #first: number | undefined;

  /** Counts records that have come at that time, in ms. */
  add(records: number, nowMs: number): void {
    this.#first ??= nowMs;
    this.#drop(nowMs);
    const slot = Math.floor(nowMs / SLOT_MS);
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + records);
  }

  /** Returns the rate of the last seconds, or since the first record where that is less. */
  perSecond(nowMs: number): number {
    this.#drop(nowMs);
    const records = this.#slots.values().reduce((sum, count) => sum + count, 0);
    const ms = Math.min(WINDOW_MS, Math.max(SLOT_MS, nowMs - (this.#first ?? nowMs)));
    return 1000 * records / ms;
  }

  #drop(nowMs: number): void {
    const oldest = Math.floor((nowMs - WINDOW_MS) / SLOT_MS);
    for (const slot of this.#slots.keys()) if (slot <= oldest) this.#slots.delete(slot);
  }
}
