/**
 * The section of the averages: the overview of all fields as a chart, and the same numbers
 * as a table.
 */
import {
  ageAxes,
  ageChart,
  ageScaleChart,
  overviewAges,
  overviewChart,
  overviewScale,
} from "../charts/charts.ts";
import { FEW, type Field, type KeptField } from "../facts.ts";
import { bdi, type Html, html, type Part } from "../html.ts";
import {
  chartLook,
  decoration,
  drawing,
  type Key,
  keys,
  numberCell,
  scrolling,
  section,
  type View,
  WIDTHS,
} from "./view.ts";

/** So many fields fit on one sheet of paper. */
const PART = 24;
/** Of more fields than this, only the oldest and the youngest are drawn. */
const MOST = 72;
/** With more fields than this, distributions stand in the table's rows. */
export const PANELS = 24;
/** With more fields than this, no distributions are drawn: a name typed freely, perhaps. */
export const ROWS = 300;

/** Returns the section with its charts drawn. */
export async function averages(view: View): Promise<Html> {
  const { facts, words } = view;
  if (facts.kept.length === 0) {
    const note = html`<p class="note">${words.nobodyKept}</p>`;
    const table = facts.fields.length > 0 ? await averagesTable(view) : undefined;
    return section("averages", words.averages, note, table);
  }
  return section(
    "averages",
    words.averages,
    await overview(view),
    await averagesTable(view),
  );
}

async function overview(view: View): Promise<Html> {
  const { facts: { kept }, words } = view;
  const isCut = kept.length > MOST;
  const parts = isCut
    ? [kept.slice(0, PART), kept.slice(-PART)]
    : evenParts(kept, Math.ceil(kept.length / PART));
  const ages = overviewAges(kept);
  const figures: Html[] = [];
  for (const part of parts) {
    const first = kept.indexOf(part[0]!) + 1;
    const caption = html`${words.averagesCaption(view.result.parameters.older_than)}${
      parts.length > 1 &&
        words.part({ first, last: first + part.length - 1, of: kept.length }) || undefined
    }`;
    figures.push(
      await overviewFigure(view, { part, ages, caption, id: `overview-${first}` }),
    );
  }
  const note = isCut
    ? html`<p class="note">${words.onlyTheEnds(PART, kept.length)}</p>`
    : undefined;
  return html`${overviewKeys(view)}\n${note}${figures}`;
}

function evenParts<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size))
    .filter((part) => part.length > 0);
}

function overviewKeys({ result, facts, words }: View): Html {
  const entries: (readonly [Key, Part])[] = [
    ["mean", words.keyMean],
    ["median", words.keyMedian],
    ["middle", words.keyMiddle],
    ["range", words.keyRange],
    ["all", words.keyOverall(result.overall.mean!)],
  ];
  if (facts.kept.some(({ count }) => count < FEW)) {
    entries.push(["few", words.keyMeanOfFew(FEW)]);
  }
  return keys(entries);
}

interface Figure {
  readonly part: readonly KeptField[];
  readonly ages: { readonly low: number; readonly high: number };
  readonly caption: Html;
  readonly id: string;
}

async function overviewFigure(view: View, figure: Figure): Promise<Html> {
  const { part, ages, caption, id } = figure;
  const draw = (shown: keyof typeof WIDTHS): Promise<Html> => {
    const width = WIDTHS[shown];
    const scale = overviewScale(ages, width);
    const overall = view.result.overall.mean!;
    const spec = overviewChart(part, { ...chartLook(view), width, scale, overall });
    return drawing(view, spec, { id, shown });
  };
  return html`
    <figure>
    <figcaption id="${id}">${caption}</figcaption>
    ${await draw("wide")}
    ${await draw("narrow")}
    </figure>
  `;
}

async function averagesTable(view: View): Promise<Html> {
  const { facts, words, result } = view;
  const isMini = facts.fields.length > PANELS && facts.fields.length <= ROWS;
  const minis = isMini ? await miniCharts(view) : undefined;
  const rows = facts.fields.map((field, i) =>
    html`<tr><th scope="row">${field.isMerged ? field.name : bdi(field.name)}</th>${
      statisticCells(field, view)
    }${minis?.cells[i]}</tr>\n`
  );
  const blank = minis === undefined ? undefined : html`<td></td>`;
  const headings = [
    words.field,
    words.students,
    words.average,
    words.median,
    words.min,
    words.max,
    words.q1,
    words.q3,
  ].map((text) =>
    text === words.average
      ? html`<th scope="col" aria-sort="descending">${text}</th>`
      : html`<th scope="col">${text}</th>`
  );
  return scrolling(
    "averages-table",
    html`
      <table class="sortable${minis === undefined ? "" : " with-minis"}">
        <caption id="averages-table"><span>${words.averagesTable}</span></caption>
        <thead>
          <tr>${headings}${minis?.heading}</tr>
        </thead>
        <tbody>
      ${rows}</tbody>
        <tfoot>
          <tr><th scope="row">${words.overall}</th>${statisticCells(
            result.overall,
            view,
          )}${blank}</tr>
        </tfoot>
      </table>
    `,
  );
}

function statisticCells(
  of: Pick<Field, "count" | "mean" | "min" | "max" | "median" | "q1" | "q3">,
  { words }: View,
): Html {
  const { whole, years } = words.numbers;
  const decimal = (value: number | null): Html =>
    numberCell(value === null ? words.nothing : years(value), value);
  const integer = (value: number | null): Html =>
    numberCell(value === null ? words.nothing : whole(value), value);
  return html`${integer(of.count)}${decimal(of.mean)}${decimal(of.median)}${
    integer(of.min)
  }${integer(of.max)}${decimal(of.q1)}${decimal(of.q3)}`;
}

/** The size of a histogram in a table's row, in pixels. */
const MINI = { width: 140, height: 26 };

async function miniCharts(
  view: View,
): Promise<{ readonly heading: Html; readonly cells: readonly Html[] } | undefined> {
  const { facts, words } = view;
  const axes = ageAxes(facts.fields);
  if (axes === undefined) return undefined;
  const look = { ...chartLook(view), ...MINI, axes, isMini: true };
  const cells: Html[] = [];
  for (const field of facts.fields) {
    const cell = field.valid < FEW
      ? html`<span class="few-short">${words.fewShort(FEW)}</span>`
      : await decoration(view, ageChart(field, look));
    cells.push(html`<td class="ages">${cell}</td>`);
  }
  const scale = await decoration(view, ageScaleChart({ ...look, height: 20 }));
  const heading = html`<th scope="col" class="ages">${words.distribution}${scale}</th>`;
  return { heading, cells };
}
