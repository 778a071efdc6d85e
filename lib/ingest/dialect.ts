/**
 * Finds out how an input is laid out: its line end, its delimiter, its header.
 */
import { PipelineError } from "../errors.ts";
import { splitRecord } from "../transform/cells.ts";
import { type Layout, PLAIN_LAYOUT } from "../transform/types.ts";
import {
  type ColumnChoice,
  type Naming,
  readHeader,
  resolveColumns,
  type Role,
} from "./columns.ts";

/** What the user has decided; what is absent is found out. */
export interface DialectOptions {
  /** One ASCII character. */
  readonly delimiter?: string;
  /** Which column holds what. */
  readonly columns?: ColumnChoice;
  /** Whether the first line is a record even if it looks like a header. */
  readonly noHeader?: boolean;
}

/** How much of an input's text decides on its layout, in bytes. */
export const HEAD_BYTES = 64 * 1024;

const DELIMITERS = [",", ";", "\t", "|"];

/** The first line that is not blank, split by one of the delimiters. */
interface Candidate {
  readonly delimiter: string;
  readonly cells: readonly string[];
}

/**
 * Returns the layout of the input whose text begins with `head`.
 *
 * @param head The first 64 KiB as UTF-8, or all there is.
 * @param name The input's name, for errors.
 * @throws {PipelineError} If a header names some of the columns but not all, names one twice,
 * is not UTF-8, or lacks a column that the user chose.
 */
export function findLayout(
  head: Uint8Array,
  options: DialectOptions,
  name: string,
): Layout {
  const lineEnd = head.includes(13) && !head.includes(10) ? "\r" : "\n";
  const text = afterBlankLines(new TextDecoder().decode(head), lineEnd);
  const delimiters = options.delimiter === undefined ? DELIMITERS : [options.delimiter];
  const firsts = delimiters.map((delimiter) => firstLine(text, delimiter, lineEnd));
  const lines = firstLines(text, lineEnd);
  const layout = options.columns !== undefined
    ? chosenLayout(firsts, lines, options.columns, options.noHeader === true, name)
    : options.noHeader
    ? undefined
    : headerLayout(firsts, head, name);
  const delimiter = () => options.delimiter ?? commonDelimiter(lines);
  return { ...(layout ?? { ...PLAIN_LAYOUT, delimiter: delimiter() }), lineEnd };
}

type FoundLayout = Omit<Layout, "lineEnd">;

/** Returns the layout that the header gives, or undefined where there is no header. */
function headerLayout(
  firsts: readonly Candidate[],
  head: Uint8Array,
  name: string,
): FoundLayout | undefined {
  const namings = firsts.map((first) => ({ ...first, naming: readHeader(first.cells) }));
  const whole = namings.find(({ naming }) => naming.columns !== undefined);
  if (whole !== undefined) {
    const { delimiter, cells } = whole;
    return {
      delimiter,
      cells: cells.length,
      columns: whole.naming.columns!,
      header: true,
    };
  }
  const best = namings.reduce((a, b) => b.naming.known > a.naming.known ? b : a);
  if (best.cells.some((cell) => cell.includes("\ufffd"))) {
    refuseEncoding(head, best.naming.known, name);
  }
  if (best.naming.known > 0) refuseHeader(best.cells, best.naming, name);
  return undefined;
}

/** Refuses a header that would name more of the columns if it were read as Windows-1252. */
function refuseEncoding(head: Uint8Array, known: number, name: string): void {
  const text = new TextDecoder("windows-1252").decode(head);
  const line = text.split(/[\r\n]+/).find((line) => line.trim() !== "") ?? "";
  const better = DELIMITERS.map((delimiter) => firstLine(line, delimiter, "\n").cells)
    .find((cells) => readHeader(cells).known > known);
  if (better === undefined) return;
  throw new PipelineError("input", `Cannot read ${name}: its header is not valid UTF-8`, {
    hint: `As Latin-1 it reads ${better.map(tidy).join(", ")}: try --encoding latin1`,
  });
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  name: "name",
  first: "first name",
  last: "last name",
  age: "age",
  field: "field",
};

/** Refuses a header that names some of the columns but not all, or one of them twice. */
function refuseHeader(cells: readonly string[], naming: Naming, name: string): never {
  const { missing, twice, found } = naming;
  const words = (missing.length > 0 ? missing : twice).map((role) => ROLE_WORDS[role]);
  const what = missing.length > 0
    ? `its header names no ${words.join(" and no ")} column`
    : `its header names more than one ${words.join(" and more than one ")} column`;
  const hasParts = found.has("first") || found.has("last");
  const roles: Role[] = [
    ...(hasParts ? ["first", "last"] : ["name"]),
    "age",
    "field",
  ] as Role[];
  const flag = roles.map((role) => {
    const at = twice.includes(role) ? undefined : found.get(role);
    if (at === undefined) return `${role}=…`;
    const cell = tidy(cells[at]!);
    return `${role}=${/[,=\s"']/.test(cell) ? at + 1 : cell}`; // a number needs no quotes
  });
  throw new PipelineError("input", `Cannot read ${name}: ${what}`, {
    hint:
      `Found: ${cells.map(tidy).join(", ")}. Say which with --columns ${flag.join(",")}` +
      " (or --no-header if that line is a record)",
  });
}

/** Returns the layout in which the columns that the user chose are found. */
function chosenLayout(
  firsts: readonly Candidate[],
  lines: readonly string[],
  choice: ColumnChoice,
  noHeader: boolean,
  name: string,
): FoundLayout {
  const tried = firsts.map((first) => ({
    ...first,
    found: resolveColumns(choice, first.cells, noHeader),
    fits: countFits(lines, first.delimiter, first.cells.length),
  }));
  // a name in the header decides; else the delimiter that suits most lines
  const best = tried.find(({ found }) => "columns" in found && found.byName) ??
    tried.filter(({ found }) => "columns" in found).sort((a, b) => b.fits - a.fits)[0] ??
    tried.reduce((a, b) => b.cells.length > a.cells.length ? b : a);
  const { delimiter, cells, found } = best;
  if ("missing" in found) {
    if (cells.length === 1 && tidy(cells[0]!) === "") { // nothing but blank lines: no records
      return { ...PLAIN_LAYOUT, delimiter };
    }
    throw new PipelineError(
      "input",
      `Cannot read ${name}: its first line has no column "${found.missing}"`,
      {
        hint: `Found: ${cells.map(tidy).join(", ")}. Mend --columns or name --delimiter`,
      },
    );
  }
  if ("twice" in found) {
    throw new PipelineError(
      "input",
      `Cannot read ${name}: its column "${found.twice}" is not one column for one thing`,
      {
        hint: `Found: ${cells.map(tidy).join(", ")}. Name the columns by number, from 1`,
      },
    );
  }
  const header = found.byName || (!noHeader && readHeader(cells).known > 0);
  return { delimiter, cells: cells.length, columns: found.columns, header };
}

/** Returns the delimiter by which most of the lines have three cells, else a comma. */
function commonDelimiter(lines: readonly string[]): string {
  const fits = DELIMITERS.map((delimiter) => countFits(lines, delimiter, 3));
  const most = Math.max(...fits);
  return most > lines.length / 2 ? DELIMITERS[fits.indexOf(most)]! : ",";
}

/** Returns how many of the lines have so many cells. */
function countFits(lines: readonly string[], delimiter: string, cells: number): number {
  return lines.filter((line) => {
    const split = splitRecord(line.trimEnd(), delimiter);
    return typeof split === "object" && split.cells.length === cells;
  }).length;
}

/** Returns the first 100 lines that are not blank. */
function firstLines(text: string, lineEnd: "\n" | "\r"): readonly string[] {
  const lines = text.split(lineEnd, 200).filter((line) => line.trim() !== "");
  return lines.slice(0, 100);
}

/** Returns the cells of the first line; a line with bad quotes is one cell. */
function firstLine(text: string, delimiter: string, lineEnd: "\n" | "\r"): Candidate {
  const split = splitRecord(text, delimiter, lineEnd);
  const cells = typeof split === "string" ? [text.split(lineEnd, 1)[0]!] : split.cells;
  return { delimiter, cells };
}

function afterBlankLines(text: string, lineEnd: "\n" | "\r"): string {
  let start = 0;
  while (true) {
    const end = text.indexOf(lineEnd, start);
    if (end < 0 || /[^\s\u0085]/u.test(text.slice(start, end))) return text.slice(start);
    start = end + 1;
  }
}

function tidy(cell: string): string {
  return cell.replace(/\s+/g, " ").trim();
}
