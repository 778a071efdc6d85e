/**
 * The threshold of a run, checked before anything is read.
 */
import { MAX_AGE } from "../transform/rules.ts";

/**
 * Refuses a threshold that could not be meant.
 *
 * @throws {RangeError} If it is not a whole number from -1 to 150.
 */
export function checkThreshold(years: number): void {
  if (Number.isInteger(years) && years >= -1 && years <= MAX_AGE) return;
  throw new RangeError(
    `The threshold is a whole number from -1 to ${MAX_AGE}, not ${years}`,
  );
}
