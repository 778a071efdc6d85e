/**
 * The words that the page of a run says by itself, in both languages; all others are the
 * notebook's own.
 */
import { type Both, both, frenchSpaces } from "../report/words/typography.ts";
import type { Notebook } from "./notebook.ts";

/** The languages of which the page knows words. */
export type Lang = "en" | "fr";

const WORDS = {
  howMade: both("How this page was made", "Comment cette page a été faite"),
  notebook: both("notebook", "carnet"),
  made: both("made", "faite"),
  by: both("by cohort", "par cohort"),
  command: both("Command", "Commande"),
  cell: both("Cell", "Cellule"),
  output: both("output", "sortie"),
  code: both("Code of cell", "Code de la cellule"),
  inWords: both(": in words", " : en mots"),
  picture: both("A picture", "Une image"),
} as const;

/** The words in one language. */
export type PageWords = Readonly<Record<keyof typeof WORDS, string>>;

/** Returns the words in that language. */
export function pageWords(lang: Lang): PageWords {
  const entries = Object.entries<Both<string>>(WORDS);
  return Object.fromEntries(
    entries.map(([name, word]) => [name, frenchSpaces(word[lang])]),
  ) as PageWords;
}

/** Returns the language of which the notebook's metadata says that it is written in. */
export function langOf({ metadata }: Notebook): Lang {
  return /^fr\b/i.test(metadata.lang ?? "") ? "fr" : "en";
}
