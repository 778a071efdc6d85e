/**
 * Fields of study: a table of the spellings that were met, so that the rules as text read
 * each of them once only.
 */
import {
  AGES,
  AGE_COUNTS,
  FIELDS,
  LANES,
  MOST_SPELLINGS,
  SLOTS,
  SPELLING_BYTES,
  SPELLING_BYTES_SIZE,
  SPELLINGS,
  TAIL_MASK,
} from "./memory";
import { rowEnd, setRowEnd } from "./names";

/** Fills the tail mask: run it once. */
export function start(): void {
  memory.fill(TAIL_MASK, 0xff, LANES);
}

const SLOT_MASK: u32 = (MOST_SPELLINGS << 1) - 1;
const PRIME_1: u64 = 0x9e3779b97f4a7c15;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;

let spellings: u32 = 0;
let spellingEnd: usize = SPELLING_BYTES;
let hash: u32 = 0;
/** The last bytes of what was hashed, zeros behind them. */
let tail: v128 = i8x16.splat(0);

/** Returns the field that the spelling stands for, or -1. */
@inline
export function findField(from: usize, length: usize): i32 {
  hashSpelling(from, length);
  let slot = hash & SLOT_MASK;
  while (true) {
    const number = load<u32>(SLOTS + (<usize>slot << 2));
    if (number == 0) return -1;
    const entry = SPELLINGS + (<usize>(number - 1) << 4);
    if (load<u32>(entry) == hash && load<u32>(entry, 4) == <u32>length) {
      if (isSame(from, <usize>load<u32>(entry, 8), length)) return load<i32>(entry, 12);
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
export function copyField(field: i32): void {
  const entry = FIELDS + (<usize>field << 3);
  const from = <usize>load<u32>(entry);
  const length = <usize>load<u32>(entry, 4);
  let i: usize = 0;
  do {
    v128.store(rowEnd + i, v128.load(from + i));
    i += LANES;
  } while (i < length);
  setRowEnd(rowEnd + length);
}

@inline
export function countAge(field: i32, age: u32, weight: i32): void {
  const count = AGES + ((<usize>field * AGE_COUNTS + <usize>age) << 2);
  store<i32>(count, load<i32>(count) + weight);
}

/** Remembers that these bytes stand for the field. */
export function learn(from: usize, length: usize, field: i32): void {
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
  memory.copy(spellingEnd, from, length);
  spellingEnd += room;
  let slot = hash & SLOT_MASK;
  while (load<u32>(SLOTS + (<usize>slot << 2)) != 0) slot = (slot + 1) & SLOT_MASK;
  store<u32>(SLOTS + (<usize>slot << 2), spellings);
}
