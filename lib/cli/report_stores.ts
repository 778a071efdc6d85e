/**
 * Stores of streams as inputs of `report`: what does not go with them, and that none is
 * written over.
 */
import { PipelineError } from "../errors.ts";
import { isStore } from "../stream/snapshot.ts";
import type { ReportValues } from "./report_settings.ts";

/** What tells how text is to be read; the records of a store were read before. */
const FOR_TEXT = ["columns", "delimiter", "encoding", "no-header"] as const;

/**
 * Whether the inputs are stores, and not files.
 *
 * @throws {PipelineError} If some are and others are not, or with a setting that goes only
 * with the other kind.
 */
export function areStores(values: ReportValues): boolean {
  const { input } = values;
  const store = input.find(isStore);
  const file = input.find((path) => !isStore(path));
  if (store === undefined) {
    if (!values["allow-gaps"]) return false;
    throw new PipelineError("usage", `--allow-gaps does not go with ${file}`, {
      hint: "It is for the stores of streams: --input data/live",
    });
  }
  if (file !== undefined) {
    throw new PipelineError("usage", `${store} is a store, but ${file} is not`, {
      hint: "Report on them one by one: a store may hold the records of a file",
    });
  }
  const flag = FOR_TEXT.find((flag) => values[flag]);
  if (flag === undefined) return true;
  throw new PipelineError("usage", `--${flag} does not go with ${store}`, {
    hint: "The records of a store were read and cleaned before",
  });
}

/**
 * Refuses to write a report into a store, whose files have the same names.
 *
 * @throws {PipelineError} If the folder is one.
 */
export function refuseStore(out: string): void {
  if (!isStore(out)) return;
  throw new PipelineError(
    "usage",
    `--out cannot be ${out}: it is the store of a stream`,
    {
      hint: "The report would take the place of its files: give another folder",
    },
  );
}
