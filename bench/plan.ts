/**
 * What is measured, in the order of a round: the floors, Cohort over every input, the peers.
 */
import { cohortCommand, SAMPLE_PATH } from "./cohort.ts";
import {
  cohortName,
  COPY,
  FLUSHED_COPY,
  GUNZIP,
  peerName,
  SAMPLE,
  type Threads,
} from "./goals.ts";
import type { InputName } from "./inputs.ts";
import type { Subject } from "./measure.ts";
import { denoCommand, type Job, type Peer } from "./peers.ts";

/** Paths of the inputs. */
export type Inputs = ReadonlyMap<InputName, string>;

/** The inputs of the goals, by how many threads they are measured with. */
const GOAL_INPUTS: readonly (readonly [InputName, Threads])[] = [
  ["canonical", 1],
  ["canonical", 2],
  ["french", 1],
  ["arabic", 1],
  ["cyrillic", 1],
  ["greek", 1],
  ["rejects", 1],
  ["quoted", 1],
  ["many_fields", 1],
  ["gzip", undefined],
];

/** The inputs whose times and memory the goals are about. */
export const MEASURED_INPUTS: readonly InputName[] = [
  ...new Set(GOAL_INPUTS.map(([input]) => input)),
];

/** What every peer is timed on; the whole job also where there is something to refuse. */
const PEER_RUNS: readonly (readonly [Job, InputName])[] = [
  ["rows", "canonical"],
  ["whole", "canonical"],
  ["whole", "mixed"],
];

/** Returns the floors and Cohort's own runs. */
export function goalSubjects(inputs: Inputs, isThreaded: boolean): readonly Subject[] {
  const canonical = inputs.get("canonical")!;
  return [
    {
      name: COPY,
      command: (out) => denoCommand("copy.ts", [canonical, `${out}/copy`]),
    },
    {
      name: FLUSHED_COPY,
      command: (out) => denoCommand("copy.ts", [canonical, `${out}/copy`, "--flush"]),
    },
    {
      name: GUNZIP,
      command: () => ({ program: "gunzip", args: ["-c", inputs.get("gzip")!] }),
    },
    ...GOAL_INPUTS.filter(([, threads]) => isThreaded || threads !== 2)
      .map(([input, threads]) => cohortSubject(inputs, input, threads, isThreaded)),
    {
      name: SAMPLE,
      command: (out) => cohortCommand(SAMPLE_PATH, out, undefined),
    },
  ];
}

/** Returns Cohort's run over an input. */
export function cohortSubject(
  inputs: Inputs,
  input: InputName,
  threads: Threads,
  isThreaded: boolean,
): Subject {
  const flag = isThreaded ? threads : undefined;
  return {
    name: cohortName(input, threads),
    command: (out) => cohortCommand(inputs.get(input)!, out, flag),
  };
}

/** Returns what any tool needs at least, and the peers, with Cohort beside them. */
export function peerSubjects(
  inputs: Inputs,
  peers: readonly Peer[],
  isThreaded: boolean,
): readonly Subject[] {
  const threads = isThreaded ? 2 : 1;
  const canonical = inputs.get("canonical")!;
  const timed = PEER_RUNS.flatMap(([job, input]) =>
    peers.filter(({ jobs }) => jobs.includes(job)).map((peer) => ({
      name: peerName(peer.name, job, input),
      command: (out: string) => peer.command(inputs.get(input)!, out, job),
      sameAs: cohortName(input, threads),
    }))
  );
  return [
    { name: "wc -l", command: () => ({ program: "wc", args: ["-l", canonical] }) },
    {
      name: "cat",
      command: (out) => ({
        program: "sh",
        args: ["-c", 'cat "$1" > "$2"', "sh", canonical, `${out}/copy`],
      }),
    },
    cohortSubject(inputs, "canonical", threads, isThreaded),
    cohortSubject(inputs, "mixed", threads, isThreaded),
    ...timed,
  ];
}
