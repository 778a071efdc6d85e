/**
 * Texts for a notebook with values in them: Markdown around, and data that stays data.
 */

/**
 * Returns the text as Markdown in which the values stand as they are: whatever a name
 * holds, it is no emphasis, no link, no picture and no HTML.
 *
 * @example
 * ```ts
 * import { markdown, show } from "cohort";
 *
 * const field = "<b>ART</b> & *DESIGN*";
 * await show(markdown`The oldest studies **${field}**.`);
 * ```
 */
export function markdown(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): string {
  return String.raw({ raw: strings.map(String) }, ...values.map(escape));
}

/** What Markdown takes for something, at the beginning of a text or anywhere. */
const SIGNS =
  /(?<=^ ?)[-+=]|(?<=^ ?\d+)\.(?= |$)|:(?=\/)|(?<=www)\.|[$\\`*_{}[\]<>()#!|~&@]/gi;

/** Returns the value as one line of text that Markdown takes for nothing else. */
function escape(value: unknown): string {
  return String(value).replace(/\s+/g, " ").replace(
    SIGNS,
    (sign) =>
      /[$@\\]/.test(sign)
        // with these JupyterLab marks formulas; but none goes over an element's border
        ? `<span>&#${sign.charCodeAt(0)};</span>`
        : `\\${sign}`,
  );
}
