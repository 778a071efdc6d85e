/**
 * The raw text of a refused record on the page: invisible characters are named, and bytes
 * that are not UTF-8 are shown in hexadecimal.
 */
import { Html, html, join, type Part } from "../html.ts";
import type { RejectExample } from "../result.ts";
import type { View } from "./view.ts";

/** Returns the record's text, or what stands for it where it has none. */
export function rawText(
  { raw, raw_base64 }: RejectExample,
  { words }: Pick<View, "words">,
): Html {
  if (raw !== undefined) {
    return raw === ""
      ? html`<span class="place">(${words.emptyRecord})</span>`
      : html`<code dir="auto">${visible(raw)}</code>`;
  }
  if (raw_base64 === undefined) {
    return html`<span class="place">(${words.emptyRecord})</span>`;
  }
  const bytes = Uint8Array.fromBase64(raw_base64);
  return html`<code dir="auto">${
    readable(bytes)
  }</code> <span class="place">(${words.binary})</span>`;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns the bytes as text, those that are no UTF-8 in hexadecimal. */
function readable(bytes: Uint8Array): Html {
  const pieces: Part[] = [];
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    if (character === undefined) {
      pieces.push(html`<span class="hidden-char">${hexadecimal(bytes[at]!, 2)}</span>`);
      at++;
    } else {
      pieces.push(visible(character.text));
      at += character.bytes;
    }
  }
  return join(pieces);
}

/** Returns the character of one to four bytes that begins there. */
function characterAt(
  bytes: Uint8Array,
  at: number,
): { readonly text: string; readonly bytes: number } | undefined {
  for (const length of [1, 2, 3, 4]) {
    try {
      return { text: UTF8.decode(bytes.subarray(at, at + length)), bytes: length };
    } catch { /* it may be longer */ }
  }
  return undefined;
}

/** Returns the text with its invisible characters named, joiners of letters excepted. */
function visible(text: string): Html {
  const pieces = text.split(/([[\p{Cc}\p{Cf}\u2028\u2029]--[\u200c\u200d]])/v);
  return join(pieces.map((piece, i) => i % 2 === 0 ? piece : codePoint(piece)));
}

function codePoint(character: string): Html {
  const digits = hexadecimal(character.codePointAt(0)!, 4);
  return html`<span class="hidden-char">U+${digits}</span>`;
}

function hexadecimal(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, "0");
}
