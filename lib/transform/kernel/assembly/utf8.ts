/**
 * Whether bytes are UTF-8, for the cells that nobody reads: RFC 3629, table of section 4.
 */
import { NOT_ASCII } from "./bytes";

/** Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(from: usize, end: usize): bool {
  let at = from;
  while (at < end) {
    const lead = <u32>load<u8>(at);
    if (lead < NOT_ASCII) {
      at++;
      continue;
    }
    const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + length > end) return false;
    const second = <u32>load<u8>(at, 1);
    const lowest: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const highest: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return false;
    for (let i: usize = 2; i < length; i++) {
      if ((load<u8>(at + i) & 0xc0) != 0x80) return false;
    }
    at += length;
  }
  return true;
}
