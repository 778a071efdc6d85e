/**
 * Splits a record into its cells by RFC 4180: `"` quotes a cell, `""` is a quote inside it,
 * spaces and tabs around a quoted cell are allowed, a quote inside a plain cell is not.
 */

/** A record's cells and where it ends in the text, or why there are none. */
export type Split =
  | { readonly cells: readonly string[]; readonly end: number }
  /** A quoted cell never closes within the text. */
  | "open"
  /** A quote stands where RFC 4180 does not allow one. */
  | "bad";

/**
 * Returns the cells of the record at the start of `text`, unquoted but not trimmed.
 *
 * The record ends at the first `lineEnd` outside quotes (a CR before an LF belongs to the
 * line end), or with the text where `lineEnd` is not given.
 */
export function splitRecord(
  text: string,
  delimiter: string,
  lineEnd?: "\n" | "\r",
): Split {
  if (lineEnd === undefined && !text.includes('"')) {
    return { cells: text.split(delimiter), end: text.length };
  }
  const cells: string[] = [];
  let at = 0;
  while (true) {
    const start = skipBlanks(text, at, delimiter);
    const cell = text[start] === '"'
      ? quotedCell(text, start, delimiter)
      : plainCell(text, at, delimiter, lineEnd);
    if (typeof cell === "string") return cell;
    cells.push(cell.value);
    at = cell.end;
    if (text[at] === delimiter) at++;
    else if (at === text.length || isLineEnd(text, at, lineEnd)) {
      return { cells, end: at };
    } else return "bad";
  }
}

interface Cell {
  readonly value: string;
  /** Where the delimiter, the line end or the end of the text must stand. */
  readonly end: number;
}

function quotedCell(text: string, start: number, delimiter: string): Cell | "open" {
  let value = "";
  let from = start + 1;
  while (true) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return "open";
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      return { value, end: skipBlanks(text, quote + 1, delimiter) };
    }
    value += '"';
    from = quote + 2;
  }
}

function plainCell(
  text: string,
  start: number,
  delimiter: string,
  lineEnd: "\n" | "\r" | undefined,
): Cell | "bad" {
  let end = start;
  while (end < text.length && text[end] !== delimiter && !isLineEnd(text, end, lineEnd)) {
    if (text[end] === '"') return "bad";
    end++;
  }
  return { value: text.slice(start, end), end };
}

function isLineEnd(text: string, at: number, lineEnd: "\n" | "\r" | undefined): boolean {
  if (lineEnd === undefined) return false;
  return text[at] === lineEnd ||
    (lineEnd === "\n" && text[at] === "\r" && text[at + 1] === "\n");
}

function skipBlanks(text: string, from: number, delimiter: string): number {
  let at = from;
  while ((text[at] === " " || text[at] === "\t") && text[at] !== delimiter) at++;
  return at;
}
