/**
 * The section of the conclusion: sentences computed from the numbers, and what the data
 * can't tell.
 */
import { type Html, html } from "../html.ts";
import { list, section, type View } from "./view.ts";

/** Returns what follows from the numbers, and what does not. */
export function conclusion(view: View): Html {
  const { result: { funnel, parameters, overall }, facts, words } = view;
  const { compared, gap = 0, between, meanOfValid } = facts;
  const { years } = words.numbers;
  const isFiltered = funnel.filtered > 0 && parameters.older_than >= 0;
  const sentences = [
    gap > 0 ? words.gap(compared[0]!.name, compared.at(-1)!.name, gap) : undefined,
    compared.length > 1 && gap === 0 ? words.allTheSame(compared[0]!.mean) : undefined,
    compared.length > 1 && between !== undefined ? words.spread(between) : undefined,
    isFiltered && meanOfValid !== undefined && overall.mean !== null &&
      years(meanOfValid) !== years(overall.mean)
      ? words.withoutThreshold(meanOfValid, overall.mean)
      : undefined,
    funnel.rejected > 0
      ? words.refusedAreMissing({ count: funnel.rejected, of: funnel.read })
      : undefined,
    compared.length < 2 ? words.nothingToCompare : undefined,
  ].filter((sentence) => sentence !== undefined);
  const limits = [
    words.notWhy,
    ...(isFiltered ? [words.notTheYounger(parameters.older_than)] : []),
    words.notWhoIsDouble,
    ...(facts.few > 0 ? [words.notSmallFields] : []),
  ];
  return section(
    "conclusion",
    words.conclusion,
    list(sentences, "findings"),
    html`\n<h3>${words.cannotTell}</h3>\n`,
    list(limits),
  );
}
