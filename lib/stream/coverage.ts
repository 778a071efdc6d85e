/**
 * What several stores have read together: each message once, and none left out between.
 */
import { PipelineError } from "../errors.ts";
import type { OffsetRange } from "./contents.ts";
import { span } from "./offsets.ts";
import type { StoreSnapshot } from "./snapshot.ts";

/** A range with its store. */
interface Covered extends OffsetRange {
  readonly store: string;
  /** `topic/partition`. */
  readonly place: string;
}

/**
 * Checks that the ranges of the stores neither overlap nor leave gaps, partition by partition.
 *
 * @param allowGaps Whether offsets in between may be missing.
 * @throws {PipelineError} If they do, with the offsets.
 */
export function checkCoverage(
  stores: readonly StoreSnapshot[],
  { allowGaps = false }: { readonly allowGaps?: boolean } = {},
): void {
  for (const ranges of byPartition(stores).values()) {
    ranges.sort((a, b) => a.start < b.start ? -1 : 1);
    let last = ranges[0]!;
    for (const range of ranges.slice(1)) {
      if (range.start < last.next) throw overlap(last, range);
      if (range.start > last.next && !allowGaps) throw gap(last, range);
      last = range;
    }
  }
}

/** The ids tell apart what has one name: a topic that was made again. */
function byPartition(stores: readonly StoreSnapshot[]): Map<string, Covered[]> {
  const found = new Map<string, Covered[]>();
  for (const { path, contents: { identity, partitions } } of stores) {
    const { clusterId, topicId, topic } = identity;
    for (const [partition, { ranges }] of partitions) {
      const key = JSON.stringify([clusterId, topicId, partition]);
      const place = `${topic}/${partition}`;
      const covered = ranges.map((range) => ({ ...range, store: path, place }));
      found.set(key, [...found.get(key) ?? [], ...covered]);
    }
  }
  return found;
}

function overlap(one: Covered, other: Covered): PipelineError {
  const end = one.next < other.next ? one.next : other.next;
  return new PipelineError(
    "input",
    `${one.store} and ${other.store} have both read ${span(one.place, other.start, end)}`,
    {
      hint: "Report on them one by one, or read the topic once more into one store: " +
        "deno task stream --store data/all --group-id all --until-end",
    },
  );
}

function gap(before: Covered, after: Covered): PipelineError {
  const stores = before.store === after.store
    ? `${before.store} has`
    : `${before.store} and ${after.store} have`;
  return new PipelineError(
    "input",
    `${stores} not read ${span(before.place, before.next, after.start)}`,
    {
      hint:
        "Add the store that has with another --input, or report without them: --allow-gaps",
    },
  );
}
