/**
 * Whether a broker answers.
 */

/** How long no broker may be reached before it is said to be away, in ms. */
const UNREACHED_MS = 1000;
/** After so many looks without an answer in between it is away, too. */
const SILENT_LOOKS = 30;

/** Remembers since when no broker has answered. */
export class Contact {
  readonly #now: () => number;
  /** When one could first not be reached; undefined while one answers. */
  #awaySince: number | undefined;
  /** How often it was looked since the last answer. */
  #looks = 0;

  /** @param now Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a broker has answered. */
  answered(): void {
    this.#awaySince = undefined;
    this.#looks = 0;
  }

  /** Notes that a broker was not reached. */
  missed(): void {
    this.#awaySince ??= this.#now();
  }

  /**
   * Looks whether no broker has answered for a while; to be asked every 100 ms.
   *
   * @param isDue Whether answers are to be expected: who waits for others to join gets none.
   */
  look({ isDue }: { readonly isDue: boolean }): boolean {
    // looks and not time: a process that was busy or stopped has heard nobody, either
    this.#looks = isDue ? this.#looks + 1 : 0;
    return this.#looks > SILENT_LOOKS ||
      this.#awaySince !== undefined && this.#now() - this.#awaySince > UNREACHED_MS;
  }
}
