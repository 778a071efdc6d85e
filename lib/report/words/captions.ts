/**
 * What stands beside tables and in the steps, in English and French: explanations, the rules
 * in words, what each number means. What belongs to charts is in `captions_charts.ts`.
 */
import { bdi } from "../html.ts";
import { numbersFor } from "./numbers.ts";
import { both, en, fr } from "./typography.ts";

const E = numbersFor("en");
const F = numbersFor("fr");

/** Captions and explanations; see {@linkcode Words} for how they reach the page. */
export const CAPTIONS = {
  // Steps
  ingested: both(
    (records: number, inputs: number) =>
      en`${E.count(records, "record was", "records were")} read from ${
        E.count(inputs, "input", "inputs")
      }.`,
    (records: number, inputs: number) =>
      fr`${F.count(records, "enregistrement lu", "enregistrements lus")} dans ${
        F.count(inputs, "entrée", "entrées")
      }.`,
  ),
  ingestedSomewhere: both(
    (records: number) => en`${E.count(records, "record was", "records were")} read.`,
    (records: number) =>
      fr`${F.count(records, "enregistrement lu", "enregistrements lus")}.`,
  ),
  ingestedHow: both(
    en`Each was read whole or refused with its reason; none was dropped without a count.`,
    fr`Chacun est lu en entier ou refusé avec un motif ; aucun n’est perdu sans être compté.`,
  ),
  transformed: both(
    (rejected: number, valid: number) =>
      en`${E.count(rejected, "record was", "records were")} refused, ${
        E.count(valid, "student is", "students are")
      } valid. The rules:`,
    (rejected: number, valid: number) =>
      fr`${F.count(rejected, "enregistrement refusé", "enregistrements refusés")}, ${
        F.count(valid, "étudiant valide", "étudiants valides")
      }. Les règles :`,
  ),
  ruleRecord: both(
    en`A record holds a name, an age and a field of study. The age is a whole number from 0 to 150.`,
    fr`Un enregistrement réunit un nom, un âge et un domaine d’études. L’âge est un nombre entier de 0 à 150.`,
  ),
  ruleText: both(
    en`Blanks at the ends of a text are cut, several in a row become one; letters become capitals (Unicode NFC).`,
    fr`Les blancs aux extrémités d’un texte sont supprimés, plusieurs de suite n’en font qu’un ; les lettres deviennent des capitales (Unicode NFC).`,
  ),
  ruleName: both(
    en`The first word of a name is the first name, the rest is the last name; “Last, First” is turned round.`,
    fr`Le premier mot du nom est le prénom, le reste est le nom de famille ; « Nom, Prénom » est remis à l’endroit.`,
  ),
  ruleNoGuess: both(
    en`Nothing else is guessed: no spelling is corrected, no duplicate removed.`,
    fr`Rien d’autre n’est deviné : aucune graphie n’est corrigée, aucun doublon retiré.`,
  ),
  ruleKeepAll: both(
    (kept: number) => en`Students of every age are kept (${E.whole(kept)}).`,
    (kept: number) => fr`Les étudiants de tout âge sont retenus (${F.whole(kept)}).`,
  ),
  ruleKeep: both(
    (olderThan: number, kept: number, filtered: number) =>
      en`Students older than ${E.whole(olderThan)} are kept (${
        E.whole(kept)
      }), the others filtered (${E.whole(filtered)}).`,
    (olderThan: number, kept: number, filtered: number) =>
      fr`Les étudiants de plus de ${F.whole(olderThan)} ans sont retenus (${
        F.whole(kept)
      }), les autres écartés (${F.whole(filtered)}).`,
  ),
  analysed: both(
    (valid: number, fields: number) =>
      en`The ages of ${E.count(valid, "valid student", "valid students")} in ${
        E.count(fields, "field", "fields")
      } were counted one by one, so that every statistic is exact.`,
    (valid: number, fields: number) =>
      fr`Les âges de ${F.count(valid, "étudiant valide", "étudiants valides")} dans ${
        F.count(fields, "domaine", "domaines")
      } sont comptés un à un : chaque statistique est exacte.`,
  ),
  analysedHow: both(
    en`Averages, medians and quartiles (linear interpolation, type 7) are those of the kept students.`,
    fr`Moyennes, médianes et quartiles (interpolation linéaire, type 7) sont ceux des étudiants retenus.`,
  ),
  exported: both(
    en`These files lie beside this page:`,
    fr`Ces fichiers se trouvent à côté de cette page :`,
  ),
  rowsNotPublished: both(
    en`The files of single students and records are not to be published and so not linked here.`,
    fr`Les fichiers d’étudiants et d’enregistrements ne sont pas à publier ; ils ne sont donc pas liés ici.`,
  ),

  // Data quality
  funnelCaption: both(
    en`From the records read to the students kept`,
    fr`Des enregistrements lus aux étudiants retenus`,
  ),
  rejectsCaption: both(
    (rejected: number, read: number) =>
      en`Refused, by reason (${E.whole(rejected)} in all, ${
        E.percent(read === 0 ? 0 : rejected / read)
      })`,
    (rejected: number, read: number) =>
      fr`Refusés, par motif (${F.whole(rejected)} en tout, ${
        F.percent(read === 0 ? 0 : rejected / read)
      })`,
  ),
  funnelTable: both(en`The same numbers as a table`, fr`Les mêmes nombres en tableau`),
  meansRead: both(en`every record, blank ones included`, fr`tous, même les vides`),
  meansBlank: both(en`nothing but white space`, fr`rien que des blancs`),
  meansRejected: both(
    en`break a rule, see below`,
    fr`enfreignent une règle, voir plus bas`,
  ),
  meansValid: both(en`students, read and understood`, fr`étudiants lus et compris`),
  meansFiltered: both(
    (olderThan: number) => en`aged ${E.whole(olderThan)} or younger`,
    (olderThan: number) => fr`${F.whole(olderThan)} ans ou moins`,
  ),
  meansFilteredNobody: both(
    en`nobody: there is no threshold`,
    fr`personne : il n’y a pas de seuil`,
  ),
  meansKept: both(en`counted in the averages`, fr`comptés dans les moyennes`),
  noRejects: both(en`No record was refused.`, fr`Aucun enregistrement n’est refusé.`),
  place: both(
    (source: string, line: string) => en`${bdi(source)}, line ${line}`,
    (source: string, line: string) => fr`${bdi(source)}, ligne ${line}`,
  ),
  examplesOf: both(
    (shown: number, of: number) =>
      shown < of ? en`The first ${E.whole(shown)} of ${E.whole(of)}:` : en`All of them:`,
    (shown: number, of: number) =>
      shown < of
        ? fr`Les ${F.whole(shown)} premiers sur ${F.whole(of)} :`
        : fr`Tous, sans exception :`,
  ),

  // Provenance
  provenanceHow: both(
    en`With the same inputs and parameters this command makes the same page again, but for the line with the time.`,
    fr`Avec les mêmes entrées et paramètres, cette commande refait la même page, hormis la ligne de l’heure.`,
  ),
  madeIn: both(
    (seconds: number) => `in ${E.exact(seconds)}\u00a0s`,
    (seconds: number) => `en ${F.exact(seconds)}\u00a0s`,
  ),
  moreInputs: both(
    (count: number) => `And ${E.whole(count)} more: report.json names them all.`,
    (count: number) =>
      `Et ${F.whole(count)} de plus\u202f: report.json les nomme toutes.`,
  ),
  digestsLeftOut: both(
    en`Sizes and digests of inputs are left out: with them, a guess about a single student could be tested.`,
    fr`Tailles et empreintes des entrées sont omises : elles permettraient de vérifier une supposition sur un étudiant.`,
  ),
} as const;
