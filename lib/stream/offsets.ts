/**
 * Where a store and a broker disagree on offsets: an error with the choices, never a jump.
 */
import { PipelineError } from "../errors.ts";

/** What a broker holds of one partition. */
export interface BrokerOffsets {
  /** The first offset that it still has. */
  readonly low: bigint;
  /** The offset after its last one. */
  readonly high: bigint;
}

/** What is to be compared: an open store is one. */
export interface Checkpoints {
  readonly path: string;
  readonly identity: { readonly topic: string };
  readonly checkpoints: ReadonlyMap<number, bigint>;
}

const START_OVER =
  "start over in another folder with --store; this one can still be reported on";

/**
 * Checks that a broker can go on from every checkpoint of a store.
 *
 * @param broker What it holds, by partition.
 * @throws {PipelineError} If it has deleted messages that were not read, ends before a
 * checkpoint, or has not the partition at all.
 */
export function checkOffsets(
  { path, identity: { topic }, checkpoints }: Checkpoints,
  broker: ReadonlyMap<number, BrokerOffsets>,
): void {
  for (const [partition, next] of checkpoints) {
    const held = broker.get(partition);
    const read = `Cannot go on with ${path}: ${topic}/${partition} is read up to ${next}`;
    if (held === undefined || next > held.high) {
      const end = held === undefined ? "has no such partition" : `ends at ${held.high}`;
      throw new PipelineError("kafka", `${read}, but the broker ${end}`, {
        hint: `Check bootstrap.servers; if the topic has lost messages, ${START_OVER}`,
      });
    }
    if (next < held.low) {
      const missing = span(`${topic}/${partition}`, next, held.low);
      throw new PipelineError("kafka", `${read}, but the broker begins at ${held.low}`, {
        hint:
          `It has deleted ${missing}: go on behind with --from earliest, or ${START_OVER}`,
      });
    }
  }
}

/**
 * Checks that nothing lies between what was read of a partition and what comes next.
 *
 * @param place The partition, `topic/partition`.
 * @param next The offset to be read next.
 * @param from The first offset of what comes, or the one that was asked of the broker.
 * @throws {PipelineError} If offsets in between are missing.
 */
export function checkNoJump(place: string, next: bigint, from: bigint): void {
  if (from <= next) return;
  throw new PipelineError("kafka", `${span(place, next, from)} did not come`, {
    hint:
      `If the broker has deleted them, go on behind with --from earliest, or ${START_OVER}`,
  });
}

/** Returns offsets in words, `topic/0@10 to 19`, from the start to before the end. */
export function span(place: string, start: bigint, end: bigint): string {
  const last = end - 1n;
  return last === start ? `${place}@${start}` : `${place}@${start} to ${last}`;
}

/**
 * Checks that a partition has not become shorter than what was read of it.
 *
 * @param place The partition, `topic/partition`.
 * @param next The offset to be read next.
 * @param end Where the partition ends.
 * @throws {PipelineError} If it has.
 */
export function checkEnd(place: string, next: bigint, end: bigint): void {
  if (next <= end) return;
  throw new PipelineError(
    "kafka",
    `${place} is read up to ${next}, but the broker ends at ${end} now`,
    { hint: `The topic has lost messages: ${START_OVER}` },
  );
}
