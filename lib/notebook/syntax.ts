/**
 * The TypeScript of a cell as a tree, as far as a run needs it: the value it ends with, and
 * the constants it declares.
 */
import { parse } from "@babel/parser";

/** From where to where in the text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `const name: type = value`, each part with its place. */
export interface Declaration {
  readonly name: string;
  /** The type as it is written; absent where it is left to the value. */
  readonly type?: string;
  readonly value: Span;
}

/** What is known of a cell. */
export interface CellSyntax {
  /** The expression that the cell ends with: its value is what the cell shows. */
  readonly last?: Span;
  readonly constants: readonly Declaration[];
}

/** The text is not TypeScript. */
export class CellSyntaxError extends SyntaxError {
  /** Counted from 1. */
  readonly line: number;

  constructor(message: string, line: number, cause: unknown) {
    super(message, { cause });
    this.line = line;
  }
}

/**
 * Returns what the text of a cell holds.
 *
 * @throws {CellSyntaxError} If it is not TypeScript.
 */
export function parseCell(source: string): CellSyntax {
  const { body, directives } = parseOrThrow(source).program;
  // a text that stands alone is read as a directive, such as "use strict"
  const last = body.at(-1) ?? directives.at(-1);
  const constants = body.flatMap((statement) =>
    statement.type === "VariableDeclaration" && statement.kind === "const"
      ? statement.declarations.flatMap((one) => declarationOf(one, source))
      : []
  );
  return {
    ...(isExpression(last?.type) && { last: expressionOf(last!, source) }),
    constants,
  };
}

function isExpression(type: string | undefined): boolean {
  return type === "ExpressionStatement" || type === "Directive";
}

function parseOrThrow(source: string): ReturnType<typeof parse> {
  try {
    return parse(source, { sourceType: "module", plugins: ["typescript"] });
  } catch (error) {
    const { message, loc } = error as Error & {
      readonly loc?: { readonly line: number };
    };
    const text = message.replace(/ \(\d+:\d+\)$/, "").replace(/\.$/, "");
    throw new CellSyntaxError(text, loc?.line ?? 1, error);
  }
}

/** A node, as far as it is looked at. */
interface Node {
  readonly start?: number | null;
  readonly end?: number | null;
}

function spanOf({ start, end }: Node): Span {
  return { start: start ?? 0, end: end ?? 0 };
}

/** The statement without its semicolon. */
function expressionOf(statement: Node, source: string): Span {
  const { start, end } = spanOf(statement);
  return { start, end: source[end - 1] === ";" ? end - 1 : end };
}

interface Declarator {
  readonly id: {
    readonly type: string;
    readonly name?: string;
    readonly typeAnnotation?: (Node & { readonly typeAnnotation?: Node }) | null;
  };
  readonly init?: Node | null;
}

function declarationOf(declarator: unknown, source: string): readonly Declaration[] {
  const { id, init } = declarator as Declarator;
  if (id.type !== "Identifier" || id.name === undefined || !init) return [];
  const annotation = id.typeAnnotation?.typeAnnotation;
  return [{
    name: id.name,
    ...(annotation && { type: source.slice(annotation.start ?? 0, annotation.end ?? 0) }),
    value: spanOf(init),
  }];
}
