/**
 * Numbers as a reader of the language writes them: decimal comma and narrow no-break
 * spaces in French, thousands commas in British English.
 */

/** A language of the page. */
export type Lang = "en" | "fr";

/** The number formats of one language. */
export interface Numbers {
  /** A count: `12,480` or `12 480`. */
  readonly whole: (count: number) => string;
  /** Ages and their averages in years, always with one decimal: `24.3`. */
  readonly years: (years: number) => string;
  /** An age in a sentence, with one decimal only where it has one: `22`, `22.5`. */
  readonly age: (years: number) => string;
  /** A number with two decimals: `0.12`. */
  readonly exact: (value: number) => string;
  /** A share from 0 to 1; never `0%` of something nor `100%` of not all. */
  readonly percent: (share: number) => string;
  /** A size: `1.5 kB`, in powers of ten. */
  readonly size: (bytes: number) => string;
  /** A count with its noun, singular or plural as the language has it: `1 student`. */
  readonly count: (count: number, one: string, other: string) => string;
  /** The noun alone, singular or plural as the count asks. */
  readonly noun: (count: number, one: string, other: string) => string;
  /** A list in words: `a, b and c`. */
  readonly list: (items: readonly string[]) => string;
  /** A day in words from `2026-11-22`. */
  readonly day: (isoDay: string) => string;
  /** A moment in words, in UTC, to the minute. */
  readonly moment: (iso: string) => string;
}

/** Stands between a number and its noun or unit, where no line may break. */
const NO_BREAK = "\u00a0";

/** Returns the number formats of a language. */
export function numbersFor(lang: Lang): Numbers {
  return FORMATS[lang];
}

const FORMATS: Readonly<Record<Lang, Numbers>> = {
  en: formats("en-GB", ["B", "kB", "MB", "GB", "TB"]),
  fr: formats("fr-FR", ["o", "ko", "Mo", "Go", "To"]),
};

function formats(locale: string, units: readonly string[]): Numbers {
  const whole = decimals(locale, 0);
  const years = decimals(locale, 1);
  const age = decimals(locale, 0, 1);
  const plural = lazy(() => new Intl.PluralRules(locale));
  const lists = lazy(() => new Intl.ListFormat(locale, { type: "conjunction" }));
  const day = { dateStyle: "long", timeZone: "UTC" } as const;
  const days = lazy(() => new Intl.DateTimeFormat(locale, day));
  const time = { timeStyle: "short", timeZone: "UTC" } as const;
  const times = lazy(() => new Intl.DateTimeFormat(locale, time));
  const noun = (count: number, one: string, other: string): string =>
    plural().select(count) === "one" ? one : other;
  return {
    whole,
    years,
    age,
    exact: decimals(locale, 2),
    percent: percents(locale),
    size: (bytes) => {
      const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), 4);
      const number = power === 0 ? whole(bytes) : years(bytes / 1000 ** power);
      return `${number}${NO_BREAK}${units[power]}`;
    },
    noun,
    count: (count, one, other) => `${whole(count)}${NO_BREAK}${noun(count, one, other)}`,
    list: (items) => lists().format(items),
    day: (isoDay) => days().format(new Date(`${isoDay}T00:00:00Z`)),
    moment: (iso) =>
      `${days().format(new Date(iso))}, ${times().format(new Date(iso))}${NO_BREAK}UTC`,
  };
}

/** Makes a format when it is first needed: not every run draws, and a format takes a while. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

function decimals(locale: string, least: number, most = least): (x: number) => string {
  const format = lazy(() =>
    new Intl.NumberFormat(locale, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      signDisplay: "negative", // no "-0.0"
    })
  );
  return (value) => format().format(value).replace("-", "\u2212");
}

function percents(locale: string): (share: number) => string {
  const format = lazy(() =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 })
  );
  const written = (share: number): string =>
    format().format(share).replace("\u00a0%", "\u202f%");
  return (share) => {
    if (share > 0 && share < 0.0005) return `<${NO_BREAK}${written(0.001)}`;
    if (share < 1 && share >= 0.9995) return `>${NO_BREAK}${written(0.999)}`;
    return written(share);
  };
}
