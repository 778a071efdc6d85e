/**
 * What stands beside and inside the charts, in English and French: captions, keys, and the
 * plain texts of tips.
 */
import { numbersFor } from "./numbers.ts";
import { both, en, fr, frenchSpaces } from "./typography.ts";

const E = numbersFor("en");
const F = numbersFor("fr");

/** A field in the tip of a chart, in years. */
export interface FieldTip {
  readonly name: string;
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly q1: number;
  readonly q3: number;
}

/** A part of a longer list: from the first to the last, counted from 1. */
export interface PartOf {
  readonly first: number;
  readonly last: number;
  readonly of: number;
}

/** Captions, keys and tips; see {@linkcode Words} for how they reach the page. */
export const CHART_CAPTIONS = {
  // Average age by field
  averagesCaption: both(
    (olderThan: number) =>
      en`Ages of the kept students${
        olderThan < 0 ? "" : ` (older than ${E.whole(olderThan)})`
      } in each field, oldest average first`,
    (olderThan: number) =>
      fr`Âges des étudiants retenus${
        olderThan < 0 ? "" : ` (plus de ${F.whole(olderThan)} ans)`
      } dans chaque domaine, du plus âgé au plus jeune en moyenne`,
  ),
  part: both(
    (part: PartOf) =>
      en`: fields ${E.whole(part.first)} to ${E.whole(part.last)} of ${E.whole(part.of)}`,
    (part: PartOf) =>
      fr` : domaines ${F.whole(part.first)} à ${F.whole(part.last)} sur ${
        F.whole(part.of)
      }`,
  ),
  onlyTheEnds: both(
    (shown: number, of: number) =>
      en`The ${E.whole(shown)} oldest and the ${E.whole(shown)} youngest of ${
        E.whole(of)
      } fields are drawn; the table has them all.`,
    (shown: number, of: number) =>
      fr`Les ${F.whole(shown)} domaines les plus âgés et les ${
        F.whole(shown)
      } plus jeunes parmi ${F.whole(of)} sont dessinés ; le tableau les contient tous.`,
  ),
  keyMean: both(en`average`, fr`moyenne`),
  keyMeanOfFew: both(
    (few: number) => en`average of fewer than ${E.whole(few)} students`,
    (few: number) => fr`moyenne de moins de ${F.whole(few)} étudiants`,
  ),
  keyMedian: both(en`median`, fr`médiane`),
  keyMiddle: both(
    en`middle half (1st to 3rd quartile)`,
    fr`moitié centrale (1er au 3e quartile)`,
  ),
  keyRange: both(en`youngest to oldest`, fr`du plus jeune au plus âgé`),
  keyOverall: both(
    (mean: number) => en`average of all fields, ${E.years(mean)}`,
    (mean: number) => fr`moyenne de l’ensemble, ${F.years(mean)}`,
  ),
  averagesTable: both(
    en`Age by field of study, kept students, in years; Q1 and Q3: first and third quartile`,
    fr`Âge par domaine d’études, étudiants retenus, en années ; Q1 et Q3 : premier et troisième quartile`,
  ),
  nobodyKept: both(
    en`No student was kept, so there is nothing to draw.`,
    fr`Aucun étudiant n’est retenu : il n’y a rien à dessiner.`,
  ),

  // Age distribution by field
  distributionsCaption: both(
    (group: "valid" | "kept") =>
      en`How the ages of each field’s ${group} students are spread; all panels have the same axes. The bars of a field add up to 100%.`,
    (group: "valid" | "kept") =>
      fr`Répartition des âges des étudiants ${
        group === "kept" ? "retenus" : "valides"
      } de chaque domaine ; tous les graphiques ont les mêmes axes. Les barres d’un domaine totalisent 100 %.`,
  ),
  distributionsInTable: both(
    (group: "valid" | "kept") =>
      en`How the ages of each field’s ${group} students are spread is drawn in the last column of the table above; all rows have the same axes.`,
    (group: "valid" | "kept") =>
      fr`La répartition des âges des étudiants ${
        group === "kept" ? "retenus" : "valides"
      } est dessinée dans la dernière colonne du tableau ci-dessus ; toutes les lignes ont les mêmes axes.`,
  ),
  keyKept: both(en`kept`, fr`retenus`),
  keyFiltered: both(
    (olderThan: number) => en`filtered (${E.whole(olderThan)} or younger)`,
    (olderThan: number) => fr`écartés (${F.whole(olderThan)} ans ou moins)`,
  ),
  keyMeanLine: both(en`average of the kept`, fr`moyenne des retenus`),
  edgeBars: both(
    (lowest: number | undefined, highest: number | undefined) =>
      en`${
        lowest === undefined ? "" : `The first bar: ${E.whole(lowest)} and younger. `
      }${highest === undefined ? "" : `The last bar: ${E.whole(highest)} and older.`}`,
    (lowest: number | undefined, highest: number | undefined) =>
      fr`${
        lowest === undefined
          ? ""
          : frenchSpaces(`Première barre : ${F.whole(lowest)} ans et moins. `)
      }${
        highest === undefined
          ? ""
          : frenchSpaces(`Dernière barre : ${F.whole(highest)} ans et plus.`)
      }`,
  ),
  tooFewToDraw: both(
    (few: number) => en`Fewer than ${E.whole(few)} students: no distribution is drawn.`,
    (few: number) => fr`Moins de ${F.whole(few)} étudiants : pas de distribution.`,
  ),
  tooManyToDraw: both(
    (most: number) =>
      en`There are more than ${
        E.whole(most)
      } fields: their distributions are not drawn. Is a column of free text taken for the field?`,
    (most: number) =>
      fr`Il y a plus de ${
        F.whole(most)
      } domaines : leurs distributions ne sont pas dessinées. La colonne contient-elle du texte libre ?`,
  ),
  fewShort: both(
    (few: number) => `n < ${E.whole(few)}`,
    (few: number) => `n < ${F.whole(few)}`,
  ),
  keptOf: both(
    (kept: number, valid: number) =>
      en`${E.count(valid, "student", "students")}, ${
        kept === valid ? "all" : E.whole(kept)
      } kept`,
    (kept: number, valid: number) =>
      fr`${F.count(valid, "étudiant", "étudiants")}, ${
        kept === valid
          ? F.noun(kept, "retenu", "tous retenus")
          : F.count(kept, "retenu", "retenus")
      }`,
  ),
  agesSummary: both(
    en`The numbers: how many students of each age`,
    fr`Les nombres : combien d’étudiants de chaque âge`,
  ),
  agesTable: both(
    en`Students by field: each age, and after the colon how many have it`,
    fr`Étudiants par domaine : chaque âge, suivi après les deux-points de son effectif`,
  ),

  // Plain texts in charts
  fieldTip: both(
    (f: FieldTip) =>
      `${f.name}: average ${E.years(f.mean)}, median ${E.age(f.median)}, middle half ${
        E.age(f.q1)
      }–${E.age(f.q3)}, all ${f.min}–${f.max}; ${
        E.count(f.count, "student", "students")
      }`,
    (f: FieldTip) =>
      `${f.name}\u202f: moyenne ${F.years(f.mean)}, médiane ${
        F.age(f.median)
      }, moitié centrale ${F.age(f.q1)}–${F.age(f.q3)}, tous ${f.min}–${f.max}\u202f; ${
        F.count(f.count, "étudiant", "étudiants")
      }`,
  ),
  ageTip: both(
    (ages: string, count: number, share: number) =>
      `${ages} years: ${E.count(count, "student", "students")} (${E.percent(share)})`,
    (ages: string, count: number, share: number) =>
      `${ages} ans\u202f: ${F.count(count, "étudiant", "étudiants")} (${
        F.percent(share)
      })`,
  ),
  barTip: both(
    (label: string, count: number, share: number) =>
      `${label}: ${E.whole(count)} (${E.percent(share)})`,
    (label: string, count: number, share: number) =>
      `${label}\u202f: ${F.whole(count)} (${F.percent(share)})`,
  ),
  oldestBeyond: both((age: number) => `${age} →`, (age: number) => `${age} →`),
  youngestBeyond: both((age: number) => `← ${age}`, (age: number) => `← ${age}`),
} as const;
