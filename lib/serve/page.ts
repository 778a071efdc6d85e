/**
 * The live page as a document: the report's style and charts, and places for what changes.
 * It shows the numbers of the moment it was asked for, also without its script.
 */
import { createHash } from "node:crypto";
import { Html, html } from "../report/html.ts";
import { contentSecurityPolicy } from "../report/policy.ts";
import { pageStyle } from "../report/style.ts";
import type { Lang } from "../report/words/numbers.ts";
import { wordsFor } from "../report/words/words.ts";
import type { Shown } from "./board.ts";
import { LIVE_SCRIPT } from "./script.ts";

const LIVE_STYLE = `
.connection { display: inline-block; margin: 14px 0 0; padding: 4px 12px; border-left: 4px solid var(--main); background: var(--card); }
.gone .connection { border-color: var(--accent); font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px 24px; margin-bottom: 20px; }
.figures dd { font-size: 1.375rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures dt { font-size: 0.8125rem; }
#now h2 { margin-top: 28px; padding-top: 0; border-top: 0; }
`;

/** The live page of a stream in one language. */
export interface LivePage {
  /** Differs where style, script, language or version do: then an open page is out of date. */
  readonly id: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
  readonly draw: (shown: Shown) => string;
}

/** Returns the page of a topic's stream. */
export function livePage(
  { topic, version }: { readonly topic: string; readonly version: string },
  lang: Lang,
): LivePage {
  const words = wordsFor(lang);
  const title = `${topic} · ${words.liveTitle}`;
  const style = pageStyle(title) + LIVE_STYLE;
  const id = createHash("sha256").update([style, LIVE_SCRIPT, lang, version].join("\0"))
    .digest("hex").slice(0, 16);
  const draw = ({ connection, parts }: Shown): string =>
    html`
      <!doctype html>
      <html lang="${lang}" data-page="${id}" data-gone="${words.disconnected}">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>${title}</title>
          <link rel="icon" href="data:,">
          <style>${new Html(style)}</style>
        </head>
        <body>
          <main>
            <header>
              <h1>${words.liveTitle}</h1>
              <p class="byline"><bdi>${topic}</bdi></p>
              <p class="connection" id="connection" role="status">${connection}</p>
            </header>
      ${[...parts].map(([part, markup]) =>
        html`<div id="${part}">${new Html(markup)}</div>\n`
      )}</main>
          <script>${new Html(LIVE_SCRIPT)}</script>
        </body>
      </html>
    `.markup;
  const policy = contentSecurityPolicy(style, LIVE_SCRIPT, [
    "connect-src 'self'",
    "frame-ancestors 'none'",
  ]);
  return { id, policy, draw };
}
