/**
 * How far we are, told to the group for those who watch its lag and for whoever takes a
 * partition over; nobody waits for it.
 */
import type { EachBatchPayload } from "./client.ts";

/** How the client sends offsets. */
export type OffsetSender = EachBatchPayload["commitOffsetsIfNecessary"];

/** Tells the group our offsets, a request at a time. */
export class GroupOffsets {
  readonly #topic: string;
  #waiting = new Map<number, bigint>();
  #sending: Promise<void> | undefined;
  #isClosed = false;
  /** How the client sends; unknown before the first messages. */
  sender: OffsetSender | undefined;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** Sends them behind those that are on their way. */
  send(offsets: ReadonlyMap<number, bigint>): void {
    for (const [partition, offset] of offsets) this.#waiting.set(partition, offset);
    this.#sending ??= this.sendNow().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.size > 0 && !this.#isClosed) this.send(new Map());
    });
  }

  /** Sends what waits, without regard to what is on its way; what fails comes next time. */
  async sendNow(): Promise<void> {
    if (this.sender === undefined || this.#waiting.size === 0) return;
    const partitions = [...this.#waiting].map(([partition, offset]) => ({
      partition,
      offset: `${offset}`,
    }));
    this.#waiting.clear();
    const topics = [{ topic: this.#topic, partitions }];
    await this.sender({ topics }).catch(() => {});
  }

  /** Drops what waits: others may read these partitions now. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Sends the last ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#sending;
    await this.sendNow();
  }
}
