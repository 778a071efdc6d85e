/**
 * Fields of study: a table of the spellings that were met, so that the rules as text read
 * each of them once only.
 */
import {
  AGE_COUNTS,
  AGES,
  LANES,
  MOST_SPELLINGS,
  SPELLING_SIZE,
  SPELLINGS,
  TAIL_MASK,
  TEXTS,
  TEXTS_SIZE,
} from "./memory";
import { rowEnd, setRowEnd } from "./names";

// what an entry of the table holds, 4 bytes each; without a text it is empty
const HASH: usize = 0;
const LENGTH: usize = 4;
const TEXT: usize = 8;
const FIELD: usize = 12;
const CELL: usize = 16;
const CELL_LENGTH: usize = 20;

const SLOT_MASK: u32 = (MOST_SPELLINGS << 1) - 1;
const PRIME_1: u64 = 0x9e3779b97f4a7c15;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;

let spellings: u32 = 0;
let textEnd: usize = TEXTS;
let hash: u32 = 0;
/** The last bytes of what was hashed, zeros behind them. */
let tail: v128 = i8x16.splat(0);

/** Returns the entry of the spelling, or 0 where it was not met before. */
@inline
export function findSpelling(from: usize, length: usize): usize {
  hashSpelling(from, length);
  let slot = hash & SLOT_MASK;
  while (true) {
    const entry = SPELLINGS + SPELLING_SIZE * <usize>slot;
    const text = <usize>load<u32>(entry, TEXT);
    if (text == 0) return 0;
    if (load<u32>(entry, HASH) == hash && load<u32>(entry, LENGTH) == <u32>length) {
      if (isSame(from, text, length)) return entry;
    }
    slot = (slot + 1) & SLOT_MASK;
  }
}

@inline
function hashSpelling(from: usize, length: usize): void {
  const whole = length & ~(LANES - 1);
  let state: u64 = 0;
  for (let i: usize = 0; i < whole; i += LANES) state = mix(state, v128.load(from + i));
  const mask = v128.load(TAIL_MASK + LANES - (length - whole));
  tail = v128.and(v128.load(from + whole), mask);
  hash = <u32>mix(state, tail) ^ <u32>length;
}

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

@inline
function isSame(a: usize, b: usize, length: usize): bool {
  const whole = length & ~(LANES - 1);
  for (let i: usize = 0; i < whole; i += LANES) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  return !v128.any_true(v128.xor(tail, v128.load(b + whole)));
}

/** Writes the last cell of a row and its line end. */
@inline
export function copyCell(entry: usize): void {
  const from = <usize>load<u32>(entry, CELL);
  const length = <usize>load<u32>(entry, CELL_LENGTH);
  let i: usize = 0;
  do {
    v128.store(rowEnd + i, v128.load(from + i));
    i += LANES;
  } while (i < length);
  setRowEnd(rowEnd + length);
}

@inline
export function countAge(entry: usize, age: u32, weight: i32): void {
  const field = <usize>load<u32>(entry, FIELD);
  const count = AGES + ((field * AGE_COUNTS + <usize>age) << 2);
  store<i32>(count, load<i32>(count) + weight);
}

/**
 * Returns where a text of that length can be written, padded with zeros; 0 where the memory
 * is full.
 */
export function reserve(length: usize): usize {
  const room = (length + LANES) & ~(LANES - 1);
  if (textEnd + room > TEXTS + TEXTS_SIZE) return 0;
  const at = textEnd;
  textEnd += room;
  return at;
}

/**
 * Remembers that these bytes, which were not met before, stand for the field.
 *
 * @param cell Where the last cell of its rows stands.
 */
export function learn(
  from: usize,
  length: usize,
  field: u32,
  cell: usize,
  cellLength: u32,
): void {
  if (spellings == MOST_SPELLINGS) return;
  const text = reserve(length);
  if (text == 0) return;
  memory.copy(text, from, length);
  spellings++;
  hashSpelling(from, length);
  let slot = hash & SLOT_MASK;
  while (load<u32>(SPELLINGS + SPELLING_SIZE * <usize>slot, TEXT) != 0) {
    slot = (slot + 1) & SLOT_MASK;
  }
  const entry = SPELLINGS + SPELLING_SIZE * <usize>slot;
  store<u32>(entry, hash, HASH);
  store<u32>(entry, <u32>length, LENGTH);
  store<u32>(entry, <u32>text, TEXT);
  store<u32>(entry, field, FIELD);
  store<u32>(entry, <u32>cell, CELL);
  store<u32>(entry, cellLength, CELL_LENGTH);
}
