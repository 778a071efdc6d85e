/**
 * Markdown and HTML from a notebook, made harmless: whatever wrote them, nothing in them
 * runs, and nothing is asked for over the network.
 */
import { marked } from "marked";
import sanitize from "sanitize-html";
import { Html } from "../report/html.ts";

/** Elements that say something; all others are dropped, and their text stays. */
const ELEMENTS: readonly string[] = [
  ...["h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "hr", "br"],
  ...["ul", "ol", "li", "dl", "dt", "dd", "a", "em", "strong", "b", "i", "u", "s", "del"],
  ...["code", "kbd", "sub", "sup", "small", "abbr", "bdi", "span", "div", "details"],
  ...["summary", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "img"],
];

const OPTIONS = {
  allowedTags: ELEMENTS,
  allowedAttributes: {
    a: ["href", "rel"],
    img: ["src", "alt"],
    td: ["colspan", "rowspan", "class"],
    th: ["colspan", "rowspan", "class", "scope"],
    ol: ["start"],
    abbr: ["title"],
  },
  allowedClasses: { td: ["text"], th: ["text"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowedSchemesByTag: { img: ["data"] },
  allowProtocolRelative: false,
  transformTags: {
    // a path means nothing where the page is read
    a: (tagName: string, { href = "" }: Record<string, string>) =>
      /^(https?:|mailto:)/i.test(href)
        ? { tagName, attribs: { href, rel: "noreferrer" } }
        : { tagName: "span", attribs: {} },
  },
  exclusiveFilter: ({ tag, attribs }: { tag: string; attribs: Record<string, string> }) =>
    // a picture from elsewhere would be a request
    tag === "img" && !/^data:image\/(png|jpeg|gif|webp);/i.test(attribs["src"] ?? ""),
};

/** Returns the Markdown as HTML. */
export function markdownHtml(markdown: string): Html {
  const aligned = marked.parse(markdown, { async: false, gfm: true })
    // the sanitiser keeps classes only; numbers stand right, all else left
    .replace(
      /<(t[hd])(?: align="(\w+)")?>/g,
      (_, name, align) => align === "right" ? `<${name}>` : `<${name} class="text">`,
    );
  return harmless(aligned);
}

/** Returns the HTML without anything that runs, loads or changes the page around it. */
export function harmless(markup: string): Html {
  return new Html(sanitize(markup, OPTIONS));
}
