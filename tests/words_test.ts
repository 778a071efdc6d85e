/**
 * The words of the page: both languages whole, French punctuation, numbers and plurals.
 */
import assert from "node:assert/strict";
import { Html } from "../lib/report/html.ts";
import { type Lang, numbersFor } from "../lib/report/words/numbers.ts";
import { fr, frenchSpaces, inSentence } from "../lib/report/words/typography.ts";
import { wordsFor } from "../lib/report/words/words.ts";
import { REASONS } from "../lib/transform/types.ts";

Deno.test("numbersFor() writes numbers as the language does", () => {
  const [en, fr] = [numbersFor("en"), numbersFor("fr")];
  const cases: readonly (readonly [got: string, want: string])[] = [
    [en.whole(1234567), "1,234,567"],
    [fr.whole(1234567), "1\u202f234\u202f567"],
    [en.years(24.25), "24.3"],
    [fr.years(24), "24,0"],
    [en.years(-0.01), "0.0"],
    [en.years(-1.5), "\u22121.5"],
    [en.age(22), "22"],
    [fr.age(22.5), "22,5"],
    [en.percent(0.123), "12.3%"],
    [fr.percent(0.123), "12,3\u202f%"],
    [en.percent(0), "0%"],
    [en.percent(0.0001), "<\u00a00.1%"],
    [fr.percent(0.9999), ">\u00a099,9\u202f%"],
    [en.percent(1), "100%"],
    [en.size(999), "999\u00a0B"],
    [fr.size(61_234), "61,2\u00a0ko"],
    [en.count(1, "student", "students"), "1\u00a0student"],
    [en.count(0, "student", "students"), "0\u00a0students"],
    [fr.count(0, "étudiant", "étudiants"), "0\u00a0étudiant"],
    [fr.count(2, "étudiant", "étudiants"), "2\u00a0étudiants"],
    [en.day("2026-11-22"), "22 November 2026"],
    [fr.day("2026-11-22"), "22 novembre 2026"],
    [en.moment("2026-11-22T23:59:58.000Z"), "22 November 2026, 23:59\u00a0UTC"],
  ];
  for (const [got, want] of cases) assert.equal(got, want);
});

Deno.test("fr`` sets French spaces in its own words and leaves names as they are", () => {
  const sentence = fr`Domaine : « ${"A : B <c>"} » ; 5 %`;
  assert.equal(
    sentence.markup,
    "Domaine\u202f: «\u202fA : B &lt;c&gt;\u202f»\u202f; 5\u202f%",
  );
  assert.equal(frenchSpaces("Quoi ? Ça !"), "Quoi\u202f? Ça\u202f!");
});

Deno.test("inSentence() lowers a first letter, but not that of an abbreviation", () => {
  assert.equal(inSentence("Age not a whole number"), "age not a whole number");
  assert.equal(inSentence("UTF-8 non valide"), "UTF-8 non valide");
  assert.equal(inSentence("Âge non entier"), "âge non entier");
});

Deno.test("wordsFor() has every word in both languages and no French one with a plain blank", () => {
  const [english, french] = [wordsFor("en"), wordsFor("fr")];
  assert.deepEqual(Object.keys(french), Object.keys(english));
  const texts = [...textsOf("fr")];
  assert.ok(texts.length > 150, `only ${texts.length} texts`);
  for (const text of texts) {
    assert.doesNotMatch(text, /[ \u00a0][:;!?»%]|« /, text);
    assert.doesNotMatch(text, /[a-zé]'[a-zéê]/, `${text}: the apostrophe is ’`);
    assert.notEqual(text.trim(), "");
  }
  for (const text of textsOf("en")) assert.doesNotMatch(text, / [:;!?%]/, text);
});

/** Yields every text, those of sentences with a few numbers and names put in. */
function* textsOf(lang: Lang): Generator<string> {
  const words = wordsFor(lang);
  for (const reason of REASONS) yield* Object.values(words.reasons[reason]);
  yield* Object.values(words.liveStates);
  for (const [key, word] of Object.entries(words)) {
    if (["lang", "numbers", "reasons", "liveStates"].includes(key)) continue;
    const filled = typeof word === "function"
      ? ARGUMENTS.map((args) => fill(word, args))
      : [word];
    for (const text of filled) {
      yield text instanceof Html ? text.markup.replaceAll(/&[a-z#0-9]+;/g, "") : text;
    }
  }
}

type Sentence = (...args: readonly unknown[]) => Html | string;

/** Numbers and names at once: each sentence takes what it needs of them. */
const ARGUMENTS: readonly number[] = [0, 1, 2, 1_234_567];

function fill(word: unknown, count: number): Html | string {
  const value = Object.assign(Object(count), {
    name: "LAW",
    count,
    mean: 24.3,
    median: 24,
    min: 21,
    max: 30,
    q1: 22,
    q3: 26,
    fields: 3,
    olderThan: 20,
    of: 2_000_000,
    first: 1,
    last: 20,
  });
  try {
    return (word as Sentence)(value, value, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return (word as Sentence)("LAW", "LAW", count); // a sentence that takes names
  }
}
