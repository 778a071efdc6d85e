/**
 * The results as Markdown tables.
 */
import type { Checked } from "./check.ts";
import { cohortName, COPY, peerName, type Verdict } from "./goals.ts";
import { INPUT_NAMES } from "./inputs.ts";
import type { Measured } from "./measure.ts";
import type { Missing } from "./peers.ts";

/** Returns rows as a Markdown table. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [header, header.map(() => "---"), ...rows].map(line).join("\n") + "\n";
}

/** Returns each goal with what was measured. */
export function goalsTable(verdicts: readonly Verdict[]): string {
  return table(
    ["what", "measured", "goal", "met"],
    verdicts.map(({ name, value, unit, goal, met }) => [
      name,
      value === undefined ? "not measured" : amount(value, unit),
      "most" in goal ? `≤ ${goal.most} ${unit}` : `≥ ${goal.least} ${unit}`,
      met === undefined ? "–" : met ? "yes" : "NO",
    ]),
  );
}

function amount(value: number, unit: Verdict["unit"]): string {
  return `${value.toFixed(unit === "MB" || unit === "ms" ? 0 : 2)} ${unit}`;
}

/** Returns every subject with its medians. */
export function timesTable(medians: ReadonlyMap<string, Measured>): string {
  const copy = medians.get(COPY)?.seconds;
  return table(
    ["what", "s", "MB of memory", "× copy"],
    [...medians].map(([name, measured]) => [
      name,
      ...figures(measured),
      times(measured.seconds, copy),
    ]),
  );
}

/** One peer's run beside Cohort's. */
export interface PeerRow {
  readonly name: string;
  readonly measured: Measured;
  /** Cohort's time over the same input. */
  readonly cohort: number | undefined;
  /** In what form it wrote the same. */
  readonly form: string;
  readonly leavesOut: string;
}

/** Returns a row for each run of a peer, peer by peer. */
export function peerRows(
  { peers, forms }: Checked,
  medians: ReadonlyMap<string, Measured>,
  isThreaded: boolean,
): readonly PeerRow[] {
  const runs = peers.flatMap(({ name, jobs, leavesOut }) =>
    jobs.flatMap((job) => INPUT_NAMES.map((input) => ({ name, job, input, leavesOut })))
  );
  return runs.flatMap(({ name, job, input, leavesOut }) => {
    const run = peerName(name, job, input);
    const measured = medians.get(run);
    if (measured === undefined) return [];
    const cohort = medians.get(cohortName(input, isThreaded ? 2 : 1))?.seconds;
    const form = forms.get(`${name}, ${job}`)!;
    return [{ name: run, measured, cohort, form, leavesOut }];
  });
}

/** Returns the peers beside Cohort. */
export function peersTable(rows: readonly PeerRow[]): string {
  return table(
    ["peer, job, input", "s", "MB of memory", "× Cohort", "output", "leaves out"],
    rows.map(({ name, measured, cohort, form, leavesOut }) => [
      name,
      ...figures(measured),
      times(measured.seconds, cohort),
      form,
      leavesOut,
    ]),
  );
}

/** Returns who was not timed, and why. */
export function missingTable(missing: readonly Missing[]): string {
  return table(
    ["not timed", "because"],
    missing.map(({ name, reason }) => [name, reason]),
  );
}

function figures({ seconds, megabytes }: Measured): readonly string[] {
  return [seconds.toFixed(2), megabytes === undefined ? "–" : megabytes.toFixed(0)];
}

function times(seconds: number, base: number | undefined): string {
  return base === undefined ? "–" : (seconds / base).toFixed(1);
}
