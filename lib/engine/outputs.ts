/**
 * The files of a run by what they hold.
 */

/** The files of a run, in the order in which they are put into place. */
export const OUTPUTS = {
  students: "etudiants_transformed.csv",
  statistics: "statistics.csv",
  rejects: "rejects.jsonl",
  page: "report.html",
  result: "report.json",
} as const;
