/**
 * How a value is written into a CSV: quoted only where RFC 4180 needs it.
 */
import type { Student } from "./types.ts";

/** The first line of `etudiants_transformed.csv`. */
export const STUDENTS_HEADER = "first_name,last_name,age,field\n";

const NEEDS_QUOTES = /[",\r\n]/;

/** Returns the text as a CSV cell. */
export function csvCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Returns a student's row of `etudiants_transformed.csv`, its line end included. */
export function studentRow({ first, last, age, field }: Student): string {
  return `${csvCell(first)},${csvCell(last)},${age},${csvCell(field)}\n`;
}
