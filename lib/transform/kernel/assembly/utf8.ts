/**
 * Characters of more than one byte: whether bytes are UTF-8, and what kind of character they
 * are, by a table that the rules as text have filled.
 */
import { NOT_ASCII } from "./bytes";
import { KINDS, LANES } from "./memory";

// what KINDS holds, the best first
/** Visible ASCII but the quote, or a letter of UPPER_CASE: normalising leaves it a letter. */
export const PLAIN: u32 = 0;
export const WHITE_SPACE: u32 = 1;
/** Only the rules as text know what becomes of it. */
export const OTHER: u32 = 2;
/** A control character or an invisible one, which refuses the record. */
export const CONTROL: u32 = 3;

/** Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(from: usize, end: usize): bool {
  let at = from;
  while (true) {
    at = skipAscii(at, end);
    if (at >= end) return true;
    const length = longLength(at, end);
    if (length == 0) return false;
    at += length;
  }
}

/** Returns the place of the first byte from there on that is not ASCII, or one from the end on. */
@inline
function skipAscii(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const others = i8x16.bitmask(v128.load(at)); // the highest bits
    if (others != 0) return at + <usize>ctz(others);
    at += LANES;
  }
  return at;
}

/** Returns the length of a character that is not ASCII; 0 for none: RFC 3629, section 4. */
function longLength(at: usize, end: usize): usize {
  const lead = <u32>load<u8>(at);
  const length = lengthOf(lead);
  if (lead < 0xc2 || lead > 0xf4 || at + length > end) return 0;
  const second = <u32>load<u8>(at, 1);
  const lowest: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const highest: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i: usize = 2; i < length; i++) {
    if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

/** Returns how many bytes a character has that begins with this one and is not ASCII. */
@inline
function lengthOf(lead: u32): usize {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

// from here on the bytes are known to be UTF-8

/** Returns where the character ends that begins there. */
@inline
export function nextCharacter(at: usize): usize {
  const lead = <u32>load<u8>(at);
  return at + (lead < NOT_ASCII ? 1 : lengthOf(lead));
}

/** Returns what kind of character begins there. */
@inline
export function kindOf(at: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < NOT_ASCII) return load<u8>(KINDS + lead);
  const second = <u32>load<u8>(at, 1) & 0x3f;
  if (lead < 0xe0) return load<u8>(KINDS + (((lead & 0x1f) << 6) | second));
  if (lead >= 0xf0) return OTHER;
  const third = <u32>load<u8>(at, 2) & 0x3f;
  return load<u8>(KINDS + (((lead & 0x0f) << 12) | (second << 6) | third));
}
