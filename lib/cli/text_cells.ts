/**
 * How many cells of a terminal a text takes: letters of East Asia and emoji take two,
 * combining marks none.
 */

// what Unicode's East_Asian_Width calls wide, in blocks: JavaScript has no such property
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NONE = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Returns how many cells the text takes. */
export function cellsOf(text: string): number {
  let sum = 0;
  for (const character of text) sum += cellsOfOne(character);
  return sum;
}

/** Returns the text, its end cut with an ellipsis where it takes more cells than that. */
export function cutCells(text: string, most: number): string {
  if (cellsOf(text) <= most) return text;
  let [cut, cells] = ["", 0];
  for (const { segment } of letters.segment(text)) {
    cells += cellsOf(segment);
    if (cells > most - 1) break;
    cut += segment;
  }
  return most > 0 ? `${cut}…` : "";
}

function cellsOfOne(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
