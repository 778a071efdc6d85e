/**
 * What was fetched and is not taken yet. The client asks for the next messages only when it
 * has handed over the last: so it hands them over here, and the broker looks for the next
 * ones while these are cleaned.
 */
import { setImmediate } from "node:timers";

/** How much may wait before the client has to, in bytes. */
const MOST_WAITING = 2 * 1024 * 1024;

/** Takes what is handed over, one after the other, in order. */
export class Handover {
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #onRoom: (() => void) | undefined;

  /**
   * Hands over; resolves when there is room for more. `take` never fails.
   *
   * @param size How much it is, in bytes.
   */
  async put(size: number, take: () => void | Promise<void>): Promise<void> {
    this.#waiting += size;
    this.#last = this.#last.then(async () => {
      await untilClientHasAsked();
      this.#waiting -= size;
      this.#onRoom?.();
      await take();
    });
    while (this.#waiting > MOST_WAITING) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRoom = resolve;
      await promise;
    }
  }
}

/** Resolves when the client has asked for the next messages, if it does. */
function untilClientHasAsked(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
