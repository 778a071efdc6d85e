/**
 * The page's Content-Security-Policy: its own style and script, by hash, and nothing else.
 */
import { createHash } from "node:crypto";

/**
 * Returns the policy for a page with that style and that script.
 *
 * @param more What else it says: `connect-src 'self'` of a page that is served.
 */
export function contentSecurityPolicy(
  style: string,
  script: string,
  more: readonly string[] = [],
): string {
  return [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'`,
    "img-src data:", // the empty icon, so that no browser asks for one
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join("; ");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
