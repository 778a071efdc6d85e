/**
 * What stands where in the kernel's memory, in bytes from 0. All of it is zero until it is
 * written, so that only what is used is ever in real memory.
 *
 * | what           | size          | content                                                  |
 * |----------------|---------------|----------------------------------------------------------|
 * | UPPER_CASE     | 16 KiB        | 8 a code point below U+0800: up to 7 bytes, their number |
 * | KINDS          | 64 KiB        | 1 a code point below U+10000: its kind, as in `utf8.ts`  |
 * | ESCAPES        | 1.5 KiB       | 8 a code point below U+00C0: its JSON, and the length    |
 * | AGE_TEXTS      | 1.2 KiB       | 8 an age: its digits and a comma, and the length         |
 * | BASE64         | 64            | the digits of Base64                                     |
 * | SIXTEENS       | 4 KiB         | 16 times each byte                                       |
 * | TAIL_MASK      | 32            | 16 times 0xff, then 16 times 0                           |
 * | CELLS          | 4 KiB         | 8 a cell of the line: where it begins and where it ends  |
 * | COUNTS         | 64            | 4 each: records, blank ones, kept ones, then one a reason |
 * | AHEAD          | 256           | 8 a line ahead: the hash of its field, its age           |
 * | PLACE          | 64 KiB        | what stands before a reject's line number in its JSON    |
 * | REASON_NAMES   | 1 KiB         | 48 a reason: the length of its JSON, and the JSON        |
 * | INPUT          | 2 MiB + 64    | a block of lines, and room to read past its end          |
 * | ROWS           | 5 MiB         | rows of the CSV                                          |
 * | REJECTS        | 2 MiB         | lines of JSON                                            |
 * | INDEX          | 2 MiB         | hash table of spellings: 4 a slot, as `fields.ts` says   |
 * | ENTRIES        | 176 MiB       | 704 a spelling: how rows have it, 151 counts of 4 of ages |
 * | TEXTS          | 64 MiB        | texts that are too long for their entry                  |
 */
export const LANES: usize = 16;
export const CACHE_LINE: usize = 64;
export const LINES_AHEAD: usize = 32;
export const MOST_CELLS: u32 = 512;
export const MOST_SPELLINGS: u32 = 1 << 18;
export const OLDEST: u32 = 150;
export const AGE_COUNTS: usize = <usize>OLDEST + 1;
export const REASON_SIZE: usize = 48;
/** Eleven lines of the cache. */
export const ENTRY_SIZE: usize = 704;
/** Where the counts of ages stand in an entry: at its end. */
export const ENTRY_AGES: usize = ENTRY_SIZE - AGE_COUNTS * 4;

export const PLACE_SIZE: usize = 64 << 10;
export const INPUT_SIZE: usize = 2 << 20;
export const ROWS_SIZE: usize = 5 << 20;
export const REJECTS_SIZE: usize = 2 << 20;
export const TEXTS_SIZE: usize = 64 << 20;

export const UPPER_CASE: usize = 1 << 16;
export const KINDS: usize = UPPER_CASE + 0x800 * 8;
export const ESCAPES: usize = KINDS + 0x10000;
export const AGE_TEXTS: usize = ESCAPES + 0xc0 * 8;
export const BASE64: usize = AGE_TEXTS + AGE_COUNTS * 8;
export const SIXTEENS: usize = (BASE64 + 64 + 63) & ~63; // on lines of the cache
export const TAIL_MASK: usize = SIXTEENS + 0x100 * LANES;
export const CELLS: usize = TAIL_MASK + 2 * LANES;
export const COUNTS: usize = CELLS + (<usize>MOST_CELLS << 3);
export const AHEAD: usize = COUNTS + 64;
export const PLACE: usize = AHEAD + (LINES_AHEAD << 3);
export const REASON_NAMES: usize = PLACE + PLACE_SIZE;
export const INPUT: usize = REASON_NAMES + 1024;
export const ROWS: usize = INPUT + INPUT_SIZE + 64;
export const REJECTS: usize = ROWS + ROWS_SIZE;
export const INDEX: usize = (REJECTS + REJECTS_SIZE + 63) & ~63;
export const ENTRIES: usize = INDEX + (<usize>MOST_SPELLINGS << 3);
export const TEXTS: usize = ENTRIES + ENTRY_SIZE * <usize>MOST_SPELLINGS;

/** From here on the rows and the rejects are taken out before the next line is begun. */
export const ROWS_FULL: usize = ROWS + ROWS_SIZE - (512 << 10);
export const REJECTS_FULL: usize = REJECTS + REJECTS_SIZE - (512 << 10);
