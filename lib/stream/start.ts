/**
 * Where a partition begins to be read: where it was left, or where the user says.
 */
import { PipelineError } from "../errors.ts";
import type { KafkaAdmin, PartitionOffsets } from "../kafka/admin.ts";
import type { BrokerOffsets } from "./offsets.ts";

/** Where to begin at least; what the store holds is never read again. */
export type Start =
  /** At the store's own offset or the group's, whichever is higher. */
  | "stored"
  /** At the first message that the broker still has. */
  | "earliest"
  /** Behind the last message. */
  | "latest"
  /** At an offset, the same in each partition … */
  | bigint
  /** … or at the first message that is not older than that. */
  | Date;

/** What decides where partitions begin. */
export interface StartOptions {
  readonly admin: Pick<KafkaAdmin, "offsets" | "offsetsAt" | "groupOffsets">;
  readonly topic: string;
  /** Absent: all of the topic. */
  readonly partitions?: readonly number[];
  readonly groupId: string;
  readonly start: Start;
  /** Where to begin, by `stored`, what nobody has read yet. */
  readonly reset: "earliest" | "latest";
  /** What the store has read, by partition. */
  readonly checkpoints: ReadonlyMap<number, bigint>;
}

/** Where partitions begin, and what the broker holds of all of the topic. */
export interface Starts {
  /** Where each partition is to be read at least. */
  readonly starts: ReadonlyMap<number, bigint>;
  readonly held: ReadonlyMap<number, BrokerOffsets>;
}

/**
 * Returns where each partition is to be read at least.
 *
 * @throws {PipelineError} If the group is beyond the end of a partition.
 * @throws {Error} If the broker does not tell what is needed.
 */
export async function findStarts(options: StartOptions): Promise<Starts> {
  const { admin, topic, groupId, start, checkpoints, reset } = options;
  const known = start instanceof Date
    ? await admin.offsetsAt(topic, start)
    : start === "stored"
    ? await admin.groupOffsets(groupId, topic)
    : undefined;
  // after the group's, which other members raise meanwhile: they would be beyond the end
  const held = byPartition(await admin.offsets(topic));
  const { partitions = [...held.keys()] } = options;
  const starts = new Map(partitions.map((partition) => {
    const { low, high } = held.get(partition)!;
    const at = known?.get(partition);
    if (start !== "stored") return [partition, chosen(start, at, { low, high })];
    if (at !== undefined && at > high) {
      throw beyondEnd(`${topic}/${partition}`, groupId, { at, high });
    }
    const fresh = reset === "earliest" ? low : high;
    return [partition, at ?? checkpoints.get(partition) ?? fresh];
  }));
  return { starts, held };
}

function byPartition(
  offsets: readonly PartitionOffsets[],
): ReadonlyMap<number, BrokerOffsets> {
  return new Map(
    offsets.map(({ partition, start, end }) => [partition, { low: start, high: end }]),
  );
}

function chosen(
  start: Exclude<Start, "stored">,
  found: bigint | undefined,
  { low, high }: BrokerOffsets,
): bigint {
  if (start instanceof Date) return found ?? high;
  if (start === "earliest") return low;
  if (start === "latest") return high;
  return start < low ? low : start > high ? high : start;
}

function beyondEnd(
  place: string,
  groupId: string,
  { at, high }: { readonly at: bigint; readonly high: bigint },
): PipelineError {
  return new PipelineError(
    "kafka",
    `Group ${groupId} has read ${place} up to ${at}, but the broker ends at ${high}`,
    {
      hint: "The topic has lost messages: say where to begin with --from earliest, or " +
        "take another --group-id",
    },
  );
}
