/**
 * The tables that the kernel reads, made by the rules as text themselves.
 */
import { toJson } from "../../json.ts";
import { CONTROL, MAX_AGE, normalise, WHITE_SPACE } from "../rules.ts";
import { REASONS } from "../types.ts";
import type { Exports } from "./exports.ts";

const UTF8 = new TextEncoder();
/** How many bytes are taken together. */
const LANES = 16;

/** Fills all tables in the kernel's memory. */
export function fillTables(memory: Uint8Array, wasm: Exports): void {
  fillUpperCase(memory, wasm);
  fillKinds(memory, wasm);
  fillEscapes(memory, wasm);
  fillAgeTexts(memory, wasm);
  fillSixteens(memory, wasm);
  fillReasonNames(memory, wasm);
  memory.fill(0xff, wasm.TAIL_MASK.value, wasm.TAIL_MASK.value + LANES);
  memory.set(UTF8.encode(BASE64_DIGITS), wasm.BASE64.value);
}

/** The first code point that has two bytes in UTF-8, and the first that has three. */
const TWO_BYTES = 0x80;
const THREE_BYTES = 0x800;

/** Fills the table of letters of two bytes with the upper case of each. */
function fillUpperCase(memory: Uint8Array, { UPPER_CASE }: Exports): void {
  for (let codePoint = TWO_BYTES; codePoint < THREE_BYTES; codePoint++) {
    const letter = String.fromCodePoint(codePoint);
    if (/[\p{M}\p{Cc}\p{Cf}\s]/u.test(letter)) continue; // not a letter of its own
    putText(memory, UPPER_CASE.value + 8 * codePoint, normalise(letter));
  }
}

/** Where an entry of such a table, of 8 bytes, holds the length of its text. */
const LENGTH = 7;

function putText(memory: Uint8Array, entry: number, text: string): void {
  const { written } = UTF8.encodeInto(text, memory.subarray(entry, entry + LENGTH));
  memory[entry + LENGTH] = written;
}

/** How many characters are looked at together: of all at once, the memory would stay ours. */
const PAGE = 0x1000;

/** Fills the table of kinds of characters; that of letters is filled before. */
function fillKinds(memory: Uint8Array, wasm: Exports): void {
  const runs: readonly (readonly [run: RegExp, kind: number])[] = [
    [/[^"\P{ASCII}]+/gu, wasm.PLAIN.value],
    [WHITE_SPACE, wasm.WHITE_SPACE.value],
    [new RegExp(CONTROL, "gv"), wasm.CONTROL.value],
  ];
  for (let first = 0; first < 0x10000; first += PAGE) {
    const at = wasm.KINDS.value + first;
    const kinds = memory.subarray(at, at + PAGE).fill(wasm.OTHER.value);
    const codePoints = Array.from({ length: PAGE }, (_, i) => first + i);
    const characters = String.fromCharCode(...codePoints);
    for (const [run, kind] of runs) {
      for (const { index, 0: { length } } of characters.matchAll(run)) {
        kinds.fill(kind, index, index + length);
      }
    }
  }
  for (let codePoint = TWO_BYTES; codePoint < THREE_BYTES; codePoint++) {
    const isLetter = memory[wasm.UPPER_CASE.value + 8 * codePoint + LENGTH]! > 0;
    if (isLetter) memory[wasm.KINDS.value + codePoint] = wasm.PLAIN.value;
  }
}

/** The first code point that the kernel writes into JSON without a look at this table. */
const ESCAPES_END = 0xc0;

/** Fills the table of characters as JSON has them. */
function fillEscapes(memory: Uint8Array, { ESCAPES }: Exports): void {
  for (let codePoint = 0; codePoint < ESCAPES_END; codePoint++) {
    const json = toJson(String.fromCodePoint(codePoint)).slice(1, -1);
    putText(memory, ESCAPES.value + 8 * codePoint, json);
  }
}

/** Fills the table of ages as rows have them. */
function fillAgeTexts(memory: Uint8Array, { AGE_TEXTS }: Exports): void {
  for (let age = 0; age <= MAX_AGE; age++) {
    putText(memory, AGE_TEXTS.value + 8 * age, `${age},`);
  }
}

/** Fills the table of sixteen times each byte. */
function fillSixteens(memory: Uint8Array, { SIXTEENS }: Exports): void {
  for (let byte = 0; byte < 0x100; byte++) {
    const at = SIXTEENS.value + LANES * byte;
    memory.fill(byte, at, at + LANES);
  }
}

const BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Fills the table of what stands between a reject's number and its text. */
function fillReasonNames(
  memory: Uint8Array,
  { REASON_NAMES, REASON_SIZE }: Exports,
): void {
  for (const [i, reason] of REASONS.entries()) {
    const raw = reason === "invalid_utf8" ? "raw_base64" : "raw";
    const text = UTF8.encode(`,"reason":"${reason}","${raw}":"`);
    const at = REASON_NAMES.value + REASON_SIZE.value * i;
    memory[at] = text.length;
    memory.set(text, at + 1);
  }
}
