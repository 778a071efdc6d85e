/**
 * Whether a broker answers.
 */

/** How long a broker may be silent before it is said to be away, in ms. */
const SILENCE_MS = 1000;

/** Remembers since when no broker has answered. */
export class Contact {
  readonly #now: () => number;
  /** When one could first not be reached; undefined while one answers. */
  #awaySince: number | undefined;

  /** @param now Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a broker has answered. */
  answered(): void {
    this.#awaySince = undefined;
  }

  /** Notes that a broker was not reached. */
  missed(): void {
    this.#awaySince ??= this.#now();
  }

  /** Whether no broker has answered for a while. */
  get isAway(): boolean {
    return this.#awaySince !== undefined && this.#now() - this.#awaySince > SILENCE_MS;
  }
}
