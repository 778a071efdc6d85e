/**
 * The section of the data's quality: the funnel with its losses, and the refused records by
 * reason with an explanation and examples.
 */
import type { Reason } from "../../transform/types.ts";
import { type Bar, barChart, funnelBars, rejectBars } from "../charts/charts.ts";
import { bdi, type Html, html } from "../html.ts";
import { rawText } from "./raw_text.ts";
import type { RejectExample } from "../result.ts";
import {
  chartLook,
  drawing,
  list,
  numberCell,
  scrolling,
  section,
  type View,
} from "./view.ts";

/** Two such charts stand side by side on a wide page. */
const HALF = 344;

/** Returns the section with its charts drawn. */
export async function quality(view: View): Promise<Html> {
  const { result: { funnel, rejects }, words } = view;
  const refused = Object.keys(rejects).length > 0
    ? await barFigure(view, rejectBars(rejects, words), {
      id: "rejects-chart",
      caption: words.rejectsCaption(funnel.rejected, funnel.read),
    })
    : html`<p class="note">${words.noRejects}</p>\n`;
  return section(
    "quality",
    words.quality,
    html`
      <div class="two">
      ${await barFigure(view, funnelBars(funnel, words), {
        id: "funnel-chart",
        caption: words.funnelCaption,
      })}${refused}</div>
    `,
    funnelTable(view),
    reasons(view),
  );
}

async function barFigure(
  view: View,
  bars: readonly Bar[],
  { id, caption }: { readonly id: string; readonly caption: Html },
): Promise<Html> {
  const of = view.result.funnel.read;
  const spec = barChart(bars, { ...chartLook(view), width: HALF, of });
  return html`
    <figure>
    <figcaption id="${id}">${caption}</figcaption>
    ${await drawing(view, spec, { id, shown: "any" })}
    </figure>
  `;
}

function funnelTable({ result: { funnel, parameters }, words }: View): Html {
  const { read } = funnel;
  const { whole, percent } = words.numbers;
  const isThreshold = parameters.older_than >= 0;
  const rows: readonly (readonly [string, number, Html])[] = [
    [words.read, read, words.meansRead],
    [words.blank, funnel.blank, words.meansBlank],
    [words.rejected, funnel.rejected, words.meansRejected],
    [words.valid, funnel.valid, words.meansValid],
    [
      words.filtered,
      funnel.filtered,
      isThreshold
        ? words.meansFiltered(parameters.older_than)
        : words.meansFilteredNobody,
    ],
    [words.kept, funnel.kept, words.meansKept],
  ];
  const share = (count: number): number => read === 0 ? 0 : count / read;
  const body = rows.map(([name, count, meaning]) =>
    html`<tr><th scope="row">${name}</th>${numberCell(whole(count), count)}${
      numberCell(percent(share(count)), share(count))
    }<td class="text">${meaning}</td></tr>\n`
  );
  return scrolling(
    "funnel-table",
    html`
      <table class="funnel">
        <caption id="funnel-table"><span>${words.funnelTable}</span></caption>
        <thead>
          <tr>
            <th scope="col">${words.step}</th>
            <th scope="col">${words.number}</th>
            <th scope="col">${words.share}</th>
            <th scope="col" class="text">${words.meaning}</th>
          </tr>
        </thead>
        <tbody>
      ${body}</tbody>
      </table>
    `,
  );
}

function reasons(view: View): Html | undefined {
  const { result: { rejects, reject_examples }, options, words } = view;
  const sorted = (Object.entries(rejects) as [Reason, number][])
    .sort(([, a], [, b]) => b - a);
  if (sorted.length === 0) return undefined;
  const isShown = options.examples ?? true;
  return html`
    <div class="reasons">
    ${sorted.map(([reason, count]) => {
      const { name, why } = words.reasons[reason];
      const examples = reject_examples.filter((example) => example.reason === reason);
      return html`
        <article>
        <h3>${name} <span class="count">${words.numbers.whole(count)}</span></h3>
        <p>${why} <code>${reason}</code></p>
        ${isShown && examples.length > 0
          ? exampleList(examples, count, view)
          : undefined}</article>
      `;
    })}</div>
  `;
}

function exampleList(
  examples: readonly RejectExample[],
  count: number,
  view: View,
): Html {
  return html`
    <p class="first">${view.words.examplesOf(examples.length, count)}</p>
    ${list(
      examples.map((example) =>
        html`<span class="place">${placeOf(example, view)}</span> ${
          rawText(example, view)
        }`
      ),
      "examples",
    )}
  `;
}

/** Returns where a refused record was read. */
export function placeOf(
  { source, line, topic, partition, offset }: RejectExample,
  { words }: Pick<View, "words">,
): Html {
  if (topic !== undefined) {
    return html`${bdi(topic)}/${String(partition ?? 0)}@${String(offset ?? "?")}`;
  }
  return words.place(source ?? "?", String(line ?? "?"));
}
