/**
 * Fields of study: a table of the spellings that were met, so that the rules as text read
 * each of them once only.
 */
import { skipSpaces } from "./bytes";
import {
  CACHE_LINE,
  ENTRIES,
  ENTRY_AGES,
  ENTRY_SIZE,
  INDEX,
  LANES,
  MOST_SPELLINGS,
  TAIL_MASK,
  TEXTS,
  TEXTS_SIZE,
} from "./memory";
import { rowEnd, setRowEnd } from "./names";

// what an entry begins with, 4 bytes each
const LENGTH: usize = 0;
const CELL_LENGTH: usize = 4;
const TEXT: usize = 8;
const CELL: usize = 12;
/** Then come both texts where they are short: one visit to memory finds all of the entry. */
const SHORT_TEXTS: usize = 16;

const SLOT_MASK: u32 = (MOST_SPELLINGS << 1) - 1;
/** A slot holds the number of an entry, counted from 1, in the lower bits; 0 is empty … */
const NUMBER_MASK: u32 = SLOT_MASK;
/** … and bits of the hash above it, so that few entries are looked at in vain. */
const TAG_MASK: u32 = ~NUMBER_MASK;
const PRIME_1: u64 = 0x9e3779b97f4a7c15;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;

/** How many spellings are known. */
export let spellings: u32 = 0;
/** What the touched entries held: nobody asks, but what nobody keeps is not loaded. */
let touched: u32 = 0;
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
    const held = load<u32>(slotAt(slot));
    if (held == 0) return 0;
    if (((held ^ hash) & TAG_MASK) == 0) {
      const entry = entryAt(held & NUMBER_MASK);
      if (isSpelt(entry, from, length)) return entry;
    }
    slot = (slot + 1) & SLOT_MASK;
  }
}

/** Returns the hash of the spelling in a cell. */
@inline
export function spellingHash(from: usize, end: usize): u32 {
  const spelling = skipSpaces(from);
  hashSpelling(spelling, end - spelling);
  return hash;
}

/** Loads what is asked of the entry whose spelling has that hash, most likely. */
@inline
export function touchSpelling(hash: u32, age: u32): void {
  const entry = entryAt(max(load<u32>(slotAt(hash & SLOT_MASK)) & NUMBER_MASK, 1));
  touched ^= load<u32>(entry) ^ load<u32>(entry, CACHE_LINE) ^
    load<u32>(countAt(entry, age));
}

@inline
function slotAt(slot: u32): usize {
  return INDEX + (<usize>slot << 2);
}

@inline
function entryAt(number: u32): usize {
  return ENTRIES + ENTRY_SIZE * <usize>(number - 1);
}

@inline
function isSpelt(entry: usize, from: usize, length: usize): bool {
  return load<u32>(entry, LENGTH) == <u32>length &&
    isSame(from, <usize>load<u32>(entry, TEXT), length);
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
  const count = countAt(entry, age);
  store<i32>(count, load<i32>(count) + weight);
}

@inline
function countAt(entry: usize, age: u32): usize {
  return entry + ENTRY_AGES + (<usize>age << 2);
}

/**
 * Remembers how a field is spelt that was not met before.
 *
 * @returns Where the last cell of its rows is to be put; 0 where the memory is full.
 */
export function learn(from: usize, length: usize, cellLength: usize): usize {
  if (spellings == MOST_SPELLINGS) return 0;
  const entry = entryAt(spellings + 1);
  const textSize = (length + LANES) & ~(LANES - 1); // zeros behind it, as `isSame` asks
  const text = placeFor(entry, textSize + cellLength);
  if (text == 0) return 0;
  spellings++;
  memory.copy(text, from, length);
  const cell = text + textSize;
  store<u32>(entry, <u32>length, LENGTH);
  store<u32>(entry, <u32>cellLength, CELL_LENGTH);
  store<u32>(entry, <u32>text, TEXT);
  store<u32>(entry, <u32>cell, CELL);
  hashSpelling(from, length);
  let slot = hash & SLOT_MASK;
  while (load<u32>(slotAt(slot)) != 0) slot = (slot + 1) & SLOT_MASK;
  store<u32>(slotAt(slot), (hash & TAG_MASK) | spellings);
  return cell;
}

/** Returns a place for the texts of an entry: in it, or else in TEXTS; 0 where that is full. */
function placeFor(entry: usize, size: usize): usize {
  if (SHORT_TEXTS + size <= ENTRY_AGES) return entry + SHORT_TEXTS;
  if (textEnd + size > TEXTS + TEXTS_SIZE) return 0;
  const at = textEnd;
  textEnd += size;
  return at;
}
