/**
 * Which cell holds what: from the names in a header, in French or English, or from what the
 * user says with `--columns`.
 */
import { PipelineError } from "../errors.ts";
import type { Columns } from "../transform/types.ts";

/** What a column can hold. */
export type Role = "name" | "first" | "last" | "age" | "field";

/** The names that a header may use, as {@linkcode simplify} leaves them. */
const KNOWN_NAMES: Readonly<Record<Role, readonly string[]>> = {
  name: [
    "name",
    "fullname",
    "student",
    "firstnamelastname",
    "nomcomplet",
    "etudiant",
  ],
  first: ["first", "firstname", "givenname", "prenom"],
  last: ["last", "lastname", "familyname", "surname", "nom"],
  age: ["age"],
  field: [
    "field",
    "fieldofstudy",
    "major",
    "programme",
    "program",
    "course",
    "department",
    "speciality",
    "filiere",
    "domaine",
    "discipline",
    "specialite",
    "ufr",
  ],
};

/** Which column holds what, as the user names it: by its name in the header or its number. */
export type ColumnChoice = Readonly<Partial<Record<Role, string>>>;

/** What a header says. */
export interface Naming {
  /** Which cell holds what; absent where a column is missing or there are two of it. */
  readonly columns?: Columns;
  /** How many of its cells have a known name. */
  readonly known: number;
  /** The roles that no cell names. */
  readonly missing: readonly Role[];
  /** The roles that more than one cell names. */
  readonly twice: readonly Role[];
  /** The first cell of each role, for a hint. */
  readonly found: ReadonlyMap<Role, number>;
}

/** Returns a header's name without what the comparison ignores: case, accents, `_ -`, blanks. */
export function simplify(name: string): string {
  return name.normalize("NFD").replace(/[\p{M}_\-\s]/gu, "").toLowerCase();
}

/** Returns what the cells name when they are read as a header. */
export function readHeader(cells: readonly string[]): Naming {
  const places = new Map<Role, number[]>();
  cells.forEach((cell, i) => {
    const role = roleOf(simplify(cell));
    if (role !== undefined) places.set(role, [...places.get(role) ?? [], i]);
  });
  const known = [...places.values()].flat().length;
  const has = (role: Role): boolean => places.has(role);
  if (has("first") && has("last")) places.delete("name"); // the exact ones are enough
  else if (has("last") && !has("name") && !has("first")) {
    // "nom" with no "prénom" beside it is the full name
    const nom = places.get("last")!;
    if (nom.every((i) => simplify(cells[i]!) === "nom")) {
      places.delete("last");
      places.set("name", nom);
    }
  }
  const needed: readonly Role[] = !has("name") && (has("first") || has("last"))
    ? ["first", "last", "age", "field"]
    : ["name", "age", "field"];
  const missing = needed.filter((role) => !has(role));
  const twice = [...places].filter(([, at]) => at.length > 1).map(([role]) => role);
  const found = new Map([...places].map(([role, at]) => [role, at[0]!]));
  const isWhole = missing.length === 0 && twice.length === 0;
  const columns = Object.fromEntries(needed.map((role) => [role, found.get(role)]));
  return {
    known,
    missing,
    twice,
    found,
    ...(isWhole && { columns: columns as Columns }),
  };
}

function roleOf(name: string): Role | undefined {
  const roles = Object.keys(KNOWN_NAMES) as Role[];
  return roles.find((role) => KNOWN_NAMES[role].includes(name));
}

/**
 * Returns what the text of `--columns` says: `name=Student,age=Years,field=3`.
 *
 * @throws {PipelineError} If it is not of that form or names too few columns.
 */
export function parseColumns(text: string): ColumnChoice {
  const choice: Partial<Record<Role, string>> = {};
  const hint = "Write --columns name=…,age=…,field=… or first=…,last=…,age=…,field=…, " +
    "each with a name from the header or a column number from 1";
  const fail = (what: string): never => {
    throw new PipelineError("usage", `--columns ${what}`, { hint });
  };
  for (const part of text.split(",")) {
    const [role, ...value] = part.split("=");
    const key = role!.trim() as Role;
    const column = value.join("=").trim();
    if (!Object.hasOwn(KNOWN_NAMES, key)) fail(`does not know "${part.trim()}"`);
    if (column === "") fail(`says no column for ${key}`);
    if (choice[key] !== undefined) fail(`names ${key} twice`);
    choice[key] = column;
  }
  const given = (role: Role): boolean => choice[role] !== undefined;
  if (given("name") && (given("first") || given("last"))) {
    fail("names both a full name and a first or last name");
  }
  const needed: readonly Role[] = given("name") || !(given("first") || given("last"))
    ? ["name", "age", "field"]
    : ["first", "last", "age", "field"];
  for (const role of needed) if (!given(role)) fail(`names no column for ${role}`);
  return choice;
}

/** Where the columns of a choice are, or the one that is nowhere. */
export type Resolved =
  | { readonly columns: Columns; readonly byName: boolean }
  | { readonly missing: string }
  /** A name that several columns have, or a column that was chosen for two things. */
  | { readonly twice: string };

/**
 * Returns where the chosen columns are in a first line with these cells.
 *
 * @param isRecord Whether that line is a record, so that only numbers can name a column.
 */
export function resolveColumns(
  choice: ColumnChoice,
  cells: readonly string[],
  isRecord: boolean,
): Resolved {
  const names = isRecord ? [] : cells.map(simplify);
  const columns: Partial<Record<Role, number>> = {};
  let byName = false;
  for (const [role, wanted] of Object.entries(choice) as [Role, string][]) {
    const named = names.indexOf(simplify(wanted));
    if (named !== names.lastIndexOf(simplify(wanted))) return { twice: wanted };
    const numbered = /^[1-9][0-9]*$/.test(wanted) ? Number(wanted) - 1 : -1;
    const place = named >= 0 ? named : numbered;
    if (place < 0 || place >= cells.length) return { missing: wanted };
    if (Object.values(columns).includes(place)) return { twice: wanted };
    byName ||= named >= 0;
    columns[role] = place;
  }
  return { columns: columns as Columns, byName };
}
