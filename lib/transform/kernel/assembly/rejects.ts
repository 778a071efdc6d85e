/**
 * Writes a reject's line of JSON, as `lib/transform/rejects.ts` does.
 */
import { BACKSLASH, DIGIT_0, equal, LINE_FEED, QUOTE, SPACE } from "./bytes";
import { lineEnd } from "./cells";
import { LANES, PLACE, REASON_NAMES, REASON_SIZE, REJECTS } from "./memory";

const LETTER_T: u32 = 0x74;
const CLOSING_BRACE: u32 = 0x7d;

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

/** Writes `{"source":"…","line":7,"reason":"…","raw":"…"}`. */
export function writeReject(reason: i32, line: usize, number: u64): void {
  copy(PLACE, placeLength);
  putNumber(number);
  const name = REASON_NAMES + REASON_SIZE * <usize>reason;
  copy(name + 1, <usize>load<u8>(name));
  putText(line, lineEnd);
  putByte(QUOTE);
  putByte(CLOSING_BRACE);
  putByte(LINE_FEED);
}

/** Writes the text of a line, which ends where a line end stands. */
function putText(from: usize, end: usize): void {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const isLow = i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE)); // a tab or the line's end
    const marks = i8x16.bitmask(
      v128.or(isLow, v128.or(equal(bytes, QUOTE), equal(bytes, BACKSLASH))),
    );
    const plain = marks == 0 ? LANES : <usize>ctz(marks);
    v128.store(rejectEnd, bytes);
    rejectEnd += plain;
    at += plain;
    if (marks == 0) continue;
    if (at == end) return;
    const byte = <u32>load<u8>(at);
    putByte(BACKSLASH);
    putByte(byte < SPACE ? LETTER_T : byte);
    at++;
  }
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
