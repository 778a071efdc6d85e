/**
 * The tables that the kernel reads, made by the rules as text themselves.
 */
import { normalise } from "../rules.ts";
import { REASONS } from "../types.ts";
import type { Exports } from "./exports.ts";

const UTF8 = new TextEncoder();

/** Fills the table of letters of two bytes with the upper case of each. */
export function fillUpperCase(bytes: Uint8Array, { UPPER_CASE }: Exports): void {
  for (let codePoint = 0x80; codePoint < 0x800; codePoint++) {
    const letter = String.fromCodePoint(codePoint);
    if (/[\p{M}\p{Cc}\p{Cf}\s]/u.test(letter)) continue; // not a letter of its own
    const upper = UTF8.encode(normalise(letter));
    const at = UPPER_CASE.value + 8 * codePoint;
    bytes.set(upper, at);
    bytes[at + 7] = upper.length;
  }
}

/** Fills the table of what stands between a reject's number and its text. */
export function fillReasonNames(
  bytes: Uint8Array,
  { REASON_NAMES, REASON_SIZE }: Exports,
): void {
  for (const [i, reason] of REASONS.entries()) {
    const text = UTF8.encode(`,"reason":"${reason}","raw":"`);
    const at = REASON_NAMES.value + REASON_SIZE.value * i;
    bytes[at] = text.length;
    bytes.set(text, at + 1);
  }
}
