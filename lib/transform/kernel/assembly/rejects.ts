/**
 * Writes a reject's line of JSON, as `lib/transform/rejects.ts` does.
 */
import { BACKSLASH, DELETE, DIGIT_0, equal, EQUALS, LINE_FEED, QUOTE, sixteen, SPACE } from "./bytes";
import { lineEnd } from "./cells";
import { BASE64, ESCAPES, LANES, PLACE, REASON_NAMES, REASON_SIZE, REJECTS } from "./memory";
import { INVALID_UTF8 } from "./reasons";

const CLOSING_BRACE: u32 = 0x7d;
/** The first byte of U+0080 to U+00BF: the control characters C1, and others. */
const LEAD_OF_C1: u32 = 0xc2;

/** Where the last line of JSON ends. */
export let rejectEnd: usize = REJECTS;
let placeLength: usize = 0;

export function setRejectEnd(at: usize): void {
  rejectEnd = at;
}

/** Says how much of PLACE is filled. */
export function setPlace(length: usize): void {
  placeLength = length;
}

/** Writes `{"source":"…","line":7,"reason":"…","raw":"…"}`, or `"raw_base64"`. */
export function writeReject(reason: i32, line: usize, number: u64): void {
  copy(PLACE, placeLength);
  putNumber(number);
  const name = REASON_NAMES + REASON_SIZE * <usize>reason;
  copy(name + 1, <usize>load<u8>(name));
  if (reason == INVALID_UTF8) putBase64(line, lineEnd);
  else putText(line, lineEnd);
  putByte(QUOTE);
  putByte(CLOSING_BRACE);
  putByte(LINE_FEED);
}

/** Writes a text of UTF-8. */
function putText(from: usize, end: usize): void {
  let at = from;
  while (at < end) {
    const bytes = v128.load(at);
    const marks = i8x16.bitmask(escapedIn(bytes));
    const plain = min(marks == 0 ? LANES : <usize>ctz(marks), end - at);
    v128.store(rejectEnd, bytes);
    rejectEnd += plain;
    at += plain;
    if (plain < LANES && at < end) at = putEscape(at);
  }
}

/** Where a byte is, or may begin, a character that JSON escapes. */
@inline
function escapedIn(bytes: v128): v128 {
  const isLow = i8x16.lt_u(bytes, sixteen(SPACE));
  const ofJson = v128.or(isLow, v128.or(equal(bytes, QUOTE), equal(bytes, BACKSLASH)));
  return v128.or(ofJson, v128.or(equal(bytes, DELETE), equal(bytes, LEAD_OF_C1)));
}

/** Writes the character there as JSON has it; returns where the next one begins. */
function putEscape(at: usize): usize {
  const byte = <u32>load<u8>(at);
  const isC1 = byte == LEAD_OF_C1; // its second byte is the code point itself
  const codePoint = isC1 ? <u32>load<u8>(at, 1) : byte;
  const escape = load<u64>(ESCAPES + (<usize>codePoint << 3));
  store<u64>(rejectEnd, escape);
  rejectEnd += <usize>(escape >> 56);
  return at + (isC1 ? 2 : 1);
}

/** Writes bytes in Base64: four digits of six bits for each three. */
function putBase64(from: usize, end: usize): void {
  for (let at = from; at < end; at += 3) {
    const left = min(end - at, 3);
    let bits = <u32>load<u8>(at) << 16;
    if (left > 1) bits |= <u32>load<u8>(at, 1) << 8;
    if (left > 2) bits |= <u32>load<u8>(at, 2);
    putDigit(bits >> 18);
    putDigit(bits >> 12);
    if (left > 1) putDigit(bits >> 6);
    else putByte(EQUALS);
    if (left > 2) putDigit(bits);
    else putByte(EQUALS);
  }
}

@inline
function putDigit(bits: u32): void {
  putByte(load<u8>(BASE64 + <usize>(bits & 0x3f)));
}

function putNumber(number: u64): void {
  let digits: usize = 1;
  for (let rest = number / 10; rest > 0; rest /= 10) digits++;
  let rest = number;
  for (let at = rejectEnd + digits; at > rejectEnd; rest /= 10) {
    at--;
    store<u8>(at, <u8>(DIGIT_0 + <u32>(rest % 10)));
  }
  rejectEnd += digits;
}

@inline
function putByte(byte: u32): void {
  store<u8>(rejectEnd, <u8>byte);
  rejectEnd++;
}

@inline
function copy(from: usize, length: usize): void {
  memory.copy(rejectEnd, from, length);
  rejectEnd += length;
}
