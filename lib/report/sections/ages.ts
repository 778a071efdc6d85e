/**
 * The section of the distributions: a small histogram for each field, all on the same axes,
 * and the ages in numbers.
 */
import { type AgeAxes, ageAxes, ageChart } from "../charts/charts.ts";
import { type AgeCount, FEW, type Field } from "../facts.ts";
import { bdi, type Html, html, type Part } from "../html.ts";
import { PANELS, ROWS } from "./averages.ts";
import {
  chartLook,
  drawing,
  type Key,
  keys,
  scrolling,
  section,
  type View,
} from "./view.ts";

/** The size of a histogram, in pixels: four stand side by side, two on a phone. */
const PANEL = { width: 168, height: 112 };
/** The size where there are no more than two: they stand side by side, or each alone. */
const ROOMY = { width: 344, height: 180 };

/** Returns the section with its charts drawn; nothing where there are no students. */
export async function distributions(view: View): Promise<Html | undefined> {
  const { facts: { fields }, words } = view;
  if (fields.every(({ valid }) => valid === 0)) return undefined;
  const axes = ageAxes(fields);
  const isInTable = fields.length > PANELS;
  const group = view.result.suppressed?.filtered_ages ? "kept" : "valid";
  const caption = isInTable
    ? words.distributionsInTable(group)
    : words.distributionsCaption(group);
  if (fields.length > ROWS) {
    const note = html`<p class="note">${words.tooManyToDraw(ROWS)}</p>\n`;
    return section("distributions", words.distributions, note, agesTable(view));
  }
  return section(
    "distributions",
    words.distributions,
    html`<p>${caption}${axes && edges(axes, view)}</p>\n`,
    axes && ageKeys(view),
    isInTable
      ? undefined
      : html`<div class="${isRoomy(view) ? "panels roomy" : "panels"}">\n${await panels(
        view,
        axes,
      )}</div>\n`,
    agesTable(view),
  );
}

function edges(axes: AgeAxes, { words }: View): Part {
  if (!axes.isLowOpen && !axes.isHighOpen) return undefined;
  const low = axes.isLowOpen ? axes.low : undefined;
  return [" ", words.edgeBars(low, axes.isHighOpen ? axes.high : undefined)];
}

function ageKeys({ result, facts, words }: View): Html {
  const isFiltered = facts.fields.some(({ ages }) => ages.some(({ isKept }) => !isKept));
  const entries: (readonly [Key, Part])[] = [["kept", words.keyKept]];
  if (isFiltered) {
    entries.push(["filtered", words.keyFiltered(result.parameters.older_than)]);
  }
  return keys([...entries, ["line", words.keyMeanLine]]);
}

function isRoomy({ facts }: View): boolean {
  return facts.fields.length <= 2;
}

async function panels(view: View, axes: AgeAxes | undefined): Promise<readonly Html[]> {
  const drawn: Html[] = [];
  for (const [i, field] of view.facts.fields.entries()) {
    drawn.push(await panel(view, field, { axes, id: `ages-${i + 1}` }));
  }
  return drawn;
}

async function panel(
  view: View,
  field: Field,
  { axes, id }: { readonly axes: AgeAxes | undefined; readonly id: string },
): Promise<Html> {
  const { result, words } = view;
  const content = axes === undefined || field.valid < FEW
    ? html`<p class="few-words">${words.tooFewToDraw(FEW)}</p>`
    : await drawing(
      view,
      ageChart(field, { ...chartLook(view), ...(isRoomy(view) ? ROOMY : PANEL), axes }),
      {
        id,
        shown: "any",
      },
    );
  return html`
    <figure>
    <figcaption id="${id}"><b>${field.isMerged
      ? field.name
      : bdi(field.name)}</b> <span>${result.suppressed?.filtered_ages
      ? words.studentCount(field.count)
      : words.keptOf(field.count, field.valid)}</span></figcaption>
    ${content}
    </figure>
  `;
}

/** Returns every number of the histograms, folded away until somebody asks for it. */
function agesTable({ facts, words }: View): Html {
  const isFiltered = facts.fields.some(({ ages }) => ages.some(({ isKept }) => !isKept));
  const rows = facts.fields.map((field) => {
    const of = (isKept: boolean): string =>
      inWords(field.ages.filter((age) => age.isKept === isKept), words.colon) ||
      words.none;
    return html`<tr><th scope="row">${
      field.isMerged ? field.name : bdi(field.name)
    }</th>${isFiltered ? html`<td>${of(false)}</td>` : undefined}<td>${
      of(true)
    }</td></tr>\n`;
  });
  const filtered = isFiltered ? html`<th scope="col">${words.filtered}</th>` : undefined;
  const opening = facts.fields.length > PANELS
    ? html`<details class="long">`
    : html`<details>`;
  return html`${opening}
<summary>${words.agesSummary}</summary>
${
    scrolling(
      "ages-table",
      html`
        <table class="texts">
          <caption id="ages-table"><span>${words.agesTable}</span></caption>
          <thead>
            <tr><th scope="col">${words.field}</th>${filtered}<th scope="col">${words
              .kept}</th></tr>
          </thead>
          <tbody>
        ${rows}</tbody>
        </table>
      `,
    )
  }
</details>`;
}

/** Returns `21: 12, 22: 9`, with no line break inside a pair. */
function inWords(ages: readonly AgeCount[], colon: string): string {
  return ages.map(({ age, count }) => `${age}${colon}\u00a0${count}`).join(", ");
}
