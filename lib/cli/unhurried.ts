/**
 * Output that nobody waits for: a terminal that is held (Ctrl-S) and a pipe that is not read
 * take nothing, and what runs behind them has to go on.
 */
import { type Output, writeAll } from "./effects.ts";

/** How much may wait, in bytes; what comes beyond that is dropped. */
const MOST_WAITING = 64 * 1024;
/** How long what waits may take at the end before it holds up the program, in ms. */
const PATIENCE_MS = 1000;

/** An output whose writes return at once; dispose of it to wait for them. */
export class Unhurried implements Output, AsyncDisposable {
  readonly #output: Output;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  isTerminal(): boolean {
    return this.#output.isTerminal();
  }

  /** Whether something is on its way: what is out of date soon is better left out then. */
  get isBusy(): boolean {
    return this.#writing !== undefined;
  }

  /** Takes the bytes, or drops them where too much waits; returns how many there were. */
  writeSync(bytes: Uint8Array): number {
    if (this.#bytes + bytes.length <= MOST_WAITING) {
      this.#waiting.push(bytes);
      this.#bytes += bytes.length;
    }
    this.#writing ??= this.#writeWaiting().finally(() => this.#writing = undefined);
    return bytes.length;
  }

  /** Writes what waits, and waits for that. */
  writeNow(): void {
    for (const bytes of this.#take()) writeAll(this.#output, bytes);
  }

  /** Waits until all is written; at last also for who holds the terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise: isTooLong, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, PATIENCE_MS);
    await Promise.race([this.#writing, isTooLong]);
    clearTimeout(timer);
    this.writeNow();
  }

  async #writeWaiting(): Promise<void> {
    await undefined; // what comes at once can still be written now
    const { write } = this.#output;
    if (write === undefined) return this.writeNow();
    try {
      while (this.#waiting.length > 0) {
        for (const bytes of this.#take()) {
          for (let done = 0; done < bytes.length;) {
            done += await write.call(this.#output, bytes.subarray(done));
          }
        }
      }
    } catch { /* nobody is there any more */ }
  }

  #take(): readonly Uint8Array[] {
    const taken = this.#waiting;
    [this.#waiting, this.#bytes] = [[], 0];
    return taken;
  }
}
