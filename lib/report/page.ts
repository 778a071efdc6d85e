/**
 * The whole page, from the result alone: one HTML file that opens anywhere without a single
 * request, readable without its script.
 */
import { factsOf } from "./facts.ts";
import { Html, html } from "./html.ts";
import { contentSecurityPolicy } from "./policy.ts";
import type { Result } from "./result.ts";
import { SCRIPT } from "./script.ts";
import { distributions } from "./sections/ages.ts";
import { averages } from "./sections/averages.ts";
import { conclusion } from "./sections/conclusion.ts";
import { provenance } from "./sections/provenance.ts";
import { quality } from "./sections/quality.ts";
import { steps } from "./sections/steps.ts";
import { headlines, titleBlock } from "./sections/title.ts";
import { pageStyle } from "./style.ts";
import type { PageOptions, View } from "./sections/view.ts";
import { wordsFor } from "./words/words.ts";

export type { PageOptions } from "./sections/view.ts";

/**
 * Returns the page as HTML. The same result and options give the same text, but for the one
 * line that holds the time, the duration and the versions of the run.
 *
 * Small groups are not hidden here: give it the result of
 * {@linkcode suppressSmallGroups}.
 */
export async function drawPage(
  result: Result,
  options: PageOptions = {},
): Promise<string> {
  // Vega takes longer to load than all the rest: only who draws a page pays for it
  const { drawSvg } = await import("./charts/svg.ts");
  const words = wordsFor(options.lang ?? result.parameters.lang);
  const facts = factsOf(result, words.mergedFields);
  const view: View = { result, facts, words, options, draw: drawSvg };
  const sections = [
    headlines(view),
    steps(view),
    await averages(view),
    await distributions(view),
    await quality(view),
    conclusion(view),
    provenance(view),
  ];
  const title = options.title || words.title;
  const style = pageStyle(options.date ? `${title} · ${options.date}` : title);
  const page = html`
    <!doctype html>
    <html lang="${words.lang}">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(
          style,
          SCRIPT,
        )}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style>${new Html(style)}</style>
      </head>
      <body>
        <main>
    ${titleBlock(view)}
    ${sections}</main>
        <script>${new Html(SCRIPT)}</script>
      </body>
    </html>
  `;
  return page.markup;
}
