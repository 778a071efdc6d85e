/**
 * Whether a cluster does the work of `report`: `--engine`, and what goes with it.
 */
import { PipelineError } from "../errors.ts";
import type { ReportValues } from "./report_settings.ts";

/** Whether the inputs are a topic, so that `--from` says where it begins to be read. */
export function isTopic({ input }: ReportValues): boolean {
  return input.some((one) => one.startsWith("kafka://"));
}

/** What makes sense only with a cluster, and what only without one. */
const ONLY_WITH = ["parts", "max-rejects-home", "to"] as const;
const ONLY_WITHOUT = ["threads", "allow-gaps"] as const;

/**
 * Whether a cluster does the work.
 *
 * @throws {PipelineError} With a setting that goes only with the other way.
 */
export function isOnCluster(values: ReportValues): boolean {
  const refuse = (what: string, hint: string): never => {
    throw new PipelineError("usage", what, { hint });
  };
  const has = (flag: keyof ReportValues): boolean =>
    values[flag] !== undefined && values[flag] !== false;
  if (values.engine === undefined) {
    const flag = ONLY_WITH.find(has);
    if (flag !== undefined) {
      refuse(
        `--${flag} goes with --engine only`,
        "Name a cluster: --engine sc://host:15002",
      );
    }
    if (isTopic(values)) {
      refuse(
        "A topic as --input goes with --engine only",
        "Without a cluster: deno task stream --until-end",
      );
    }
    return false;
  }
  const flag = ONLY_WITHOUT.find(has);
  if (flag !== undefined) {
    refuse(`--${flag} does not go with --engine`, "It is for work on this machine");
  }
  if (!isTopic(values) && has("to")) {
    refuse("--to goes with a topic only", "Name one: --input kafka://ibtissam");
  }
  return true;
}
