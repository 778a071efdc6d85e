/**
 * How wide a text is, without a browser to ask: the widths of Helvetica's letters, made a
 * little wider so that the wider fonts of some systems fit too.
 */

/** Widths in thousandths of the font size, from the blank (U+0020) to the tilde. */
// deno-fmt-ignore
const ASCII: readonly number[] = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
  556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
  1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
  667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
  333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
  556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/** DejaVu Sans and Verdana are about that much wider. */
const ROOM = 1.12;
/** Letters as wide as high: Chinese, Japanese, Korean, emoji. */
const FULL_WIDTH =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}/u;
const NO_WIDTH = /\p{M}|\p{Cf}/u;

/** Returns the width of a line of text in pixels. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const character of text.normalize("NFD")) sum += letterWidth(character);
  return sum / 1000 * fontSize * ROOM;
}

function letterWidth(character: string): number {
  const known = ASCII[character.codePointAt(0)! - 32];
  if (known !== undefined) return known;
  if (NO_WIDTH.test(character)) return 0;
  return FULL_WIDTH.test(character) ? 1000 : 620;
}

/** How a label is broken into lines. */
export interface LineOptions {
  /** The most that a line may take, in pixels. */
  readonly width: number;
  readonly fontSize: number;
  /** How many lines there may be; what is left over becomes an ellipsis. */
  readonly lines: number;
}

/** Returns a text as lines that fit, broken at blanks, or within a word that is too long. */
export function breakLines(text: string, options: LineOptions): readonly string[] {
  const fits = (line: string): boolean =>
    textWidth(line, options.fontSize) <= options.width;
  const lines: string[] = [];
  let rest = text;
  while (rest !== "" && lines.length < options.lines) {
    const isLast = lines.length === options.lines - 1;
    if (fits(rest)) {
      lines.push(rest);
      return lines;
    }
    const line = isLast
      ? `${longestStart(rest, (start) => fits(`${start}…`))}…`
      : longestLine(rest, fits);
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return lines;
}

/** Returns the longest start that ends before a blank, or within the first word. */
function longestLine(text: string, fits: (line: string) => boolean): string {
  let end = text.indexOf(" ");
  if (end < 0 || !fits(text.slice(0, end))) return longestStart(text, fits);
  for (
    let next = end;
    next >= 0 && fits(text.slice(0, next));
    next = text.indexOf(" ", end + 1)
  ) {
    end = next;
  }
  return text.slice(0, end);
}

function longestStart(text: string, fits: (line: string) => boolean): string {
  let start = "";
  for (const character of text) {
    if (start !== "" && !fits(start + character)) break;
    start += character;
  }
  return start.trimEnd();
}
