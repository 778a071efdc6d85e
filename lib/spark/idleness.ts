/**
 * Notices that no executor works on a query: they are lost, or have other work. Spark itself
 * waits for one for ever, and says so only in its own log.
 */
import { PipelineError } from "../errors.ts";
import type { ExecutionProgress } from "./messages.ts";

/** What happens when nobody works. */
export interface IdlenessOptions {
  /** How long nobody may work on a query, in ms, until it is given up; 10 min by default. */
  readonly idleMs?: number;
  /** Told once for each time that nobody works, after a twentieth of it. */
  readonly onWarning?: (message: string) => void;
}

/** Watches over one query. */
export class Idleness {
  readonly #idleMs: number;
  readonly #onWarning: ((message: string) => void) | undefined;
  /** Since when nobody works, in ms; undefined while somebody does. */
  #since: number | undefined;
  #hasWarned = false;

  constructor({ idleMs = 600_000, onWarning }: IdlenessOptions) {
    this.#idleMs = idleMs;
    this.#onWarning = onWarning;
  }

  /**
   * Takes what Spark tells at that time.
   *
   * @param now In ms, by a clock that does not go back.
   * @throws {PipelineError} If nobody has worked for too long.
   */
  take({ stages, num_inflight_tasks }: ExecutionProgress, now: number): void {
    const isIdle = num_inflight_tasks === 0 && stages.some(({ done }) => !done);
    if (!isIdle) {
      this.#since = undefined;
      this.#hasWarned = false;
      return;
    }
    const idleMs = now - (this.#since ??= now);
    if (idleMs >= this.#idleMs) throw givenUp(this.#idleMs);
    if (idleMs < this.#idleMs / 20 || this.#hasWarned) return;
    this.#hasWarned = true;
    this.#onWarning?.(
      `No executor of Spark works on this: they are lost, or busy; waiting up to ${
        seconds(this.#idleMs)
      }`,
    );
  }
}

function givenUp(idleMs: number): PipelineError {
  return new PipelineError(
    "engine",
    `No executor of Spark has worked on this for ${seconds(idleMs)}`,
    { hint: "See whether its executors are there and what else they do; then run again" },
  );
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
