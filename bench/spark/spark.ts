/**
 * The same job on a Spark cluster: one of this machine with two cores, which is warm, beside
 * a local run and beside PySpark as one would write it.
 */
import { startSpark } from "../../tools/spark/spark.ts";
import { cohortCommand } from "../cohort.ts";
import { type Verdict, verdict } from "../goals.ts";
import { inputFile } from "../inputs.ts";
import { type Command, type Measured, medians, type Subject } from "../measure.ts";
import { findPeers, type Missing } from "../peers.ts";
import { runRounds } from "../rounds.ts";

/** What is measured, and where. */
export interface SparkBenchOptions {
  readonly records: number;
  readonly rounds: number;
  /** Where the input is kept and the outputs go for a moment. */
  readonly folder: string;
  /** Where the Python of the peers is kept. */
  readonly home: string;
  /** Where scripts on the executor find programs. */
  readonly path: string;
  /** Told what happens. */
  readonly say: (what: string) => void;
}

/** What was measured. */
export interface SparkResults {
  /** Medians by the name of the subject. */
  readonly medians: ReadonlyMap<string, Measured>;
  readonly goals: readonly Verdict[];
  readonly missing: readonly Missing[];
}

const LOCAL = "Cohort, this machine alone, 2 threads";
const ENGINE = "Cohort, --engine, local[2]";
const PARTS = "Cohort, --engine --parts, local[2]";
const EMPTY = "Cohort, --engine, no record";
const PYSPARK = "PySpark, local[2]";

/** Measures all of them in interleaved rounds. */
export async function benchSpark(options: SparkBenchOptions): Promise<SparkResults> {
  const { records, rounds, folder, home, path, say } = options;
  const input = await inputFile(folder, "canonical", records);
  const empty = `${folder}/no_record.csv`;
  Deno.writeTextFileSync(empty, "name,age,field\n");
  await using server = await startSpark({
    ...{ folder: `${folder}/spark`, path, cores: 2, memoryMb: 3072 },
    onFetch: () => say("fetch Spark"),
  });
  const engine = (input: string, out: string, ...flags: string[]): Command => {
    const { program, args } = cohortCommand(input, out, undefined);
    return { program, args: [...args, "--engine", server.address, ...flags] };
  };
  const subjects: Subject[] = [
    { name: LOCAL, command: (out) => cohortCommand(input, out, 2) },
    { name: ENGINE, command: (out) => engine(input, out), sameAs: LOCAL },
    {
      name: PARTS,
      command: (out) => engine(input, out, "--parts", `${out}/parts`),
      sameAs: LOCAL,
    },
    { name: EMPTY, command: (out) => engine(empty, out) },
  ];
  const { found, missing } = await findPeers(home);
  const peer = found.find(({ name }) => name.startsWith("Spark"));
  if (peer !== undefined) {
    subjects.push({
      name: PYSPARK,
      command: (out) => peer.command(input, out, "rows"),
      sameAs: LOCAL,
    });
  }
  say("warm the server");
  await runRounds(subjects.filter(({ name }) => name === ENGINE || name === LOCAL), {
    ...{ folder, rounds: 1, onRun: () => {} },
  });
  const onRun = (name: string, round: number) => say(`round ${round}: ${name}`);
  const { runs, failures } = await runRounds(subjects, { folder, rounds, onRun });
  const measured = new Map(
    [...runs].flatMap(([name, of]) => {
      const median = medians(of);
      return median === undefined ? [] : [[name, median] as const];
    }),
  );
  return {
    medians: measured,
    goals: judge(measured),
    missing: [
      ...missing.filter(({ name }) => name === "Spark"),
      ...[...failures].map(([name, reason]) => ({ name, reason })),
    ],
  };
}

/** Returns each goal with what was measured. */
export function judge(medians: ReadonlyMap<string, Measured>): readonly Verdict[] {
  const seconds = (name: string) => medians.get(name)?.seconds;
  const ratio = (above: string, below: string): number | undefined => {
    const [a, b] = [seconds(above), seconds(below)];
    return a === undefined || b === undefined ? undefined : a / b;
  };
  return [
    verdict("--engine / this machine alone", ratio(ENGINE, LOCAL), "×", { most: 20 }),
    verdict("PySpark / --engine", ratio(PYSPARK, ENGINE), "×", { least: 2.5 }),
    verdict("--engine without a record", seconds(EMPTY), "s", { most: 6 }),
    verdict("peak of the client", medians.get(ENGINE)?.megabytes, "MB", { most: 250 }),
  ];
}
