/**
 * Which messages were read, as people write it.
 */
import type { RangeResult } from "./result.ts";

/** Returns a range of offsets from the first to the last: `ibtissam/0@0–1999`. */
export function formatRange(
  topic: string,
  { partition, start, next }: RangeResult,
): string {
  const last = next - 1;
  return `${topic}/${partition}@${start}${last > start ? `–${last}` : ""}`;
}
