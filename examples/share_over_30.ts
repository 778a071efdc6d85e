/**
 * An analysis of your own: the share of students over 30 in each field.
 *
 * deno run --allow-read examples/share_over_30.ts data/students.csv
 */
import {
  type Ages,
  agesByField,
  countStudents,
  fieldNames,
  olderThan,
  readFiles,
} from "../lib/mod.ts";

/** Returns the share, from 0 to 1, of the students who are over 30; NaN for nobody. */
export function shareOver30(ages: Ages): number {
  return countStudents(olderThan(ages, 30)) / countStudents(ages);
}

if (import.meta.main) {
  const ages = await agesByField(await readFiles(Deno.args[0] ?? "data/students.csv"));
  for (const field of fieldNames(ages)) {
    const percent = 100 * shareOver30(ages.get(field)!);
    console.log(`${percent.toFixed(1).padStart(5)} %  ${field}`);
  }
}
