/**
 * Every word of the page in English and French, in one table; a word that is missing in one
 * language is a type error. Labels stand here, whole sentences in `sentences.ts`,
 * `captions.ts` and `captions_charts.ts`, what only a live page says in `live.ts`, both
 * languages side by side.
 */
import type { Reason } from "../../transform/types.ts";
import { CAPTIONS } from "./captions.ts";
import { CHART_CAPTIONS } from "./captions_charts.ts";
import { LIVE } from "./live.ts";
import { type Lang, type Numbers, numbersFor } from "./numbers.ts";
import { SENTENCES } from "./sentences.ts";
import { type Both, both, frenchSpaces } from "./typography.ts";
import { REASON_WORDS, type ReasonWords } from "./reasons.ts";

const LABELS = {
  title: label("Student age by field of study", "Âge des étudiants par domaine d’études"),

  // the sections
  headlines: label("In short", "En bref"),
  steps: label("Steps", "Étapes"),
  averages: label("Average age by field", "Âge moyen par domaine"),
  distributions: label("Age distribution by field", "Distribution des âges par domaine"),
  quality: label("Data quality", "Qualité des données"),
  conclusion: label("Impact and conclusion", "Portée et conclusion"),
  provenance: label("Provenance", "Provenance"),

  // the steps
  ingestion: label("Ingestion", "Ingestion"),
  transformation: label("Transformation", "Transformation"),
  analysis: label("Analysis", "Analyse"),
  export: label("Export", "Export"),

  // fields and their statistics
  field: label("Field", "Domaine"),
  students: label("Students", "Étudiants"),
  average: label("Average", "Moyenne"),
  averageShort: label("Mean", "Moy."),
  median: label("Median", "Médiane"),
  min: label("Min", "Min"),
  max: label("Max", "Max"),
  q1: label("Q1", "Q1"),
  q3: label("Q3", "Q3"),
  overall: label("All fields", "Ensemble"),
  distribution: label("Ages", "Âges"),
  none: label("none", "aucun"),
  nothing: label("–", "–"),
  colon: label(":", " :"),

  // the funnel
  step: label("Step", "Étape"),
  records: label("Records", "Enregistrements"),
  number: label("Number", "Nombre"),
  share: label("Share", "Part"),
  meaning: label("Meaning", "Signification"),
  read: label("Read", "Lus"),
  blank: label("Blank", "Vides"),
  rejected: label("Refused", "Refusés"),
  valid: label("Valid", "Valides"),
  filtered: label("Filtered", "Écartés"),
  kept: label("Kept", "Retenus"),
  emptyRecord: label("empty", "vide"),
  binary: label("boxed: bytes that are not UTF-8", "encadrés : octets hors UTF-8"),

  // provenance
  inputs: label("Inputs", "Entrées"),
  outputs: label("Files of this run", "Fichiers produits"),
  sourceAndDigest: label("File and its SHA-256", "Fichier et son SHA-256"),
  storeAndOffsets: label("Store and its messages", "Dépôt et ses messages"),
  size: label("Size", "Taille"),
  parameters: label("Parameters", "Paramètres"),
  command: label("Command", "Commande"),
  made: label("Made", "Établi"),
  olderThan: label("Students older than", "Étudiants de plus de"),
  noThreshold: label("any age", "tout âge"),
  language: label("Language", "Langue"),
  english: label("English", "anglais"),
  french: label("French", "français"),
  columns: label("Columns", "Colonnes"),
  delimiter: label("Delimiter", "Séparateur"),
  tab: label("tab", "tabulation"),
  encoding: label("Encoding", "Encodage"),
  header: label("Header", "En-tête"),
  noHeader: label("none: the first line is a record", "aucun : la première ligne compte"),
  byteOrderMark: label("Byte order mark", "Indicateur d’ordre (BOM)"),
  withBom: label("yes, for Excel", "oui, pour Excel"),
  gaps: label("Missing messages", "Messages manquants"),
  allowed: label("allowed", "admis"),
  maxRejectRate: label("Refused at most", "Part refusée maximale"),
  minGroupSize: label("Smallest group", "Plus petit groupe"),

  // the files
  rows: label("the kept students, one a line", "les étudiants retenus, un par ligne"),
  statistics: label("the statistics by field", "les statistiques par domaine"),
  rejects: label("the refused records", "les enregistrements refusés"),
  result: label("all numbers of this page", "tous les nombres de cette page"),
} as const;

/** Words in one language: the labels, the sentences, the reasons and the number formats. */
export interface Words
  extends
    InOneLanguage<typeof LABELS>,
    InOneLanguage<typeof SENTENCES>,
    InOneLanguage<typeof CAPTIONS>,
    InOneLanguage<typeof CHART_CAPTIONS>,
    InOneLanguage<typeof LIVE> {
  readonly lang: Lang;
  readonly numbers: Numbers;
  /** The reasons for which records are refused. */
  readonly reasons: Readonly<Record<Reason, ReasonWords>>;
}

/** Returns all words of the page in that language. */
export function wordsFor(lang: Lang): Words {
  return WORDS[lang];
}

type InOneLanguage<T extends Readonly<Record<string, Both<unknown>>>> = {
  readonly [Key in keyof T]: T[Key]["en"];
};

const WORDS: Readonly<Record<Lang, Words>> = {
  en: inLanguage("en"),
  fr: inLanguage("fr"),
};

function inLanguage(lang: Lang): Words {
  const reasons = Object.entries(REASON_WORDS).map(([reason, words]) => [
    reason,
    { name: frenchSpaces(words[lang].name), why: frenchSpaces(words[lang].why) },
  ]);
  return {
    ...pick(LABELS, lang),
    ...pick(SENTENCES, lang),
    ...pick(CAPTIONS, lang),
    ...pick(CHART_CAPTIONS, lang),
    ...pick(LIVE, lang),
    lang,
    numbers: numbersFor(lang),
    reasons: Object.fromEntries(reasons) as Record<Reason, ReasonWords>,
  };
}

function pick<T extends Readonly<Record<string, Both<unknown>>>>(
  table: T,
  lang: Lang,
): InOneLanguage<T> {
  const entries = Object.entries(table).map(([key, word]) => [key, word[lang]]);
  return Object.fromEntries(entries) as InOneLanguage<T>;
}

function label(en: string, fr: string): Both<string> {
  return both(en, frenchSpaces(fr));
}
