/**
 * Before anything is timed: does each peer write what Cohort writes?
 */
import { cohortCommand } from "./cohort.ts";
import { compareOutputs, type Comparison, readOutputs } from "./compare.ts";
import { inputFile, type InputName } from "./inputs.ts";
import { type Command, measure } from "./measure.ts";
import type { Job, Missing, Peer } from "./peers.ts";

/** What a peer and Cohort must agree on before the peer is timed with that job. */
const CHECKED: Readonly<Record<Job, readonly InputName[]>> = {
  rows: ["canonical", "mixed_cells"],
  whole: ["canonical", "mixed"],
};
/** Enough for every block and chunk of the tools to end somewhere. */
const RECORDS = 100_000;

/** Which peers may be timed. */
export interface Checked {
  /** The peers with the jobs that they do as Cohort does. */
  readonly peers: readonly Peer[];
  /** How their outputs differ in form, by peer and job. */
  readonly forms: ReadonlyMap<string, string>;
  /** Those that differ, with the first difference, or fail. */
  readonly differing: readonly Missing[];
}

/** Runs each peer beside Cohort and compares what they write. */
export async function checkPeers(
  peers: readonly Peer[],
  folder: string,
  onCheck: (what: string) => void,
  records = RECORDS,
): Promise<Checked> {
  const forms = new Map<string, string>();
  const differing: Missing[] = [];
  const good: Peer[] = [];
  for (const peer of peers) {
    const jobs: Job[] = [];
    for (const job of peer.jobs) {
      onCheck(`${peer.name}, ${job}`);
      const comparison = await checkJob(peer, job, folder, records);
      if ("difference" in comparison) {
        differing.push({ name: `${peer.name}, ${job}`, reason: comparison.difference });
      } else {
        jobs.push(job);
        forms.set(
          `${peer.name}, ${job}`,
          comparison.normalised.join("; ") || "same bytes",
        );
      }
    }
    if (jobs.length > 0) good.push({ ...peer, jobs });
  }
  return { peers: good, forms, differing };
}

async function checkJob(
  peer: Peer,
  job: Job,
  folder: string,
  records: number,
): Promise<Comparison> {
  const normalised = new Set<string>();
  for (const name of CHECKED[job]) {
    const input = await inputFile(folder, name, records);
    const isWhole = job === "whole";
    try {
      const ours = await outputsOf(
        folder,
        isWhole,
        (out) => cohortCommand(input, out, undefined),
      );
      const theirs = await outputsOf(
        folder,
        isWhole,
        (out) => peer.command(input, out, job),
      );
      const comparison = compareOutputs(ours, theirs);
      if ("difference" in comparison) {
        return { difference: `${name}: ${comparison.difference}` };
      }
      comparison.normalised.forEach((one) => normalised.add(one));
    } catch (error) {
      return { difference: `${name}: ${(error as Error).message}` };
    }
  }
  return { normalised: [...normalised] };
}

async function outputsOf(
  folder: string,
  withRejects: boolean,
  command: (out: string) => Command,
) {
  const out = await Deno.makeTempDir({ dir: folder, prefix: "check-" });
  try {
    await measure(command(out));
    return await readOutputs(out, withRejects);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}
