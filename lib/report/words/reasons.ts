/**
 * Why records are refused, in words that their owner understands: one entry a reason, in
 * both languages.
 */
import type { Reason } from "../../transform/types.ts";
import type { Lang } from "./numbers.ts";

/** A reason in words. */
export interface ReasonWords {
  /** What is wrong, as short as a label. */
  readonly name: string;
  /** What the rule asks for, and what to do about it: one or two sentences. */
  readonly why: string;
}

/** Every reason in both languages. */
export const REASON_WORDS: Readonly<Record<Reason, Readonly<Record<Lang, ReasonWords>>>> =
  {
    too_long: {
      en: {
        name: "Record too long",
        why: "A record may have 64 KiB at most. Often a line end is missing.",
      },
      fr: {
        name: "Enregistrement trop long",
        why: "Un enregistrement compte 64 Kio au plus. Souvent, une fin de ligne manque.",
      },
    },
    invalid_utf8: {
      en: {
        name: "Not valid UTF-8",
        why:
          "The bytes are not text in UTF-8. If there are many, name the file’s encoding.",
      },
      fr: {
        name: "UTF-8 non valide",
        why:
          "Ces octets ne sont pas du texte en UTF-8. S’ils sont nombreux, indiquez l’encodage du fichier.",
      },
    },
    bad_quote: {
      en: {
        name: "Stray quotation mark",
        why:
          "A quoted cell never closes, or a quotation mark stands where CSV does not allow it.",
      },
      fr: {
        name: "Guillemet mal placé",
        why:
          "Une cellule entre guillemets n’est jamais fermée, ou un guillemet se trouve là où le CSV ne l’admet pas.",
      },
    },
    field_count: {
      en: {
        name: "Wrong number of cells",
        why: "The record has more or fewer cells than the table has columns.",
      },
      fr: {
        name: "Nombre de cellules inattendu",
        why:
          "L’enregistrement a plus ou moins de cellules que le tableau n’a de colonnes.",
      },
    },
    control_character: {
      en: {
        name: "Invisible character",
        why:
          "A cell holds a control or invisible character, which could hide its true text.",
      },
      fr: {
        name: "Caractère invisible",
        why:
          "Une cellule contient un caractère de contrôle ou invisible, qui pourrait cacher le vrai texte.",
      },
    },
    blank_name: {
      en: { name: "No name", why: "The name, or its first or last part, is empty." },
      fr: { name: "Nom absent", why: "Le nom, ou une de ses deux parties, est vide." },
    },
    one_word_name: {
      en: {
        name: "Name of one word",
        why: "A full name needs a first and a last name, two words at least.",
      },
      fr: {
        name: "Nom d’un seul mot",
        why: "Un nom complet réunit un prénom et un nom : deux mots au moins.",
      },
    },
    bad_name: {
      en: {
        name: "Several commas in the name",
        why: "A full name has one comma at most, as in “Last, First”.",
      },
      fr: {
        name: "Plusieurs virgules dans le nom",
        why: "Un nom complet a une virgule au plus, comme dans « Nom, Prénom ».",
      },
    },
    age_not_integer: {
      en: {
        name: "Age not a whole number",
        why: "The age is written in digits only: no words, no decimals, not empty.",
      },
      fr: {
        name: "Âge non entier",
        why:
          "L’âge s’écrit en chiffres seulement : ni lettres, ni décimales, ni cellule vide.",
      },
    },
    age_out_of_range: {
      en: { name: "Impossible age", why: "An age lies between 0 and 150 years." },
      fr: { name: "Âge impossible", why: "Un âge est compris entre 0 et 150 ans." },
    },
    blank_field: {
      en: { name: "No field of study", why: "The field of study is empty." },
      fr: { name: "Domaine absent", why: "Le domaine d’études est vide." },
    },
    unsafe_text: {
      en: {
        name: "Text that a spreadsheet would run",
        why: "A name or field begins with =, +, - or @, like a formula.",
      },
      fr: {
        name: "Texte exécutable par un tableur",
        why: "Un nom ou un domaine commence par =, +, - ou @, comme une formule.",
      },
    },
    empty: {
      en: { name: "Empty message", why: "The message has no value (a Kafka tombstone)." },
      fr: {
        name: "Message vide",
        why: "Le message n’a pas de valeur (« tombstone » de Kafka).",
      },
    },
  };
