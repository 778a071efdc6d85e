/**
 * Results to draw pages of: made by the program's own counting from ages that are always the
 * same, with names as schools and attackers write them.
 */
import { type AgesByField, countAge } from "../../lib/analyse/ages.ts";
import { buildResult, countAges } from "../../lib/report/build.ts";
import type { RejectExample, Result } from "../../lib/report/result.ts";
import type { Reason } from "../../lib/transform/types.ts";

/** What a fixture is made of. */
export interface FixtureOptions {
  /** The fields, and how many valid students each has. */
  readonly fields: readonly (readonly [name: string, students: number])[];
  readonly rejects?: Readonly<Partial<Record<Reason, number>>>;
  readonly examples?: readonly RejectExample[];
  readonly olderThan?: number;
  readonly lang?: "en" | "fr";
  /** The age of the i-th student of a field; by default spread as ages of students are. */
  readonly ageOf?: (field: number, student: number) => number;
}

const SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** Returns the result of a run over these fields. */
export function resultOf(options: FixtureOptions): Result {
  const { fields, rejects = {}, examples = [], olderThan = 20, lang = "en" } = options;
  const ageOf = options.ageOf ?? studentAge;
  const ages: AgesByField = new Map();
  fields.forEach(([name, students], field) => {
    for (let i = 0; i < students; i++) countAge(ages, name, ageOf(field, i));
  });
  const { valid, kept } = countAges(ages, olderThan);
  const rejected = Object.values(rejects).reduce((sum, count) => sum + count, 0);
  const blank = fields.length;
  const read = blank + rejected + valid;
  return buildResult({
    parameters: { older_than: olderThan, lang },
    inputs: [{ source: "data/students.csv", bytes: 61_234, sha256: SHA, records: read }],
    funnel: { read, blank, rejected, valid, filtered: valid - kept, kept },
    rejects: new Map(Object.entries(rejects) as [Reason, number][]),
    examples,
    ages,
    outputs: [
      { file: "etudiants_transformed.csv", bytes: 48_901, sha256: SHA },
      { file: "statistics.csv", bytes: 812, sha256: SHA },
      { file: "rejects.jsonl", bytes: 12_345, sha256: SHA },
    ],
    run: {
      finished: "2026-11-22T07:30:00.000Z",
      seconds: 0.84,
      version: "0.1.0",
      runtime: "Deno 2.9.6",
      platform: "linux x86_64",
      engine: "text",
    },
  });
}

/** Returns numbers from 0 to 1 that are always the same for the same place. */
function noise(field: number, student: number): number {
  let state = Math.imul(field * 7919 + student + 1, 0x6d2b79f5);
  state = Math.imul(state ^ state >>> 15, 1 | state);
  state ^= state + Math.imul(state ^ state >>> 7, 61 | state);
  return ((state ^ state >>> 14) >>> 0) / 2 ** 32;
}

function studentAge(field: number, student: number): number {
  const [u, v] = [noise(field, 2 * student), noise(field, 2 * student + 1)];
  const normal = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
  const start = 15.5 + 6 * noise(field, 1e6);
  return Math.min(62, Math.max(17, Math.round(start + 3.2 * Math.exp(normal * 0.55))));
}

/** A dozen fields as the rules leave them, in capitals. */
export const TWELVE: FixtureOptions["fields"] = [
  ["COMPUTER SCIENCE", 562],
  ["MATHEMATICS", 1057],
  ["LAW", 104],
  ["MÉDECINE", 1079],
  ["ÉCONOMIE ET GESTION", 114],
  ["PHILOSOPHY", 673],
  ["CIVIL ENGINEERING", 107],
  ["LANGUES, LITTÉRATURES ET CIVILISATIONS ÉTRANGÈRES", 853],
  ["BIOLOGY", 136],
  ["HISTORY OF ART", 510],
  ["NURSING", 124],
  ["CONTINUING EDUCATION", 2],
];

const SUBJECTS = [
  "COMPUTATIONAL LINGUISTICS AND DIGITAL HUMANITIES",
  "RENEWABLE ENERGY SYSTEMS ENGINEERING",
  "MÉTIERS DE L’ÉDITION ET DU LIVRE NUMÉRIQUE",
  "PUBLIC POLICY, GOVERNANCE & DEVELOPMENT",
  "NEUROSCIENCE <AND> BEHAVIOUR",
  "ENVIRONMENTAL LAW",
  "STATISTICS AND DATA SCIENCE",
  "INTERNATIONAL BUSINESS ADMINISTRATION",
  "ARCHAEOLOGY",
  "ÉDUCATION SPÉCIALISÉE",
];
const DEGREES = [
  "BACHELOR OF",
  "MASTER OF APPLIED",
  "LICENCE PROFESSIONNELLE —",
  "INTERDISCIPLINARY STUDIES IN",
  "JOINT DOCTORAL PROGRAMME IN COMPARATIVE",
  "CERTIFICATE IN",
];

/** Returns so many fields with long names and sizes from 3 to about 1,500 students. */
export function manyFields(count: number): FixtureOptions["fields"] {
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / 60);
    const name = `${DEGREES[Math.floor(i / 10) % 6]} ${SUBJECTS[i % 10]}`;
    const students = Math.round(3 + 1500 * noise(i, 5) ** 3);
    return [round === 0 ? name : `${name} ${round + 1}`, students] as const;
  });
}

/** Names that try to break out of HTML, charts, scripts and objects. */
export const HOSTILE_NAMES: readonly string[] = [
  "</SCRIPT><IMG SRC=X ONERROR=ALERT(1)>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "{{X}} ${Y} <%= Z %>",
  "LINE\u2028SEPARATOR\u2029HERE",
  "datum.field",
  "a.b[0]",
  ".",
  "[",
  "\\",
  "__proto__",
  "constructor",
  "toString",
  "&lt;b&gt;",
  "X".repeat(200),
  "علوم الحاسوب",
  "מדעי המחשב (CS)",
  "计算机科学与技术",
  "]]>--><!--",
];

/** Refused records as examples: one of each kind of place and text. */
export const EXAMPLES: readonly RejectExample[] = [
  {
    source: "data/students.csv",
    line: 17,
    reason: "age_not_integer",
    raw: "Ali Bennis, 21.0, Law",
  },
  {
    source: "data/students.csv",
    line: 48,
    reason: "age_not_integer",
    raw: "Zoé Martin, vingt, Droit",
  },
  {
    source: "data/students.csv",
    line: 203,
    reason: "age_not_integer",
    raw: "Jean Petit, , Biology",
  },
  {
    source: "data/students.csv",
    line: 64,
    reason: "invalid_utf8",
    raw_base64: "Sm9z6SBHYXJjaWEsIDIzLCBMYXc=",
  },
  {
    source: "data/students.csv",
    line: 91,
    reason: "control_character",
    raw: "Eve\u0000 Null\u202e, 22, Law\u001b[31m",
  },
  { topic: "students", partition: 3, offset: 1207, reason: "empty" },
  {
    source: "data/students.csv",
    line: 300,
    reason: "unsafe_text",
    raw: "=cmd|'/c calc'!A1 Bennis, 24, Law",
  },
  {
    source: "</script><img src=x onerror=alert(1)>.csv",
    line: 1,
    reason: "bad_quote",
    raw: '"<script>alert(1)</script>, 22, Law',
  },
];

/** Rejects that fit the examples. */
export const REJECTS: Readonly<Partial<Record<Reason, number>>> = {
  invalid_utf8: 1,
  bad_quote: 1,
  control_character: 1,
  age_not_integer: 47,
  age_out_of_range: 12,
  blank_field: 9,
  unsafe_text: 1,
  empty: 1,
};

/** The variants that every check of the whole page goes through. */
export const VARIANTS: Readonly<Record<string, FixtureOptions>> = {
  "1 field": { fields: [["ASTROPHYSICS", 64]] },
  "3 fields": { fields: TWELVE.slice(0, 3), rejects: { age_not_integer: 2 } },
  "12 fields": { fields: TWELVE, rejects: REJECTS, examples: EXAMPLES },
  "60 fields": { fields: manyFields(60), rejects: REJECTS, examples: EXAMPLES },
  "all refused": { fields: [], rejects: REJECTS, examples: EXAMPLES },
};
