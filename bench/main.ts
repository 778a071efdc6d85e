/**
 * How long Cohort takes and how much memory it needs, beside other tools that are asked for
 * the same result, and whether it keeps its goals.
 *
 * deno task bench [--records 1000000] [--rounds 5] [--only goals|peers|stream|spark]
 *   [--memory-at 1000000,50000000] [--folder FOLDER] [--out FILE]
 */
import { PipelineError } from "../lib/errors.ts";
import { checkPeers } from "./check.ts";
import { hasThreads } from "./cohort.ts";
import { judgeGoals, type Peak } from "./goals.ts";
import { INPUT_NAMES, inputFile, type InputName } from "./inputs.ts";
import { medians } from "./measure.ts";
import { type Options, parseOptions } from "./options.ts";
import { peaksAt, timedPeaks } from "./peaks.ts";
import { findPeers, type Missing } from "./peers.ts";
import { goalSubjects, peerSubjects } from "./plan.ts";
import { runRounds } from "./rounds.ts";
import { benchSpark } from "./spark/spark.ts";
import { judgeStream, ratesTable } from "./stream/goals.ts";
import { benchStream } from "./stream/stream.ts";
import { goalsTable, missingTable, peerRows, peersTable, timesTable } from "./tables.ts";

/** Where the inputs, the Python of the peers and the results are kept; git ignores it. */
const HOME = new URL("../data/bench", import.meta.url).pathname;

const machine = { cores: navigator.hardwareConcurrency, deno: Deno.version.deno };

function heading(records: number, rounds: number): string {
  const { cores, deno } = machine;
  return `${records} records, median of ${rounds} rounds, ${cores} cores, Deno ${deno}\n`;
}

const say = (what: string): void => console.error(what);

try {
  const options = parseOptions(Deno.args, HOME);
  const measure = { stream: ofStream, spark: ofSpark, goals: bench, peers: bench };
  await measure[options.only ?? "goals"](options);
} catch (error) {
  if (!(error instanceof PipelineError)) throw error;
  console.error(
    error.hint === undefined ? error.message : `${error.message}\n${error.hint}`,
  );
  Deno.exitCode = error.exitCode;
}

/** Measures the stream. */
async function ofStream({ records, rounds, folder, memoryAt, out }: Options) {
  await Deno.mkdir(folder, { recursive: true });
  const results = await benchStream({
    records,
    rounds,
    folder,
    memoryAt,
    home: HOME,
    say,
  });
  const goals = judgeStream(results);
  console.log(heading(records, rounds));
  console.log(goalsTable(goals));
  console.log(ratesTable(results.rates));
  if (results.missing.length > 0) console.log(missingTable(results.missing));
  const result = { records, rounds, ...machine, goals, ...results };
  await Deno.writeTextFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** Measures the job on a Spark cluster of this machine. */
async function ofSpark({ records, rounds, folder, out }: Options) {
  await Deno.mkdir(folder, { recursive: true });
  const path = Deno.env.get("PATH") ?? "";
  const results = await benchSpark({ records, rounds, folder, home: HOME, path, say });
  console.log(heading(records, rounds));
  console.log(goalsTable(results.goals));
  console.log(timesTable(results.medians));
  if (results.missing.length > 0) console.log(missingTable(results.missing));
  const result = {
    ...{ records, rounds, ...machine, ...results },
    medians: Object.fromEntries(results.medians),
  };
  await Deno.writeTextFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
}

async function bench({ only, records, rounds, folder, memoryAt, out }: Options) {
  await Deno.mkdir(HOME, { recursive: true });
  await Deno.mkdir(folder, { recursive: true });
  const isThreaded = await hasThreads();
  const inputs = await makeInputs(folder, records);
  const there = only === "goals" ? { found: [], missing: [] } : await findPeers(HOME);
  const checked = await checkPeers(
    there.found,
    folder,
    (what) => say(`compare ${what}`),
  );

  const subjects = [
    ...(only === "peers" ? [] : goalSubjects(inputs, isThreaded)),
    ...(only === "goals" ? [] : peerSubjects(inputs, checked.peers, isThreaded)),
  ];
  const { runs, failures } = await runRounds(subjects, {
    folder,
    rounds,
    onRun: (name, round) => say(`round ${round}: ${name}`),
  });
  const measured = new Map([...runs].map(([name, of]) => [name, medians(of)!]));
  const peaks: Peak[] = only === "peers" ? [] : [...timedPeaks(measured, records)];
  for (const size of memoryAt) {
    const onRun = (input: InputName) => say(`memory: ${input}, ${size} records`);
    peaks.push(...await peaksAt(size, folder, onRun));
  }

  const goals = judgeGoals({
    medians: measured,
    bytes: await sizes(inputs),
    peers: checked.peers.map(({ name }) => name),
    peaks,
  });
  const missing: readonly Missing[] = [
    ...(isThreaded ? [] : [{ name: "2 threads", reason: "`report` has no --threads" }]),
    ...there.missing,
    ...checked.differing,
    ...[...failures].map(([name, reason]) => ({ name, reason })),
  ];
  console.log(heading(records, rounds));
  console.log(goalsTable(goals));
  console.log(timesTable(measured));
  if (only !== "goals") console.log(peersTable(peerRows(checked, measured, isThreaded)));
  if (missing.length > 0) console.log(missingTable(missing));
  const result = {
    ...{ records, rounds, ...machine, goals, peaks, missing },
    outputs: Object.fromEntries(checked.forms),
    medians: Object.fromEntries(measured),
    runs: Object.fromEntries(runs),
  };
  await Deno.writeTextFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
}

async function makeInputs(
  folder: string,
  records: number,
): Promise<ReadonlyMap<InputName, string>> {
  const made = new Map<InputName, string>();
  for (const name of INPUT_NAMES) {
    say(`input ${name}, ${records} records`);
    made.set(name, await inputFile(folder, name, records));
  }
  return made;
}

async function sizes(
  inputs: ReadonlyMap<InputName, string>,
): Promise<ReadonlyMap<InputName, number>> {
  const found = new Map<InputName, number>();
  for (const [name, path] of inputs) found.set(name, (await Deno.stat(path)).size);
  return found;
}
