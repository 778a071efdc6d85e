/**
 * The parameters of a notebook: the constants of its cell tagged `parameters`, as papermill
 * has them, but typed. `const olderThan: number = 20;` is the flag `--older-than` and takes
 * nothing but a number.
 */
import { relative, resolve } from "node:path";
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import { type Cell, isParametersCell, type Notebook } from "./notebook.ts";
import { type Declaration, parseCell } from "./syntax.ts";

/**
 * A path, seen from the notebook's folder. As the type of a parameter it lets
 * `notebook run --input my.csv` mean the file where the command runs.
 */
export type FilePath = string;

/** What a flag can give. */
export type ParameterValue = string | number | boolean | readonly (string | number)[];

/** One constant of the cell. */
export interface Parameter {
  /** The constant: `olderThan`. */
  readonly name: string;
  /** The flag without its dashes: `older-than`. */
  readonly flag: string;
  /** The type as the cell has it, or as its value says: `number`. */
  readonly type: string;
  /** The value as the cell has it, in TypeScript. */
  readonly code: string;
  /** Turns the text of the flag, or its texts where it is repeatable, into the value. */
  readonly schema: z.ZodType<ParameterValue>;
  /** Whether the flag can be given more than once: the type is a list. */
  readonly isRepeatable: boolean;
}

/**
 * Returns the parameters in the order of the cell; none where no cell is tagged.
 *
 * @param name The notebook's name, for errors.
 * @throws {PipelineError} If the cell is no TypeScript, a type is one that no flag can give, or
 * more than one cell is tagged.
 */
export function parametersOf(notebook: Notebook, name: string): readonly Parameter[] {
  const [cell, another] = notebook.cells.filter(isParametersCell);
  if (another !== undefined) {
    throw new PipelineError("input", `${name}: two cells are tagged parameters`, {
      hint: "Put all parameters into one of them, and take the tag off the other",
    });
  }
  return cell === undefined ? [] : constantsOf(cell, name).map((constant) => {
    const code = cell.source.slice(constant.value.start, constant.value.end);
    const type = constant.type ?? typeOf(code);
    const form = type === undefined ? undefined : formOf(type, constant.name);
    if (form === undefined) {
      const what = type === undefined ? "a value without a type" : `the type ${type}`;
      throw new PipelineError(
        "input",
        `${name}: the parameter ${constant.name} has ${what}, which no flag can give`,
        {
          hint:
            "Use string, FilePath, number, boolean, a choice of literals, string[] or number[]",
        },
      );
    }
    return {
      name: constant.name,
      flag: flagOf(constant.name),
      type: type!,
      code,
      ...form,
    };
  });
}

/**
 * Returns the notebook with other values in its parameters' cell.
 *
 * @param values By name; what is absent keeps the value of the cell.
 */
export function withParameters(
  notebook: Notebook,
  values: ReadonlyMap<string, ParameterValue>,
): Notebook {
  const cells = notebook.cells.map((cell) => isParametersCell(cell) ? fill(cell) : cell);
  return { ...notebook, cells };

  function fill(cell: Cell): Cell {
    let { source } = cell;
    for (const { name, value } of parseCell(source).constants.toReversed()) {
      if (!values.has(name)) continue;
      const code = JSON.stringify(values.get(name));
      source = source.slice(0, value.start) + code + source.slice(value.end);
    }
    return { ...cell, source };
  }
}

/** Returns a path that was given where the command runs, as the notebook sees it. */
export function fromNotebook(path: string, folder: string): FilePath {
  return relative(folder, resolve(path)).replaceAll("\\", "/");
}

function constantsOf(cell: Cell, name: string): readonly Declaration[] {
  try {
    return parseCell(cell.source).constants;
  } catch (cause) {
    throw new PipelineError(
      "input",
      `${name}: the cell tagged parameters is not TypeScript: ${
        (cause as Error).message
      }`,
      { hint: "Write one constant a line: const olderThan: number = 20;", cause },
    );
  }
}

function flagOf(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
}

/** Returns the type that a literal has by itself. */
function typeOf(code: string): string | undefined {
  if (/^["'`]/.test(code)) return "string";
  if (/^[-+]?[\d.]/.test(code)) return "number";
  return /^(true|false)$/.test(code) ? "boolean" : undefined;
}

type Form = Pick<Parameter, "schema" | "isRepeatable">;
type Single = z.ZodType<string | number | boolean>;

/** Schemas by type; each is told what the cell says, for its error. */
const SINGLE: ReadonlyMap<string, (said: string) => Single> = new Map<
  string,
  (said: string) => Single
>([
  ["string", text],
  ["FilePath", text],
  ["number", number],
  ["boolean", truth],
]);

function text(said: string): z.ZodType<string> {
  return z.string().min(1, `a text that is not empty; ${said}`);
}

function number(said: string): z.ZodType<number> {
  return z.string()
    .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, `a number; ${said}`)
    .transform(Number).pipe(z.number(`a number; ${said}`)); // not an infinite one
}

function truth(said: string): z.ZodType<boolean> {
  return z.enum(["true", "false"], { error: `true or false; ${said}` })
    .transform((given) => given === "true");
}

const LIST = /^(?:readonly\s+)?(string|FilePath|number)\[\]$/;
const LITERAL = `"[^"\\\\]*"|'[^'\\\\]*'|-?\\d+(?:\\.\\d+)?`;
const CHOICE = new RegExp(`^\\|?\\s*(?:${LITERAL})(?:\\s*\\|\\s*(?:${LITERAL}))*$`);

function formOf(type: string, name: string): Form | undefined {
  const said = `the cell says ${name}: ${type}`;
  const list = LIST.exec(type)?.[1];
  if (list !== undefined) {
    const schema = z.array(SINGLE.get(list)!(said) as z.ZodType<string | number>);
    return { schema, isRepeatable: true };
  }
  const schema = CHOICE.test(type) ? choice(type, said) : SINGLE.get(type)?.(said);
  return schema && { schema, isRepeatable: false };
}

function choice(type: string, said: string): z.ZodType<string | number> {
  const values: readonly (string | number)[] = type.match(new RegExp(LITERAL, "g"))!
    .map((literal) => /^["']/.test(literal) ? literal.slice(1, -1) : Number(literal));
  const texts = values.map(String);
  return z.enum(texts, { error: `${texts.join(" or ")}; ${said}` })
    .transform((given) => values[texts.indexOf(given)]!);
}
