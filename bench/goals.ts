/**
 * The goals: what is promised of time and memory, and whether a run of the benchmark keeps
 * it. Each ratio is of medians of the same run.
 */
import type { InputName } from "./inputs.ts";
import type { Measured } from "./measure.ts";
import { type Job, RULES_AS_TEXT } from "./peers.ts";

/** How many threads Cohort is told to use; undefined: as many as it likes. */
export type Threads = 1 | 2 | undefined;

/** What was measured. */
export interface Results {
  /** Medians by the name of the subject. */
  readonly medians: ReadonlyMap<string, Measured>;
  /** Bytes of the inputs, as they are on disk. */
  readonly bytes: ReadonlyMap<InputName, number>;
  /** Names of the peers; Cohort by its rules as text is not counted as one. */
  readonly peers: readonly string[];
  /** Cohort's peaks. */
  readonly peaks: readonly Peak[];
}

/** Cohort's peak memory over one input. */
export interface Peak {
  readonly input: InputName;
  readonly records: number;
  readonly megabytes: number;
}

/** A goal with what was measured. */
export interface Verdict {
  readonly name: string;
  /** Undefined where it was not measured. */
  readonly value: number | undefined;
  readonly unit: "×" | "s" | "ms" | "MB";
  /** The highest value, or the lowest, that meets it. */
  readonly goal: { readonly most: number } | { readonly least: number };
  readonly met: boolean | undefined;
}

/** Returns the name of Cohort's run over an input. */
export function cohortName(input: InputName, threads: Threads): string {
  return `Cohort, ${input}${
    threads === undefined ? "" : `, ${threads} thread${threads > 1 ? "s" : ""}`
  }`;
}

/** Returns the name of a peer's run over an input. */
export function peerName(peer: string, job: Job, input: InputName): string {
  return `${peer}, ${job}, ${input}`;
}

/** A plain read and write of the same bytes in Deno; the same, waiting for the disk. */
export const COPY = "copy in Deno";
export const FLUSHED_COPY = "copy in Deno, flushed";
/** Unpacking alone. */
export const GUNZIP = "gunzip";
/** The whole command over the 2,000 records of the sample. */
export const SAMPLE = "Cohort, 2,000 records";

/** Returns every goal with what was measured and whether it is met. */
export function judgeGoals(results: Results): readonly Verdict[] {
  const { medians, bytes } = results;
  const seconds = (name: string): number | undefined => medians.get(name)?.seconds;
  const cohort = (input: InputName): number | undefined => seconds(cohortName(input, 1));
  const canonical = cohort("canonical");
  const perByte = (input: InputName): number | undefined =>
    divide(cohort(input), bytes.get(input));
  const times = (name: string, value: number | undefined, most: number): Verdict =>
    verdict(name, value, "×", { most });

  return [
    times("canonical, 1 thread / copy", divide(canonical, seconds(COPY)), 2.5),
    times(
      "canonical, 2 threads / copy",
      divide(seconds(cohortName("canonical", 2)), seconds(COPY)),
      1.8,
    ),
    times("french / canonical", divide(cohort("french"), canonical), 1.5),
    times("arabic / canonical", divide(cohort("arabic"), canonical), 4),
    times("cyrillic / canonical", divide(cohort("cyrillic"), canonical), 4),
    times("greek / canonical", divide(cohort("greek"), canonical), 4),
    times("rejects / canonical", divide(cohort("rejects"), canonical), 2),
    times(
      "quoted / canonical, per byte",
      divide(perByte("quoted"), perByte("canonical")),
      2.5,
    ),
    times("many_fields / canonical", divide(cohort("many_fields"), canonical), 4),
    times(
      "gzip / gunzip",
      divide(seconds(cohortName("gzip", undefined)), seconds(GUNZIP)),
      1.5,
    ),
    verdict("2,000 records", seconds(SAMPLE), "s", { most: 0.2 }),
    ...memoryGoals(results.peaks),
    peerGoal(results, "rows", "canonical", 5),
    peerGoal(results, "whole", "canonical", 10),
    peerGoal(results, "whole", "mixed", 10),
  ];
}

/** The table of 100,000 fields is the one thing that may grow. */
const hasLimit = ({ input }: Peak): boolean => input !== "many_fields";

function memoryGoals(peaks: readonly Peak[]): readonly Verdict[] {
  const limited = peaks.filter(hasLimit).toSorted((a, b) => a.records - b.records);
  const sizes = Map.groupBy(limited, ({ records }) => records);
  const highest = sizes.entries().map(([records, of]) => {
    const { input, megabytes } = of.reduce((a, b) => b.megabytes > a.megabytes ? b : a);
    const name = `highest peak at ${records.toLocaleString("en")} records (${input})`;
    return verdict(name, megabytes, "MB", { most: 100 });
  }).toArray();
  const canonical = limited.filter(({ input }) => input === "canonical");
  const [least, most] = [canonical[0], canonical.at(-1)];
  if (least === undefined || most === undefined || least.records === most.records) {
    return highest;
  }
  const name = `canonical, peak at ${most.records.toLocaleString("en")} / ${
    least.records.toLocaleString("en")
  } records`;
  const growth = divide(most.megabytes, least.megabytes);
  return [...highest, verdict(name, growth, "×", { most: 1.1 })];
}

function peerGoal(
  { medians, peers }: Results,
  job: Job,
  input: InputName,
  least: number,
): Verdict {
  const cohort = medians.get(cohortName(input, 2)) ?? medians.get(cohortName(input, 1));
  const timed = peers.filter((peer) => peer !== RULES_AS_TEXT).flatMap((peer) => {
    const measured = medians.get(peerName(peer, job, input));
    return measured ? [{ peer, seconds: measured.seconds }] : [];
  });
  const fastest = timed.toSorted((a, b) => a.seconds - b.seconds)[0];
  const who = fastest ? ` (${fastest.peer})` : "";
  const name = `fastest peer, ${job}, ${input}${who} / Cohort`;
  const value = divide(fastest?.seconds, cohort?.seconds);
  return verdict(name, value, "×", { least });
}

function divide(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

/** Returns whether a goal is met. */
export function verdict(
  name: string,
  value: number | undefined,
  unit: Verdict["unit"],
  goal: Verdict["goal"],
): Verdict {
  const met = value === undefined
    ? undefined
    : "most" in goal
    ? value <= goal.most
    : value >= goal.least;
  return { name, value, unit, goal, met };
}
