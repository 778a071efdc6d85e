/**
 * What the benchmark can be told.
 */
import { parseArgs } from "node:util";
import { PipelineError } from "../lib/errors.ts";

/** What the benchmark can be told. */
export interface Options {
  /** How many records an input has. */
  readonly records: number;
  /** How often everything is run. */
  readonly rounds: number;
  /** One part of the benchmark; undefined: both of `report`. */
  readonly only: "goals" | "peers" | "stream" | "spark" | undefined;
  /** Further numbers of records at which the peak memory is taken. */
  readonly memoryAt: readonly number[];
  /** Where the inputs are kept and the outputs go for a moment. */
  readonly folder: string;
  /** The file for the results as JSON. */
  readonly out: string;
}

/**
 * Returns what the flags say.
 *
 * @param home The folder where the benchmark keeps what it makes.
 * @throws {PipelineError} If a flag does not exist or its value makes no sense.
 */
export function parseOptions(args: readonly string[], home: string): Options {
  const values = readFlags(args);
  const { only, "memory-at": memoryAt } = values;
  if (!isPart(only)) {
    throw new PipelineError("usage", `--only cannot be "${only}"`, {
      hint: "Give goals, peers, stream or spark",
    });
  }
  return {
    records: count("records", values.records),
    rounds: count("rounds", values.rounds),
    only,
    memoryAt: memoryAt === undefined
      ? []
      : memoryAt.split(",").map((part) => count("memory-at", part)),
    folder: values.folder ?? home,
    out: values.out ?? `${home}/${isOwn(only) ? only : "results"}.json`,
  };
}

/** Whether a part has results of its own. */
function isOwn(only: Options["only"]): boolean {
  return only === "stream" || only === "spark";
}

function isPart(only: string | undefined): only is Options["only"] {
  return only === undefined || ["goals", "peers", "stream", "spark"].includes(only);
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        records: { type: "string", default: "1000000" },
        rounds: { type: "string", default: "5" },
        only: { type: "string" },
        "memory-at": { type: "string" },
        folder: { type: "string" },
        out: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new PipelineError("usage", (cause as Error).message.split(". ")[0]!, {
      hint: "Flags: --records --rounds --only --memory-at --folder --out",
      cause,
    });
  }
}

function count(flag: string, text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new PipelineError("usage", `--${flag} cannot be "${text}"`, {
    hint: "Give a whole number from 1 to 999999999",
  });
}
