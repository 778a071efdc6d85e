/**
 * The top of the page: title, who hands it in, and what the numbers say in short.
 */
import { type Html, html } from "../html.ts";
import type { Reason } from "../../transform/types.ts";
import { FEW } from "../facts.ts";
import { list, section, type View } from "./view.ts";

/** Returns the title, with author, course and date where they are given. */
export function titleBlock({ words, options }: View): Html {
  const { author, course, date } = options;
  const line = [author, course].filter((text) => text !== undefined && text !== "")
    .map((text) => html`<span dir="auto">${text}</span>`);
  if (date !== undefined && date !== "") {
    line.push(html`<span>${dayInWords(date, words.numbers.day)}</span>`);
  }
  return html`<header>
<h1 dir="auto">${options.title || words.title}</h1>
${line.length > 0 ? html`<p class="byline">${line}</p>` : undefined}
</header>`;
}

function dayInWords(date: string, inWords: (isoDay: string) => string): Html | string {
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(date) ? date : NaN);
  // 31 February would be 3 March
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
  return isDay ? html`<time datetime="${date}">${inWords(date)}</time>` : date;
}

/** Returns the sentences that say in short what was found. */
export function headlines(view: View): Html {
  const { result: { funnel, parameters, suppressed }, facts, words } = view;
  const sentences = [
    overall(view),
    comparison(view),
    refusals(view),
    funnel.filtered > 0 && parameters.older_than >= 0
      ? words.leftOut(funnel.filtered, parameters.older_than)
      : undefined,
    facts.few > 0 && facts.compared.length > 0
      ? words.fewFields(facts.few, FEW)
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  const notes = suppressed === undefined || suppressed.everything ? [] : [
    words.smallGroups(suppressed.min_group_size),
    ...(suppressed.filtered_ages ? [words.smallFiltered(suppressed.min_group_size)] : []),
  ];
  return section(
    "headlines",
    words.headlines,
    list(sentences, "lead"),
    notes.map((note) => html`\n<p class="note">${note}</p>`),
  );
}

function overall({ result, facts, words }: View): Html {
  const { count, mean, q1, q3 } = result.overall;
  const olderThan = result.parameters.older_than;
  if (result.suppressed?.everything) {
    return words.tooFewInAll(result.suppressed.min_group_size);
  }
  if (mean === null || q1 === null || q3 === null) return words.nobody(olderThan);
  const fields = facts.keptFields;
  return words.overallAge({ count, mean, q1, q3, fields, olderThan });
}

function comparison({ facts, words }: View): Html | undefined {
  const { compared, gap = 0 } = facts;
  if (facts.keptFields < 2) return undefined;
  if (compared.length === 0) {
    return facts.kept.some(({ isMerged }) => isMerged)
      ? undefined
      : words.noFieldToCompare(FEW);
  }
  const [oldest, youngest] = [compared[0]!, compared.at(-1)!];
  if (compared.length === 1) return words.onlyOneField(oldest.name);
  return gap > 0
    ? words.oldestAndYoungest(oldest, youngest)
    : words.allTheSame(oldest.mean);
}

function refusals({ result: { funnel, rejects }, words }: View): Html {
  if (funnel.read === 0) return words.nothingRead;
  const [most] = (Object.entries(rejects) as [Reason, number][])
    .sort(([, a], [, b]) => b - a);
  if (most === undefined) return words.noneRefused(funnel.read);
  const [reason, count] = most;
  return words.refused(
    { count: funnel.rejected, of: funnel.read },
    words.reasons[reason].name,
    count,
  );
}
