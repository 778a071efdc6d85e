/**
 * The code cells of a notebook as one TypeScript module, and back from a line of the module
 * to the cell that it stands in.
 */
import { PipelineError } from "../errors.ts";
import { isParametersCell, type Notebook } from "./notebook.ts";
import { type CellSyntax, CellSyntaxError, parseCell } from "./syntax.ts";

/** A line of a notebook. */
export interface Place {
  /** The code cell, counted from 1 as Jupyter numbers them in one run. */
  readonly cell: number;
  /** Of the cell, counted from 1. */
  readonly line: number;
}

/** The cells of a notebook, ready to be checked or run. */
export interface CellModule {
  readonly source: string;
  /** Returns where in the notebook a line of the module stands, counted from 1. */
  place(line: number): Place | undefined;
}

/** How the cells are put together. */
export interface ModuleOptions {
  /** The notebook's name, for errors. */
  readonly name: string;
  /** The URL of the module that tells what the cells show; without it they stand as they are. */
  readonly host?: string;
}

/**
 * Returns the module. With a host, each cell announces itself, and the value it ends with is
 * handed over, as the kernel would take it.
 *
 * @throws {PipelineError} If a cell is not TypeScript.
 */
export function moduleOf(notebook: Notebook, options: ModuleOptions): CellModule {
  const { name, host } = options;
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  const lines: string[] = host === undefined ? [] : [
    `import { enter as $enter, result as $result, wide as $wide } from ${
      JSON.stringify(host)
    };`,
  ];
  const starts = cells.map(({ source }, i) => {
    const syntax = parse(source, { cell: i + 1, name });
    if (host !== undefined) lines.push(`$enter(${i + 1});`);
    const start = lines.length + 1;
    const told = host === undefined ? source : tell(source, syntax);
    const isWide = host !== undefined && isParametersCell(cells[i]!);
    const code = isWide ? widen(told, syntax) : told;
    lines.push(...code.split("\n"));
    return start;
  });
  return {
    source: [...lines, "export {};", ""].join("\n"),
    place(line) {
      const cell = starts.findLastIndex((start) => start <= line);
      return cell < 0 ? undefined : { cell: cell + 1, line: line - starts[cell]! + 1 };
    },
  };
}

function parse(
  source: string,
  { cell, name }: { readonly cell: number; readonly name: string },
): CellSyntax {
  try {
    return parseCell(source);
  } catch (cause) {
    if (!(cause instanceof CellSyntaxError)) throw cause;
    throw new PipelineError(
      "input",
      `${placeName(name, { cell, line: cause.line })}: ${cause.message}`,
      { hint: "Cells are TypeScript; run the cell in JupyterLab to see more", cause },
    );
  }
}

/** Returns the cell with its last expression handed over to the host. */
function tell(source: string, { last }: CellSyntax): string {
  if (last === undefined) return source;
  const { start, end } = last;
  const expression = source.slice(start, end);
  return `${source.slice(0, start)}await $result((${expression}\n));${
    source.slice(end).replace(/^;/, "")
  }`;
}

/**
 * Returns the cell of the parameters with each constant as wide as its type: a check that
 * knew the value of `const lang: "en" | "fr" = "en"` would refuse `lang === "fr"`.
 */
function widen(source: string, { constants }: CellSyntax): string {
  return constants.reduceRight((code, { type, value: { start, end } }) => {
    if (type === undefined) return code;
    const oneLine = type.replaceAll("\n", " "); // the lines below stay where they are
    const wide = `$wide<${oneLine}>(${code.slice(start, end)})`;
    return code.slice(0, start) + wide + code.slice(end);
  }, source);
}

/** Returns the place for an error: `notebooks/x.ipynb, cell 3, line 2`. */
export function placeName(notebook: string, { cell, line }: Place): string {
  return `${notebook}, cell ${cell}, line ${line}`;
}
