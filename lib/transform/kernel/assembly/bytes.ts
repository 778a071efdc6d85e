/**
 * The bytes that mean something, and the smallest steps over them.
 */
import { LANES, SIXTEENS } from "./memory";

export const TAB: u32 = 0x09;
export const LINE_FEED: u32 = 0x0a;
export const CARRIAGE_RETURN: u32 = 0x0d;
export const SPACE: u32 = 0x20;
export const QUOTE: u32 = 0x22;
export const PLUS: u32 = 0x2b;
export const COMMA: u32 = 0x2c;
export const MINUS: u32 = 0x2d;
export const EQUALS: u32 = 0x3d;
export const AT: u32 = 0x40;
export const DIGIT_0: u32 = 0x30;
export const BACKSLASH: u32 = 0x5c;
export const DELETE: u32 = 0x7f;
/** From this byte on it is no ASCII. */
export const NOT_ASCII: u32 = 0x80;

/** Returns the place of the first byte from there on that is no space. */
@inline
export function skipSpaces(at: usize): usize {
  if (load<u8>(at) == SPACE) at++; // most cells have one or none
  if (load<u8>(at) != SPACE) return at;
  do at++; while (load<u8>(at) == SPACE);
  return at;
}

/** Returns the place of the first such byte from there on; the end where there is none. */
export function findByte(byte: u32, from: usize, end: usize): usize {
  for (let at = from; at < end; at += LANES) {
    const found = i8x16.bitmask(equal(v128.load(at), byte));
    if (found != 0) return min(at + <usize>ctz(found), end);
  }
  return end;
}

/** Whether a spreadsheet would run a cell that begins so. */
@inline
export function isFormula(byte: u32): bool {
  if (byte > AT) return false; // quick for letters
  return byte == EQUALS || byte == PLUS || byte == MINUS || byte == AT;
}

/** Whether the byte at that place is an ASCII digit. */
@inline
export function isDigit(at: usize): bool {
  return <u32>load<u8>(at) - DIGIT_0 < 10;
}

/** Returns sixteen of the byte: to load them is quicker than to make them each time. */
@inline
export function sixteen(byte: u32): v128 {
  return v128.load(SIXTEENS + (<usize>byte << 4));
}

/** Where each of the bytes is this one. */
@inline
export function equal(bytes: v128, byte: u32): v128 {
  return i8x16.eq(bytes, sixteen(byte));
}
