/**
 * The time that outputs name.
 */
import { PipelineError } from "../errors.ts";
import type { Effects } from "./effects.ts";

/** The clock, or the time that `SOURCE_DATE_EPOCH` fixes (reproducible-builds.org). */
export function clockOf({ env, now }: Effects): () => Date {
  const epoch = env("SOURCE_DATE_EPOCH");
  if (epoch === undefined || epoch === "") return now;
  if (!/^[0-9]{1,11}$/.test(epoch)) {
    throw new PipelineError("usage", `SOURCE_DATE_EPOCH cannot be "${epoch}"`, {
      hint: "Give whole seconds since 1970",
    });
  }
  return () => new Date(1000 * Number(epoch));
}
