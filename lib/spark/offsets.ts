/**
 * Which messages of a topic are wanted, and whether the topic has them.
 */
import { PipelineError } from "../errors.ts";
import type { InputResult } from "../report/result.ts";

/** Which messages of a topic. */
export interface TopicRange {
  /** The first offset of each partition, or the time of the first message; the first it has. */
  readonly from?: bigint | Date | undefined;
  /** The offset, or the time, before which it ends; by default with what it holds now. */
  readonly to?: bigint | Date | undefined;
}

/** How many ranges a warning names. */
const SHOWN = 3;

/**
 * Checks that offsets that were named are in the topic: no message is skipped without a word.
 * A topic can lose its oldest ones, and those that stand between others.
 *
 * @param ranges What was read; partitions of which nothing was read are not among them.
 * @throws {PipelineError} If there are no messages behind the offset where it begins.
 */
export function checkRanges(
  { topic, from, to }: TopicRange & { readonly topic: string },
  ranges: NonNullable<InputResult["ranges"]>,
  onWarning: (message: string) => void = () => {},
): void {
  if (typeof from === "bigint" && from > 0n && ranges.length === 0) {
    const end = typeof to === "bigint" ? ` to ${to - 1n}` : " on";
    throw new PipelineError(
      "kafka",
      `${topic} has no messages from offset ${from}${end}`,
      {
        hint: "Name offsets that it has with --from and --to, or a time",
      },
    );
  }
  const missing = ranges.flatMap(({ partition, start, next }) => [
    ...typeof from === "bigint" && from < start
      ? [`${topic}/${partition}@${from}–${start - 1}`]
      : [],
    ...typeof to === "bigint" && next < to
      ? [`${topic}/${partition}@${next}–${to - 1n}`]
      : [],
  ]);
  if (missing.length === 0) return;
  const more = missing.length > SHOWN ? ", …" : "";
  onWarning(`there are no messages at ${missing.slice(0, SHOWN).join(", ")}${more}`);
}
