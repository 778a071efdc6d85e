/**
 * Text from outside, fit for a terminal: a name or a record from a file must not move the
 * cursor, colour the screen or hide a part of itself.
 */

/** Returns the text with control and invisible format characters shown as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
