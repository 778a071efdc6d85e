/**
 * `statistics.csv`: one row a field, for a spreadsheet.
 */
import { csvCell } from "../transform/csv.ts";
import type { Statistics } from "../analyse/statistics.ts";

/** One field's statistics. */
export interface FieldStatistics extends Statistics {
  readonly field: string;
}

/** Returns the text of `statistics.csv`; a number that nobody has is an empty cell. */
export function formatStatistics(fields: readonly FieldStatistics[]): string {
  const rows = fields.map(({ field, count, mean, min, max, median }) =>
    [csvCell(field), count, mean === null ? "" : round6(mean), min, max, median]
      .map((cell) => cell ?? "").join(",") + "\n"
  );
  return "field,count,mean,min,max,median\n" + rows.join("");
}

/** Returns the number with at most 6 decimals. */
function round6(value: number): number {
  return Number(value.toFixed(6));
}
