/**
 * A table as data, and the HTML and the text that are made from it.
 */
import { type Html, html } from "../report/html.ts";
import { numbersFor } from "../report/words/numbers.ts";

/** Rows and columns of text. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows were left out at the end. */
  readonly more: number;
}

/** A column; numbers stand at the right. */
export interface Column {
  readonly name: string;
  readonly isNumber?: true;
}

/** Jupyter aligns cells to the right; the page of a run goes by the class. */
const LEFT = "text-align: left";

/** Jupyter would draw what a name or a record has between dollars as a formula. */
const NO_FORMULAS = "mathjax_ignore";

/** Returns the table as HTML. */
export function tableHtml({ columns, rows, more }: Table): Html {
  const head = columns.map(({ name, isNumber }) =>
    isNumber
      ? html`<th scope="col">${name}</th>`
      : html`<th scope="col" class="text" style="${LEFT}">${name}</th>`
  );
  const cellOf = (cell: string, i: number): Html => {
    if (columns[i]!.isNumber) return html`<td>${cell}</td>`;
    return i === 0
      ? html`<th scope="row" class="text" style="${LEFT}">${cell}</th>`
      : html`<td class="text" style="${LEFT}">${cell}</td>`;
  };
  const body = rows.map((row) => html`<tr>${row.map(cellOf)}</tr>\n`);
  const rest = more === 0 ? undefined : html`<p>${moreText(more)}</p>\n`;
  return html`
    <table class="${NO_FORMULAS}">
      <thead>
        <tr>${head}</tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
    ${rest}
  `;
}

/** Returns the table as text with columns under each other. */
export function tableText({ columns, rows, more }: Table): string {
  const widths = columns.map(({ name }, i) =>
    Math.max(...[name, ...rows.map((row) => row[i]!)].map((cell) => [...cell].length))
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => {
      const space = " ".repeat(widths[i]! - [...cell].length);
      return columns[i]!.isNumber ? space + cell : cell + space;
    }).join("  ").trimEnd();
  const all = [columns.map(({ name }) => name), ...rows].map(line);
  return [...all, ...more === 0 ? [] : [moreText(more)]].join("\n");
}

function moreText(more: number): string {
  return `… and ${numbersFor("en").whole(more)} more`;
}
