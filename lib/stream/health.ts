/**
 * What follows from a stream's status, the same for every view of it.
 */
import type { StreamStatus } from "./status.ts";

/** Returns how many messages of all its partitions are not in the store yet. */
export function totalLag({ partitions }: Pick<StreamStatus, "partitions">): bigint {
  return partitions.reduce((sum, { lag }) => sum + lag, 0n);
}

/** Whether the broker answers and messages come, or there are none left to come. */
export function isFlowing({ state }: Pick<StreamStatus, "state">): boolean {
  return state === "reading" || state === "caught up";
}

/** Whether it does its work: it has partitions and the broker answers. */
export function isReady(status: Pick<StreamStatus, "state" | "partitions">): boolean {
  return isFlowing(status) && status.partitions.length > 0;
}
