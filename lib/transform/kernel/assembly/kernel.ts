/**
 * The byte kernel, in AssemblyScript: it takes the common record at full speed and stops at
 * every other, which then goes to the rules as text. So it can only be fast, never different.
 *
 * The common record is `First Last, 21, Field` on one line: names of ASCII and two-byte
 * letters, no quotes in name or age, and a spelling of the field that was met before.
 *
 * Memory, in bytes from 0; all of it zero until it is written, so that only what is used is
 * ever in real memory:
 *
 * | what            | size       | content                                                  |
 * |-----------------|------------|----------------------------------------------------------|
 * | UPPER_CASE      | 16 KiB     | 8 a code point below U+0800: up to 7 bytes, their number |
 * | TAIL_MASK       | 32         | 16 times 0xff, then 16 times 0                           |
 * | INPUT           | 1 MiB + 64 | whole lines, and room to read past their end             |
 * | OUTPUT          | 4 MiB + 64 | rows of the CSV                                          |
 * | SLOTS           | 2 MiB      | hash table: 4 a slot, the number of a spelling + 1, or 0 |
 * | SPELLINGS       | 4 MiB      | 16 a spelling: its hash, length, bytes, field            |
 * | SPELLING_BYTES  | 32 MiB     | the spellings, each padded with zeros to 16              |
 * | FIELDS          | 1 MiB      | 8 a field: where its cell is, and its length             |
 * | FIELD_BYTES     | 32 MiB     | the last cell of a row and its line end, padded to 16    |
 * | AGES            | 76 MiB     | 151 counts of 4 a field                                  |
 */
const LANES: usize = 16;
export const MOST_SPELLINGS: u32 = 1 << 18;
export const MOST_FIELDS: u32 = 1 << 17;
export const INPUT_SIZE: usize = 1 << 20;
export const OUTPUT_SIZE: usize = 4 << 20;
export const SPELLING_BYTES_SIZE: usize = 32 << 20;
export const FIELD_BYTES_SIZE: usize = 32 << 20;
const AGE_COUNTS: usize = 151;

export const UPPER_CASE: usize = 1 << 16;
const TAIL_MASK: usize = UPPER_CASE + 2048 * 8;
export const INPUT: usize = TAIL_MASK + 2 * LANES;
export const OUTPUT: usize = INPUT + INPUT_SIZE + 64;
const SLOTS: usize = OUTPUT + OUTPUT_SIZE + 64;
const SPELLINGS: usize = SLOTS + (<usize>MOST_SPELLINGS << 3);
export const SPELLING_BYTES: usize = SPELLINGS + (<usize>MOST_SPELLINGS << 4);
export const FIELDS: usize = SPELLING_BYTES + SPELLING_BYTES_SIZE;
export const FIELD_BYTES: usize = FIELDS + (<usize>MOST_FIELDS << 3);
export const AGES: usize = FIELD_BYTES + FIELD_BYTES_SIZE;

/** Fills the tail mask: run it once. */
export function start(): void {
  memory.fill(TAIL_MASK, 0xff, LANES);
}

const SPACE: u32 = 0x20;
const QUOTE: u32 = 0x22;
const PLUS: u32 = 0x2b;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const EQUALS: u32 = 0x3d;
const AT: u32 = 0x40;
const DELETE: u32 = 0x7f;
const LINE_FEED: u32 = 0x0a;
const DIGIT_0: u32 = 0x30;
const OLDEST: u32 = 150;
const LONGEST_RECORD: usize = 64 * 1024;

/** How many records the last run took, how many of them it kept, where its rows end. */
export let records: u32 = 0;
export let kept: u32 = 0;
export let out: usize = 0;

let delimiter: u32 = COMMA;

/**
 * Takes records from `at` on as long as they are common ones; returns where it stopped.
 *
 * @param end Behind the last line end of the input.
 */
export function run(at: usize, end: usize, output: usize, cells: u32, olderThan: i32): usize {
  delimiter = cells;
  out = output;
  records = 0;
  kept = 0;
  while (at < end) {
    const row = out;
    const next = takeRecord(at, olderThan);
    if (next == 0) {
      out = row;
      return at;
    }
    records++;
    at = next;
  }
  return at;
}

/** Writes one record's row; returns where the next record begins, or 0 if it is uncommon. */
@inline
function takeRecord(line: usize, olderThan: i32): usize {
  const row = out;
  let at = copyName(line);
  if (at == 0) return 0;
  at = copyAge(at);
  if (at == 0) return 0;
  at = skipSpaces(at);
  const lineEnd = hashToLineEnd(at);
  if (lineEnd - line > LONGEST_RECORD) return 0;
  const field = findField(at, lineEnd - at);
  if (field < 0) return 0;
  const count = AGES + ((<usize>field * AGE_COUNTS + <usize>age) << 2);
  store<u32>(count, load<u32>(count) + 1);
  if (<i32>age > olderThan) {
    copyField(field);
    kept++;
  } else out = row;
  return lineEnd + 1;
}

/** Copies first and last name, each with a comma; returns where the age cell begins, or 0. */
@inline
function copyName(line: usize): usize {
  let at = skipSpaces(line);
  if (isFormula(load<u8>(at))) return 0;
  at = copyLetters(at);
  if (at == 0 || load<u8>(at) != SPACE) return 0;
  put(COMMA);
  at = skipSpaces(at);
  if (isFormula(load<u8>(at))) return 0;
  const from = out;
  while (true) {
    at = copyLetters(at);
    if (at == 0) return 0;
    if (load<u8>(at) == delimiter) break;
    if (load<u8>(at) != SPACE) return 0;
    at = skipSpaces(at);
    if (load<u8>(at) == delimiter) break;
    put(SPACE);
  }
  if (out == from) return 0;
  put(COMMA);
  return at + 1;
}

/** Copies letters in upper case up to the first byte that is none; 0 if that has no rule here. */
@inline
function copyLetters(at: usize): usize {
  while (true) {
    const bytes = v128.load(at);
    const stops = i8x16.bitmask(stopsIn(bytes));
    v128.store(out, upperCase(bytes));
    if (stops == 0) {
      at += LANES;
      out += LANES;
      continue;
    }
    const letters = <usize>ctz(stops);
    at += letters;
    out += letters;
    if (load<u8>(at) < 0x80) return at;
    if (!copyTwoByteLetter(at)) return 0;
    at += 2;
  }
}

/** Where a byte is white space, a control, a quote, a separator, or not ASCII. */
@inline
function stopsIn(bytes: v128): v128 {
  const notAbove = i8x16.le_s(bytes, i8x16.splat(<i8>SPACE)); // signed: 0x80 and up too
  const comma = i8x16.eq(bytes, i8x16.splat(<i8>COMMA));
  const separator = i8x16.eq(bytes, i8x16.splat(<i8>delimiter));
  const quote = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE));
  const del = i8x16.eq(bytes, i8x16.splat(<i8>DELETE));
  return v128.or(v128.or(v128.or(notAbove, comma), v128.or(separator, quote)), del);
}

@inline
function upperCase(bytes: v128): v128 {
  const place = i8x16.sub(bytes, i8x16.splat(0x61)); // "a" is 0
  const isLower = i8x16.lt_u(place, i8x16.splat(26));
  return v128.xor(bytes, v128.and(isLower, i8x16.splat(0x20)));
}

/** Writes the letter's upper case; false where the table has none. */
@inline
function copyTwoByteLetter(at: usize): bool {
  const lead = <u32>load<u8>(at);
  const tail = <u32>load<u8>(at, 1);
  if (lead < 0xc2 || lead > 0xdf || (tail & 0xc0) != 0x80) return false;
  const codePoint = ((lead & 0x1f) << 6) | (tail & 0x3f);
  const upper = load<u64>(UPPER_CASE + (<usize>codePoint << 3));
  store<u64>(out, upper);
  const length = <usize>(upper >> 56);
  out += length;
  return length > 0;
}

let age: u32 = 0;

/** Copies the age and a comma; returns where the field cell begins, or 0. */
@inline
function copyAge(at: usize): usize {
  at = skipSpaces(at);
  if (load<u8>(at) == PLUS) at++;
  const first = at;
  age = 0;
  let digit = <u32>load<u8>(at) - DIGIT_0;
  while (digit < 10) {
    age = age * 10 + digit;
    at++;
    digit = <u32>load<u8>(at) - DIGIT_0;
  }
  if (at == first || at - first > 3 || age > OLDEST) return 0;
  at = skipSpaces(at);
  if (load<u8>(at) != delimiter) return 0;
  if (age >= 100) put(DIGIT_0 + age / 100);
  if (age >= 10) put(DIGIT_0 + (age / 10) % 10);
  put(DIGIT_0 + age % 10);
  put(COMMA);
  return at + 1;
}

@inline
function skipSpaces(at: usize): usize {
  while (load<u8>(at) == SPACE) at++;
  return at;
}

@inline
function isFormula(byte: u32): bool {
  return byte == EQUALS || byte == PLUS || byte == MINUS || byte == AT;
}

@inline
function put(byte: u32): void {
  store<u8>(out, <u8>byte);
  out++;
}

let hash: u32 = 0;
/** The last bytes of what was hashed, zeros behind them. */
let tail: v128 = i8x16.splat(0);

/** Hashes the bytes up to the line end; returns where that is. */
@inline
function hashToLineEnd(from: usize): usize {
  let state: u64 = 0;
  let at = from;
  let bytes = v128.load(at);
  let ends = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>LINE_FEED)));
  while (ends == 0) {
    state = mix(state, bytes);
    at += LANES;
    bytes = v128.load(at);
    ends = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>LINE_FEED)));
  }
  const rest = <usize>ctz(ends);
  tail = v128.and(bytes, v128.load(TAIL_MASK + LANES - rest));
  at += rest;
  hash = <u32>mix(state, tail) ^ <u32>(at - from);
  return at;
}

const PRIME_1: u64 = 0x9e3779b97f4a7c15;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;

/** Each product is folded: multiplying moves bits only upwards, and slots are low bits. */
@inline
function mix(state: u64, bytes: v128): u64 {
  let a = (<u64>i64x2.extract_lane(bytes, 0) ^ state) * PRIME_1;
  let b = (<u64>i64x2.extract_lane(bytes, 1) + PRIME_1) * PRIME_2;
  a ^= a >> 32;
  b ^= b >> 29;
  a = (a + rotl<u64>(b, 23)) * PRIME_1;
  return a ^ (a >> 32);
}

const SLOT_MASK: u32 = (MOST_SPELLINGS << 1) - 1;
let spellings: u32 = 0;
let spellingEnd: usize = SPELLING_BYTES;

/** Returns the field that the spelling just hashed stands for, or -1. */
@inline
function findField(from: usize, length: usize): i32 {
  const whole = length & ~(LANES - 1);
  let slot = hash & SLOT_MASK;
  while (true) {
    const number = load<u32>(SLOTS + (<usize>slot << 2));
    if (number == 0) return -1;
    const entry = SPELLINGS + (<usize>(number - 1) << 4);
    if (load<u32>(entry) == hash && load<u32>(entry, 4) == <u32>length) {
      if (isSame(from, <usize>load<u32>(entry, 8), whole)) return load<i32>(entry, 12);
    }
    slot = (slot + 1) & SLOT_MASK;
  }
}

@inline
function isSame(a: usize, b: usize, whole: usize): bool {
  for (let i: usize = 0; i < whole; i += LANES) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  return !v128.any_true(v128.xor(tail, v128.load(b + whole)));
}

@inline
function copyField(field: i32): void {
  const entry = FIELDS + (<usize>field << 3);
  const from = <usize>load<u32>(entry);
  const length = <usize>load<u32>(entry, 4);
  let i: usize = 0;
  do {
    v128.store(out + i, v128.load(from + i));
    i += LANES;
  } while (i < length);
  out += length;
}

/** Remembers that the bytes from there to their line end stand for the field. */
export function learn(from: usize, field: i32): void {
  const length = hashToLineEnd(from) - from;
  const room = (length + LANES) & ~(LANES - 1);
  if (spellings == MOST_SPELLINGS) return;
  if (spellingEnd + room > SPELLING_BYTES + SPELLING_BYTES_SIZE) return;
  if (findField(from, length) >= 0) return;
  const entry = SPELLINGS + (<usize>spellings << 4);
  spellings++;
  store<u32>(entry, hash);
  store<u32>(entry, <u32>length, 4);
  store<u32>(entry, <u32>spellingEnd, 8);
  store<i32>(entry, field, 12);
  memory.fill(spellingEnd, 0, room);
  memory.copy(spellingEnd, from, length);
  spellingEnd += room;
  let slot = hash & SLOT_MASK;
  while (load<u32>(SLOTS + (<usize>slot << 2)) != 0) slot = (slot + 1) & SLOT_MASK;
  store<u32>(SLOTS + (<usize>slot << 2), spellings);
}

/** Forgets all spellings: with another delimiter they may stand for something else. */
export function forget(): void {
  if (spellings == 0) return;
  memory.fill(SLOTS, 0, <usize>MOST_SPELLINGS << 3);
  spellings = 0;
  spellingEnd = SPELLING_BYTES;
}
