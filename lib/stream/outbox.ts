/**
 * Collects messages into batches and sends them: no faster than asked, and patiently while
 * the broker is away.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Outgoing, RecordProducer } from "../kafka/producer.ts";

/** How many records ended where. */
export interface ProduceCounts {
  /** Handed to the broker. */
  readonly sent: number;
  /** Of these, stored by the broker. */
  readonly acknowledged: number;
  /** Of these, as another student than the file says: see `Message.isAltered`. */
  readonly altered: number;
  /** Of these, without their end: longer than a message can be, refused either way. */
  readonly cut: number;
}

/** A message that waits for its batch. */
export interface Waiting extends Outgoing {
  readonly isAltered: boolean;
  readonly isCut: boolean;
}

/** How messages are sent. */
export interface OutboxOptions {
  /** How many records a second at most. */
  readonly rate?: number | undefined;
  /** Ends all waiting; what is under way may still end well for a few seconds. */
  readonly signal: AbortSignal;
  /** Told when the broker has not answered for a while, and when it has answered again. */
  readonly onWaiting?: (isWaiting: boolean) => void;
}

/** The most records of a batch: with ten times as many the client is four times slower. */
const BATCH_RECORDS = 2000;
/** The most bytes of a batch: brokers take 1 MiB where nobody has told them otherwise. */
const BATCH_BYTES = 1_000_000;
/** What a message takes beside its value and its key, at most, in bytes. */
const OVERHEAD_BYTES = 32;
/** The longest value, in bytes: it fits into a batch of its own. */
export const VALUE_BYTES = BATCH_BYTES - 1000;
/** With a rate, a batch is what is due in this time, in ms. */
const SLICE_MS = 50;
/** After so long without an answer the user is told, in ms. */
const PATIENCE_MS = 2000;
/** After the signal, what is under way is given up after so long, in ms. */
const FAREWELL_MS = 5000;

/** Collects messages and sends them. */
export class Outbox {
  readonly #producer: RecordProducer;
  readonly #options: OutboxOptions;
  readonly #most: number;
  readonly #counts = { sent: 0, acknowledged: 0, altered: 0, cut: 0 };
  #waiting: Waiting[] = [];
  #bytes = 0;
  /** When the next batch is due, in ms of `performance.now()`. */
  #due = 0;

  constructor(producer: RecordProducer, options: OutboxOptions) {
    this.#producer = producer;
    this.#options = options;
    const { rate } = options;
    const slice = rate === undefined ? BATCH_RECORDS : Math.ceil(rate * SLICE_MS / 1000);
    this.#most = Math.min(slice, BATCH_RECORDS);
  }

  /** What became of the messages so far. */
  get counts(): ProduceCounts {
    return { ...this.#counts };
  }

  /** Whether the message still fits into the batch. */
  hasRoomFor(message: Waiting): boolean {
    return this.#waiting.length < this.#most &&
      this.#bytes + bytesOf(message) <= BATCH_BYTES;
  }

  /** Puts the message into the batch. */
  add(message: Waiting): void {
    this.#waiting.push(message);
    this.#bytes += bytesOf(message);
  }

  /**
   * Sends what waits and resolves when the broker has stored it, or has not within 5 s after
   * the signal.
   *
   * @throws {PipelineError} If the broker refuses it.
   */
  async send(): Promise<void> {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    [this.#waiting, this.#bytes] = [[], 0];
    await this.#untilDue(batch.length);
    this.#counts.sent += batch.length;
    this.#counts.acknowledged += await this.#deliver(batch);
    for (const { isAltered, isCut } of batch) {
      if (isAltered) this.#counts.altered++;
      if (isCut) this.#counts.cut++;
    }
  }

  async #untilDue(records: number): Promise<void> {
    const { rate, signal } = this.#options;
    if (rate === undefined) return;
    const now = performance.now();
    const due = Math.max(now, this.#due); // time that was lost is not made up for
    this.#due = due + 1000 * records / rate;
    await sleep(due - now, undefined, { signal }).catch(() => {});
  }

  async #deliver(batch: readonly Outgoing[]): Promise<number> {
    const { signal, onWaiting } = this.#options;
    let isWaiting = false;
    const patience = setTimeout(() => onWaiting?.(isWaiting = true), PATIENCE_MS);
    const end = new AbortController();
    try {
      return await Promise.race([
        this.#producer.send(batch),
        farewell(signal, end.signal).then(() => 0),
      ]);
    } finally {
      end.abort();
      clearTimeout(patience);
      if (isWaiting) onWaiting?.(false);
    }
  }
}

function bytesOf({ value, key }: Outgoing): number {
  return (value?.length ?? 0) + 3 * (key?.length ?? 0) + OVERHEAD_BYTES;
}

/** Resolves some seconds after the signal, unless it is no longer of interest. */
function farewell(signal: AbortSignal, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const start = (): void => {
      timer = setTimeout(resolve, FAREWELL_MS);
    };
    end.addEventListener("abort", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", start);
    });
    if (signal.aborted) start();
    else signal.addEventListener("abort", start);
  });
}
