/**
 * The sentences of the page in English and French, side by side. They take numbers as they
 * are and write them as the language does; a sentence missing in one language is a type
 * error.
 */
import { bdi } from "../html.ts";
import { numbersFor } from "./numbers.ts";
import { both, en, fr, inSentence } from "./typography.ts";

const E = numbersFor("en");
const F = numbersFor("fr");

/** A group in a sentence. */
export interface GroupSentence {
  readonly name: string;
  /** How many kept students. */
  readonly count: number;
  /** In years. */
  readonly mean: number;
}

/** All kept students in a sentence. */
export interface OverallSentence {
  readonly count: number;
  readonly mean: number;
  readonly q1: number;
  readonly q3: number;
  readonly fields: number;
  readonly olderThan: number;
}

/** A number of records out of others, and what most of them have. */
export interface ShareSentence {
  readonly count: number;
  readonly of: number;
}

const enStudents = (n: number): string => E.count(n, "student", "students");
const frStudents = (n: number): string => F.count(n, "étudiant", "étudiants");
const enRecords = (n: number): string => E.count(n, "record", "records");
const frRecords = (n: number): string => F.count(n, "enregistrement", "enregistrements");
const enFields = (n: number): string => E.count(n, "field of study", "fields of study");
const frFields = (n: number): string =>
  F.count(n, "domaine d’études", "domaines d’études");
const enOlder = (age: number): string => age < 0 ? "" : ` older than ${E.whole(age)}`;
const frOlder = (age: number): string => age < 0 ? "" : ` de plus de ${F.whole(age)} ans`;

/** Sentences and phrases; see {@linkcode Words} for how they reach the page. */
export const SENTENCES = {
  studentCount: both(enStudents, frStudents),
  mergedFields: both(
    (n: number) => `Other fields (${E.whole(n)})`,
    (n: number) => `Autres domaines (${F.whole(n)})`,
  ),

  // In short
  overallAge: both(
    (o: OverallSentence) =>
      en`The average age is <strong>${E.years(o.mean)} years</strong>: ${
        enStudents(o.count)
      }${enOlder(o.olderThan)} in ${enFields(o.fields)}${
        o.count < 4
          ? ""
          : en`, the middle half of them aged ${E.age(o.q1)} to ${E.age(o.q3)}`
      }.`,
    (o: OverallSentence) =>
      fr`L’âge moyen est de <strong>${F.years(o.mean)} ans</strong> : ${
        frStudents(o.count)
      }${frOlder(o.olderThan)} dans ${frFields(o.fields)}${
        o.count < 4
          ? ""
          : fr` ; la moitié centrale a de ${F.age(o.q1)} à ${F.age(o.q3)} ans`
      }.`,
  ),
  nobody: both(
    (olderThan: number) =>
      en`No student${enOlder(olderThan)} was found: there is no average.`,
    (olderThan: number) =>
      fr`Aucun étudiant${frOlder(olderThan)} : il n’y a pas de moyenne.`,
  ),
  tooFewInAll: both(
    (k: number) =>
      en`There are fewer than ${E.whole(k)} students in all: their ages are not shown.`,
    (k: number) =>
      fr`Il y a moins de ${
        F.whole(k)
      } étudiants en tout : leurs âges ne sont pas montrés.`,
  ),
  oldestAndYoungest: both(
    (oldest: GroupSentence, youngest: GroupSentence) =>
      en`The oldest field is <strong>${bdi(oldest.name)}</strong>, ${
        E.years(oldest.mean)
      } years on average (${enStudents(oldest.count)}); the youngest is <strong>${
        bdi(youngest.name)
      }</strong>, ${E.years(youngest.mean)} years (${enStudents(youngest.count)}).`,
    (oldest: GroupSentence, youngest: GroupSentence) =>
      fr`Le domaine le plus âgé est <strong>${bdi(oldest.name)}</strong>, ${
        F.years(oldest.mean)
      } ans en moyenne (${frStudents(oldest.count)}) ; le plus jeune est <strong>${
        bdi(youngest.name)
      }</strong>, ${F.years(youngest.mean)} ans (${frStudents(youngest.count)}).`,
  ),
  allTheSame: both(
    (mean: number) =>
      en`The fields compared all have the same average age, ${E.years(mean)} years.`,
    (mean: number) =>
      fr`Les domaines comparés ont tous le même âge moyen, ${F.years(mean)} ans.`,
  ),
  onlyOneField: both(
    (name: string) => en`Only one field has enough students: ${bdi(name)}.`,
    (name: string) => fr`Un seul domaine compte assez d’étudiants : ${bdi(name)}.`,
  ),
  noFieldToCompare: both(
    (few: number) =>
      en`No field has ${E.whole(few)} students or more: too few to compare them.`,
    (few: number) =>
      fr`Aucun domaine n’a au moins ${F.whole(few)} étudiants : on ne peut les comparer.`,
  ),
  refused: both(
    (s: ShareSentence, reason: string, most: number) =>
      en`<strong>${E.percent(s.count / s.of)}</strong> of the records were refused (${
        E.whole(s.count)
      } of ${E.whole(s.of)})${
        s.count === most
          ? en`: ${inSentence(reason)}`
          : en`, most often for this reason: ${inSentence(reason)} (${E.whole(most)})`
      }.`,
    (s: ShareSentence, reason: string, most: number) =>
      fr`<strong>${
        F.percent(s.count / s.of)
      }</strong> des enregistrements ont été refusés (${F.whole(s.count)} sur ${
        F.whole(s.of)
      })${
        s.count === most
          ? fr` : ${inSentence(reason)}`
          : fr`, le plus souvent pour ce motif : ${inSentence(reason)} (${F.whole(most)})`
      }.`,
  ),
  noneRefused: both(
    (read: number) => en`None of the ${enRecords(read)} was refused.`,
    (read: number) => fr`Aucun refus parmi ${frRecords(read)}.`,
  ),
  nothingRead: both(
    en`The input holds no record.`,
    fr`L’entrée ne contient aucun enregistrement.`,
  ),
  leftOut: both(
    (filtered: number, olderThan: number) =>
      en`${enStudents(filtered)} aged ${E.whole(olderThan)} or younger ${
        E.noun(filtered, "is", "are")
      } left out of the averages.`,
    (filtered: number, olderThan: number) =>
      fr`${frStudents(filtered)} de ${F.whole(olderThan)} ans ou moins ${
        F.noun(filtered, "n’entre pas", "n’entrent pas")
      } dans les moyennes.`,
  ),
  fewFields: both(
    (fields: number, few: number) =>
      en`${E.count(fields, "field has", "fields have")} fewer than ${
        E.whole(few)
      } students and ${E.noun(fields, "is", "are")} not compared.`,
    (fields: number, few: number) =>
      fr`${F.count(fields, "domaine compte", "domaines comptent")} moins de ${
        F.whole(few)
      } étudiants et ${F.noun(fields, "n’est pas comparé", "ne sont pas comparés")}.`,
  ),
  smallGroups: both(
    (k: number) =>
      en`To protect persons, fields of fewer than ${
        E.whole(k)
      } students are not shown alone.`,
    (k: number) =>
      fr`Pour protéger les personnes, les domaines de moins de ${
        F.whole(k)
      } étudiants ne sont pas montrés seuls.`,
  ),
  smallFiltered: both(
    (k: number) =>
      en`The ages that the threshold leaves out are not shown by field, since in some they are of fewer than ${
        E.whole(k)
      } students.`,
    (k: number) =>
      fr`Les âges écartés par le seuil ne sont pas montrés par domaine, car certains concernent moins de ${
        F.whole(k)
      } étudiants.`,
  ),

  // Impact and conclusion
  gap: both(
    (oldest: string, youngest: string, years: number) =>
      en`Students of ${bdi(oldest)} are on average <strong>${
        E.years(years)
      } years</strong> older than those of ${
        bdi(youngest)
      }: the largest gap between fields.`,
    (oldest: string, youngest: string, years: number) =>
      fr`Les étudiants de ${bdi(oldest)} ont en moyenne <strong>${
        F.years(years)
      } ans</strong> de plus que ceux de ${bdi(youngest)} : l’écart le plus grand.`,
  ),
  spread: both(
    (between: number) =>
      en`The field of study goes with <strong>${
        E.percent(between)
      }</strong> of the variance of the ages (η² = ${E.exact(between)}): ${
        between < 0.5
          ? "ages differ more within a field than from field to field"
          : "ages differ more from field to field than within a field"
      }.`,
    (between: number) =>
      fr`Le domaine rend compte de <strong>${
        F.percent(between)
      }</strong> de la variance des âges (η² = ${F.exact(between)}) : ${
        between < 0.5
          ? "les âges varient plus au sein d’un domaine que d’un domaine à l’autre"
          : "les âges varient plus d’un domaine à l’autre qu’au sein d’un domaine"
      }.`,
  ),
  withoutThreshold: both(
    (all: number, kept: number) =>
      en`With the filtered students, the average age would be ${
        E.years(all)
      } instead of ${E.years(kept)} years.`,
    (all: number, kept: number) =>
      fr`Avec les étudiants écartés, l’âge moyen serait de ${
        F.years(all)
      } ans au lieu de ${F.years(kept)} ans.`,
  ),
  refusedAreMissing: both(
    (s: ShareSentence) =>
      en`The refused records (${E.whole(s.count)}, ${
        E.percent(s.count / s.of)
      }) are missing from every number; if they are not like the others, the averages would move.`,
    (s: ShareSentence) =>
      fr`Les enregistrements refusés (${F.whole(s.count)}, ${
        F.percent(s.count / s.of)
      }) manquent dans tous les nombres ; s’ils ne ressemblent pas aux autres, les moyennes changeraient.`,
  ),
  nothingToCompare: both(
    en`There are not two fields with enough students, so no fields are compared.`,
    fr`Il n’y a pas deux domaines avec assez d’étudiants : aucune comparaison n’est faite.`,
  ),
  cannotTell: both(en`What the data can’t tell`, fr`Ce que les données ne disent pas`),
  notWhy: both(
    en`Why the ages differ: an average shows a difference, not its cause.`,
    fr`Pourquoi les âges diffèrent : une moyenne montre un écart, non sa cause.`,
  ),
  notTheYounger: both(
    (olderThan: number) =>
      en`The age of everyone in a field: those aged ${
        E.whole(olderThan)
      } or younger are left out, so that every average is higher than with them.`,
    (olderThan: number) =>
      fr`L’âge de tous les étudiants d’un domaine : ceux de ${
        F.whole(olderThan)
      } ans ou moins sont écartés, ce qui relève chaque moyenne.`,
  ),
  notWhoIsDouble: both(
    en`Who stands in it twice: no record is removed as a duplicate, and two spellings of a field are two fields.`,
    fr`Qui y figure deux fois : aucun doublon n’est retiré, et deux graphies d’un domaine font deux domaines.`,
  ),
  notSmallFields: both(
    en`Much about small fields: there, one student moves the average.`,
    fr`Grand-chose sur les petits domaines : un seul étudiant y déplace la moyenne.`,
  ),
} as const;
