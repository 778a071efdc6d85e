/**
 * Cohort's peak memory, of the timed runs and at further sizes.
 */
import { cohortName, type Peak } from "./goals.ts";
import { inputFile, type InputName } from "./inputs.ts";
import { measure, type Measured } from "./measure.ts";
import { cohortSubject, MEASURED_INPUTS } from "./plan.ts";

/** Returns the peaks of the timed runs. */
export function timedPeaks(
  medians: ReadonlyMap<string, Measured>,
  records: number,
): readonly Peak[] {
  return MEASURED_INPUTS.flatMap((input) =>
    ([1, 2, undefined] as const).flatMap((threads) => {
      const megabytes = medians.get(cohortName(input, threads))?.megabytes;
      return megabytes === undefined ? [] : [{ input, records, megabytes }];
    })
  );
}

/** Returns the peaks at another number of records, of one run each. */
export async function peaksAt(
  records: number,
  folder: string,
  onRun: (input: InputName) => void,
): Promise<readonly Peak[]> {
  const peaks: Peak[] = [];
  for (const input of MEASURED_INPUTS) {
    onRun(input);
    const path = await inputFile(folder, input, records);
    const { command } = cohortSubject(new Map([[input, path]]), input, undefined, true);
    const out = await Deno.makeTempDir({ dir: folder, prefix: "out-" });
    try {
      const { megabytes } = await measure(command(out));
      if (megabytes !== undefined) peaks.push({ input, records, megabytes });
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  }
  return peaks;
}
