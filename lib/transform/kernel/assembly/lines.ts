/**
 * Counts lines sixteen bytes at a time: a module of its own, small enough for everybody who
 * has bytes to count.
 */
const LANES: usize = 16;
export const WINDOW: usize = 1 << 10;
export const WINDOW_SIZE: usize = 60 << 10;

/** Returns how many of the first `length` bytes of the window are this one. */
export function count(byte: u32, length: usize): u32 {
  const wanted = i8x16.splat(<i8>byte);
  let found: u32 = 0;
  const whole = length & ~(LANES - 1);
  for (let i: usize = 0; i < whole; i += LANES) {
    found += popcnt(i8x16.bitmask(i8x16.eq(v128.load(WINDOW + i), wanted)));
  }
  for (let i = whole; i < length; i++) {
    if (<u32>load<u8>(WINDOW + i) == byte) found++;
  }
  return found;
}
