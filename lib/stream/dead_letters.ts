/**
 * The rejects of a stream as messages of a topic of their own, for whoever mends them: the
 * original bytes, with the reason and the place in headers. Sent before the store's commit:
 * after a crash some come twice, and none is missing.
 */
import type { Outgoing, RecordProducer } from "../kafka/producer.ts";
import type { Cleaner } from "../transform/clean.ts";
import type { RejectLine } from "../transform/rejects.ts";
import type { ValuesBatch } from "../transform/types.ts";

/** How much is sent at once, in bytes: below the million that a topic takes by default. */
const SEND_BYTES = 500_000;
/** What a message costs beside its value, in bytes. */
const OVERHEAD_BYTES = 200;

/** Sends the rejects of batches. */
export class DeadLetters {
  readonly #producer: RecordProducer;
  readonly #cleaner: Cleaner;
  readonly #decoder = new TextDecoder();

  /**
   * Makes a sender.
   *
   * @param cleaner Finds the rejects; for this alone.
   */
  constructor(producer: RecordProducer, cleaner: Cleaner) {
    this.#producer = producer;
    this.#cleaner = cleaner;
  }

  /**
   * Sends the rejects among the records; resolves when the broker has them.
   *
   * @throws {PipelineError} If it refuses them.
   */
  async send(batch: ValuesBatch): Promise<void> {
    const { rejects } = this.#cleaner.clean(batch);
    this.#cleaner.ages.clear();
    if (rejects.length === 0) return;
    let letters: Outgoing[] = [];
    let bytes = 0;
    for (const letter of this.#lettersOf(batch, rejects)) {
      const size = (letter.value?.length ?? 0) + OVERHEAD_BYTES;
      if (letters.length > 0 && bytes + size > SEND_BYTES) {
        await this.#producer.send(letters);
        [letters, bytes] = [[], 0];
      }
      letters.push(letter);
      bytes += size;
    }
    await this.#producer.send(letters);
  }

  *#lettersOf(
    { values, offsets }: ValuesBatch,
    rejects: Uint8Array,
  ): Generator<Outgoing> {
    const places = new Map(offsets.map((offset, i) => [Number(offset), i]));
    for (const line of this.#decoder.decode(rejects).split("\n").slice(0, -1)) {
      const { topic, partition, offset, reason }: RejectLine = JSON.parse(line);
      yield {
        value: values[places.get(offset!)!]!,
        headers: {
          reason,
          "source-topic": topic!,
          "source-partition": `${partition}`,
          "source-offset": `${offset}`,
        },
      };
    }
  }
}
