/**
 * Sentences in English and in French: templates that escape what comes from outside and
 * set their own punctuation as printers of the language do.
 */
import { type Html, html, type Part } from "../html.ts";

/** Returns an English sentence as HTML; the values are escaped. */
export const en = html;

/**
 * Returns a French sentence as HTML; the values are escaped. A plain blank before `:`, `;`,
 * `!`, `?`, `%` and inside guillemets becomes narrow and unbreakable, but only in the
 * sentence's own words: names from the data stay as they are.
 */
export function fr(template: TemplateStringsArray, ...values: readonly Part[]): Html {
  const cooked = template.map(frenchSpaces);
  return html(Object.assign(cooked, { raw: cooked }), ...values);
}

/** Returns a label as it stands inside a sentence: `UTF-8` keeps its capital. */
export function inSentence(label: string): string {
  return /^\p{Lu}[\p{Ll} ]/u.test(label)
    ? label.charAt(0).toLowerCase() + label.slice(1)
    : label;
}

/** Returns the text with narrow no-break spaces where French punctuation wants them. */
export function frenchSpaces(text: string): string {
  return text.replace(/ (?=[:;!?%»])/g, "\u202f").replace(/(?<=«) /g, "\u202f");
}

/** A word or sentence in both languages. */
export interface Both<T> {
  readonly en: T;
  readonly fr: T;
}

/** Returns a word or sentence in both languages, which are of one type. */
export function both<T>(en: T, fr: T): Both<T> {
  return { en, fr };
}
