/**
 * HTML that is safe by its type: text becomes HTML only through {@linkcode html}, which
 * escapes it. Names, records and paths come from outside and may be hostile.
 */

/** A piece of HTML in which every text from outside is escaped. */
export class Html {
  /** The markup, ready for the page. */
  readonly markup: string;

  /** @param markup Trusted markup: text from outside goes through {@linkcode html}. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: text is escaped, nothing is written for `undefined`. */
export type Part = Html | string | undefined | readonly Part[];

/**
 * Returns the template as HTML, each value escaped unless it is HTML already. The template's
 * own indentation is dropped, so that the source may be laid out at will.
 */
export function html(template: TemplateStringsArray, ...values: readonly Part[]): Html {
  const pieces = template.map((text, i) => {
    const line = text.replace(/\n\s+/g, "\n");
    return i === 0 ? line.replace(/^\n/, "") : markup(values[i - 1]) + line;
  });
  return new Html(pieces.join(""));
}

/** Returns the parts one after the other with the separator between them. */
export function join(parts: readonly Part[], separator: Part = ""): Html {
  return new Html(parts.map(markup).join(markup(separator)));
}

/** Returns a name from the data, set apart so that right-to-left writing stays in it. */
export function bdi(name: string): Html {
  return html`<bdi>${name}</bdi>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\u2028": "&#8232;",
  "\u2029": "&#8233;",
};

/** Returns the text with everything escaped that means something in HTML or a script. */
export function escapeHtml(text: string): string {
  return text.toWellFormed()
    // HTML has no way to write these; a page shows U+FFFD for them anyway
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"'\u2028\u2029]/g, (character) => ENTITIES[character]!);
}

function markup(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string") return escapeHtml(part);
  return part.map(markup).join("");
}
