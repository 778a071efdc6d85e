/**
 * Cohort by its rules as text alone, without the byte kernel: rules_as_text.ts INPUT OUT
 */
import { readFiles, textCleaner, writeReport } from "../../lib/mod.ts";

const [input, out] = Deno.args;
await writeReport(await readFiles(input!), {
  out: out!,
  cleaner: textCleaner,
  page: false,
});
