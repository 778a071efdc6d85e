/**
 * How long Cohort takes and how much memory it needs, beside other tools that are asked for
 * the same result, and whether it keeps its goals.
 *
 * deno task bench [--records 1000000] [--rounds 5] [--only goals|peers]
 *   [--memory-at 1000000,50000000] [--folder FOLDER] [--out FILE]
 */
import { parseArgs } from "node:util";
import { checkPeers } from "./check.ts";
import { hasThreads } from "./cohort.ts";
import { cohortName, judgeGoals, type Peak, peerName, type Results } from "./goals.ts";
import { INPUT_NAMES, inputFile, type InputName } from "./inputs.ts";
import { measure, type Measured, medians } from "./measure.ts";
import { findPeers, type Missing, type Peer } from "./peers.ts";
import { cohortSubject, goalSubjects, MEASURED_INPUTS, peerSubjects } from "./plan.ts";
import { runRounds } from "./rounds.ts";
import {
  goalsTable,
  missingTable,
  type PeerRow,
  peersTable,
  timesTable,
} from "./tables.ts";

const DEFAULT_FOLDER = new URL("../data/bench/", import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    "memory-at": { type: "string", default: "" },
    folder: { type: "string", default: DEFAULT_FOLDER },
    out: { type: "string", default: `${DEFAULT_FOLDER}results.json` },
  },
});
const records = Number(values.records);
const { folder } = values;
const wantsGoals = values.only !== "peers";
const wantsPeers = values.only !== "goals";

const say = (what: string): void => console.error(what);

await Deno.mkdir(folder, { recursive: true });
await Deno.mkdir(DEFAULT_FOLDER, { recursive: true });
const isThreaded = await hasThreads();
const inputs = await makeInputs(records);
const missing: Missing[] = isThreaded
  ? []
  : [{ name: "Cohort, 2 threads", reason: "`report` has no --threads" }];
let peers: readonly Peer[] = [];
let forms: ReadonlyMap<string, string> = new Map();
if (wantsPeers) {
  const there = await findPeers(DEFAULT_FOLDER);
  const checked = await checkPeers(
    there.found,
    folder,
    (what) => say(`compare ${what}`),
  );
  missing.push(...there.missing, ...checked.differing);
  ({ peers, forms } = checked);
}

const subjects = [
  ...(wantsGoals ? goalSubjects(inputs, isThreaded) : []),
  ...(wantsPeers ? peerSubjects(inputs, peers, isThreaded) : []),
];
const { runs, failures } = await runRounds(
  [...new Map(subjects.map((subject) => [subject.name, subject])).values()],
  {
    folder,
    rounds: Number(values.rounds),
    onRun: (name, round) => say(`round ${round}: ${name}`),
  },
);
missing.push(...[...failures].map(([name, reason]) => ({ name, reason })));
const measured = new Map([...runs].map(([name, of]) => [name, medians(of)!]));
const results: Results = {
  medians: measured,
  bytes: await inputSizes(),
  peers: peers.filter(({ name }) => !name.startsWith("Cohort")).map(({ name }) => name),
  peaks: [...timedPeaks(measured), ...await extraPeaks()],
};
const verdicts = judgeGoals(results);

console.log(
  `${
    records.toLocaleString("en")
  } records, median of ${values.rounds} rounds, ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}\n`,
);
console.log(goalsTable(verdicts));
console.log(timesTable(measured));
console.log(peersTable(peerRows()));
if (missing.length > 0) console.log(missingTable(missing));
await Deno.writeTextFile(
  values.out,
  JSON.stringify(
    {
      records,
      rounds: Number(values.rounds),
      cores: navigator.hardwareConcurrency,
      deno: Deno.version.deno,
      goals: verdicts,
      medians: Object.fromEntries(measured),
      runs: Object.fromEntries(runs),
      peaks: results.peaks,
      outputs: Object.fromEntries(forms),
      missing,
    },
    undefined,
    2,
  ),
);

async function makeInputs(size: number): Promise<Map<InputName, string>> {
  const made = new Map<InputName, string>();
  for (const name of INPUT_NAMES) {
    say(`input ${name}, ${size.toLocaleString("en")} records`);
    made.set(name, await inputFile(folder, name, size));
  }
  return made;
}

async function inputSizes(): Promise<Map<InputName, number>> {
  const sizes = new Map<InputName, number>();
  for (const [name, path] of inputs) sizes.set(name, (await Deno.stat(path)).size);
  return sizes;
}

/** Cohort's peaks of the timed runs. */
function timedPeaks(of: ReadonlyMap<string, Measured>): readonly Peak[] {
  return MEASURED_INPUTS.flatMap((input) =>
    ([1, 2, undefined] as const).flatMap((threads) => {
      const megabytes = of.get(cohortName(input, threads))?.megabytes;
      return megabytes === undefined ? [] : [{ input, records, megabytes }];
    })
  );
}

/** Cohort's peaks at the other sizes that were asked for, one run each. */
async function extraPeaks(): Promise<readonly Peak[]> {
  const peaks: Peak[] = [];
  for (const size of values["memory-at"].split(",").filter(Boolean).map(Number)) {
    const sized = await makeInputs(size);
    for (const input of MEASURED_INPUTS) {
      say(`memory: ${input}, ${size.toLocaleString("en")} records`);
      const out = await Deno.makeTempDir({ dir: folder, prefix: "out-" });
      const { command } = cohortSubject(sized, input, undefined, isThreaded);
      const { megabytes } = await measure(command(out));
      await Deno.remove(out, { recursive: true });
      if (megabytes !== undefined) peaks.push({ input, records: size, megabytes });
    }
  }
  return peaks;
}

function peerRows(): readonly PeerRow[] {
  return peers.flatMap((peer) =>
    peer.jobs.flatMap((job) =>
      INPUT_NAMES.flatMap((input) => {
        const name = peerName(peer.name, job, input);
        const own = measured.get(name);
        const cohort = measured.get(cohortName(input, isThreaded ? 2 : 1))?.seconds;
        const form = forms.get(`${peer.name}, ${job}`) ?? "";
        return own
          ? [{ name, measured: own, cohort, form, leavesOut: peer.leavesOut }]
          : [];
      })
    )
  );
}
