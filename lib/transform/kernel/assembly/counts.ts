/**
 * What the kernel counts of records, beside their ages.
 */
import { COUNTS } from "./memory";

// places in COUNTS
export const RECORDS: usize = 0;
export const BLANKS: usize = 1;
export const KEPT: usize = 2;
/** Rejects: so many places behind it stands the count of a reason. */
export const REASONS: usize = 3;

@inline
export function count(what: usize, times: u32 = 1): void {
  const place = COUNTS + (what << 2);
  store<u32>(place, load<u32>(place) + times);
}
