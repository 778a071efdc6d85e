/**
 * The sections of the live page that the report has too: averages, distributions, quality.
 */
import { buildResult } from "../report/build.ts";
import { factsOf } from "../report/facts.ts";
import { html } from "../report/html.ts";
import type { Result } from "../report/result.ts";
import { distributions } from "../report/sections/ages.ts";
import { averages } from "../report/sections/averages.ts";
import { quality } from "../report/sections/quality.ts";
import type { View } from "../report/sections/view.ts";
import type { Lang } from "../report/words/numbers.ts";
import { wordsFor } from "../report/words/words.ts";
import type { StreamStatus } from "../stream/status.ts";

/** Returns what a stream has counted so far as the result that a page is drawn from. */
export function resultOf(status: StreamStatus, lang: Lang): Result {
  const { counts, reasons, ages, olderThan, topic, version, at, started } = status;
  const { read, blank, rejected, filtered, kept } = counts;
  return buildResult({
    parameters: { older_than: olderThan, lang },
    inputs: [{ source: topic, topic, ranges: [], records: read }],
    funnel: { read, blank, rejected, valid: filtered + kept, filtered, kept },
    rejects: reasons,
    examples: [],
    ages: new Map(ages),
    outputs: [],
    run: {
      finished: at.toISOString(),
      seconds: (at.getTime() - started.getTime()) / 1000,
      version,
      runtime: "",
      platform: "",
      engine: "stream",
    },
  });
}

/** Returns the sections as markup, their charts drawn. */
export async function drawNumbers(
  result: Result,
  draw: View["draw"],
): Promise<string> {
  const words = wordsFor(result.parameters.lang);
  const facts = factsOf(result, words.mergedFields);
  const view: View = { result, facts, words, options: { examples: false }, draw };
  return html`
    ${await averages(view)}
    ${await distributions(view)}
    ${await quality(view)}
  `.markup;
}
