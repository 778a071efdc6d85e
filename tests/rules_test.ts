/**
 * `judge()`: the rules as text, reason by reason, in the order in which they are tried.
 * An outcome is a reason, "blank", or a student written as `FIRST|LAST|AGE|FIELD`.
 */
import assert from "node:assert/strict";
import { judge, MAX_RECORD_BYTES } from "../lib/transform/rules.ts";
import { type Layout, PLAIN_LAYOUT, REASONS } from "../lib/transform/types.ts";

type Case = readonly [record: string, outcome: string];

const UTF8 = new TextEncoder();
const PARTS: Layout = {
  ...PLAIN_LAYOUT,
  cells: 4,
  columns: { first: 0, last: 1, age: 2, field: 3 },
};

function outcome(record: string | Uint8Array | null, layout = PLAIN_LAYOUT): string {
  const bytes = typeof record === "string" ? UTF8.encode(record) : record;
  const verdict = judge(bytes, layout);
  if (typeof verdict === "string") return verdict;
  const { first, last, age, field } = verdict;
  assert.ok(Number.isInteger(age) && !Object.is(age, -0), `age ${age}`);
  return [first, last, age, field].join("|");
}

/** Declares a test of a table; all its failures are shown at once. */
function table(fact: string, cases: readonly Case[], layout = PLAIN_LAYOUT): void {
  Deno.test(`judge() ${fact}`, () => {
    assert.deepEqual(cases.map(([record]) => [record, outcome(record, layout)]), cases);
  });
}

function bytes(...parts: readonly (string | number)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...UTF8.encode(part)]),
  );
}

const character = (code: number): string => String.fromCodePoint(code);

/** Returns the code points of ranges such as `[0x00, 0x08]`, both ends included. */
function codes(ranges: readonly (readonly [from: number, to: number])[]): number[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i)
  );
}

table("names each reason", [
  ["Ali Bennis, 21, Computer Science", "ALI|BENNIS|21|COMPUTER SCIENCE"],
  ['Ali Bennis, 21, "Law', "bad_quote"],
  ["Ali Bennis, 21", "field_count"],
  ["Ali\0 Bennis, 21, Law", "control_character"],
  [", 21, Law", "blank_name"],
  ["Ali, 21, Law", "one_word_name"],
  ['"Bennis, Ali, Jr", 21, Law', "bad_name"],
  ["Ali Bennis, vingt, Law", "age_not_integer"],
  ["Ali Bennis, 151, Law", "age_out_of_range"],
  ["Ali Bennis, 21, ", "blank_field"],
  ["=Ali Bennis, 21, Law", "unsafe_text"],
]);

Deno.test("judge() refuses a record over 64 KiB, counted in bytes", () => {
  const sized = (letter: string, size: number): Uint8Array => {
    const rest = size - "Ali ,21,Law".length;
    const width = UTF8.encode(letter).length;
    return bytes(
      "Ali ",
      letter.repeat(Math.floor(rest / width)),
      "b".repeat(rest % width),
      ",21,Law",
    );
  };
  assert.equal(MAX_RECORD_BYTES, 65_536);
  for (const letter of ["b", "é", "😀"]) {
    assert.equal(sized(letter, 65_536).length, 65_536);
    assert.match(outcome(sized(letter, 65_536)), /^ALI\|.*\|21\|LAW$/u, letter);
    assert.equal(outcome(sized(letter, 65_537)), "too_long", letter);
  }
});

Deno.test("judge() refuses bytes that are not UTF-8, in any cell", () => {
  const BAD: readonly (readonly [what: string, ...bytes: number[]])[] = [
    ["Latin-1 é", 0xe9],
    ["a lone continuation", 0x80],
    ["a start without its continuation", 0xc3],
    ["overlong NUL", 0xc0, 0x80],
    ["overlong =", 0xc0, 0xbd],
    ["overlong in three bytes", 0xe0, 0x80, 0xaf],
    ["overlong in four bytes", 0xf0, 0x80, 0x80, 0xaf],
    ["a high surrogate", 0xed, 0xa0, 0x80],
    ["a surrogate pair in UTF-8", 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
    ["above U+10FFFF", 0xf4, 0x90, 0x80, 0x80],
    ["five bytes", 0xf8, 0x88, 0x80, 0x80, 0x80],
    ["0xFF", 0xff],
  ];
  for (const [what, ...bad] of BAD) {
    assert.equal(outcome(bytes("Ali B", ...bad, ", 21, Law")), "invalid_utf8", what);
    assert.equal(outcome(bytes("Ali Bennis, 21, Law", ...bad)), "invalid_utf8", what);
  }
  // the same bytes well-formed: U+D7FF, U+E000, U+10FFFF and a four-byte letter are text
  const good = bytes("Ali \ud7ff\ue000\u{10ffff}\u{1d400}, 21, Law");
  assert.equal(outcome(good), "ALI|\ud7ff\ue000\u{10ffff}\u{1d400}|21|LAW");
});

Deno.test("judge() refuses every Cc and Cf character but white space, ZWNJ and ZWJ", () => {
  // The ranges of DerivedGeneralCategory.txt, without what `\s` matches and U+0085.
  const REFUSED = codes([
    [0x00, 0x08], // NUL …
    [0x0e, 0x1f], // … ESC, the separators FS to US, which `\s` does not match
    [0x7f, 0x84],
    [0x86, 0x9f],
    [0xad, 0xad], // soft hyphen
    [0x600, 0x605],
    [0x61c, 0x61c], // Arabic letter mark
    [0x6dd, 0x6dd],
    [0x70f, 0x70f],
    [0x890, 0x891],
    [0x8e2, 0x8e2],
    [0x180e, 0x180e], // Mongolian vowel separator: no white space since Unicode 6.3
    [0x200b, 0x200b], // zero-width space; 200C and 200D are ZWNJ and ZWJ
    [0x200e, 0x200f],
    [0x202a, 0x202e], // bidi embeddings and overrides
    [0x2060, 0x2064], // word joiner …
    [0x2066, 0x206f], // bidi isolates …
    [0xfff9, 0xfffb],
    [0x110bd, 0x110bd],
    [0x110cd, 0x110cd],
    [0x13430, 0x1343f],
    [0x1bca0, 0x1bca3],
    [0x1d173, 0x1d17a],
    [0xe0001, 0xe0001],
    [0xe0020, 0xe007f], // tags
  ]);
  // a block that makes a student holds none; another is halved down to single characters
  const refused = (from: number, to: number): number[] => {
    const block = codes([[from, to]]).map(character).join("");
    const verdict = outcome(`Ali${block} Bennis, 21, Law`);
    if (verdict.includes("|")) return [];
    if (from === to) return verdict === "control_character" ? [from] : [];
    const middle = (from + to) >> 1;
    return [...refused(from, middle), ...refused(middle + 1, to)];
  };
  const planes = [[0, 0xd7ff], [0xe000, 0x10ffff]] as const;
  const blocks = codes(planes).filter((code) => code % 0x400 === 0);
  const found = blocks.flatMap((start) => refused(start, start + 0x3ff));
  assert.deepEqual(found, REFUSED);
});

table("looks for control characters in each used cell", [
  ["Ali\u202e Bennis, 21, Law", "control_character"],
  ["Ali Bennis, 2\u200b1, Law", "control_character"],
  ["Ali Bennis, 21, La\u00adw", "control_character"],
  ["Ali Bennis, 21, Law\x1b[31m", "control_character"],
  ["\x1b, 21, Law", "control_character"],
  ["Ali\u200d Ben\u200cnis, 21, Law", "ALI\u200d|BEN\u200cNIS|21|LAW"],
  ["Ali\u0085Bennis, 21, \ufeffLaw", "ALI|BENNIS|21|LAW"],
]);

table("looks into no cell that is not used", [
  ["\0,Ali Bennis,21,Law", "ALI|BENNIS|21|LAW"],
  ["=cmd,Ali Bennis,21,Law", "ALI|BENNIS|21|LAW"],
  ["a\u202e b,Ali Bennis,2\x001,Law", "control_character"],
], { ...PLAIN_LAYOUT, cells: 4, columns: { name: 1, age: 2, field: 3 } });

table("takes an age of ASCII digits from 0 to 150", [
  ["Ali Bennis,0,Law", "ALI|BENNIS|0|LAW"],
  ["Ali Bennis,-0,Law", "ALI|BENNIS|0|LAW"],
  ["Ali Bennis,+0,Law", "ALI|BENNIS|0|LAW"],
  ["Ali Bennis,+21,Law", "ALI|BENNIS|21|LAW"],
  ["Ali Bennis,00021,Law", "ALI|BENNIS|21|LAW"],
  ["Ali Bennis,150,Law", "ALI|BENNIS|150|LAW"],
  ["Ali Bennis,\u00a021\u00a0,Law", "ALI|BENNIS|21|LAW"],
  ['Ali Bennis, "21" ,Law', "ALI|BENNIS|21|LAW"],
  [`Ali Bennis,${"0".repeat(400)}21,Law`, "ALI|BENNIS|21|LAW"],
  ["Ali Bennis,151,Law", "age_out_of_range"],
  ["Ali Bennis,-1,Law", "age_out_of_range"],
  ["Ali Bennis,4294967317,Law", "age_out_of_range"], // 2^32 + 21
  [`Ali Bennis,${"9".repeat(400)},Law`, "age_out_of_range"],
  [`Ali Bennis,-${"9".repeat(400)},Law`, "age_out_of_range"],
]);

Deno.test("judge() refuses an age in any other form", () => {
  const AGES = [
    ...["21.0", "21.", ".5", "1e2", "0x15", "0b1", "21n", "1_0", "vingt", "", "+", "-"],
    ...["--21", "+-21", "+ 21", "2 1", "2\u00a01", "21 ans", "Infinity", "NaN", "null"],
    ...["２１", "٢١", "२१", "²", "Ⅻ", "½", "\u221221"], // digits and signs that are not ASCII
  ];
  for (const age of AGES) {
    assert.equal(outcome(`Ali Bennis,${age},Law`), "age_not_integer", age);
  }
});

table("splits a name after its first word", [
  ["Ali Bennis,21,Law", "ALI|BENNIS|21|LAW"],
  ["  Mohamed   Amine El  Fassi ,21,Law", "MOHAMED|AMINE EL FASSI|21|LAW"],
  ["Jean-Luc d'Alembert-Ney,21,Law", "JEAN-LUC|D'ALEMBERT-NEY|21|LAW"],
  ["Ali\u00a0Bennis,21,Law", "ALI|BENNIS|21|LAW"],
  ["Ali,21,Law", "one_word_name"],
  ["\u200d,21,Law", "one_word_name"],
  [" \u00a0\u3000,21,Law", "blank_name"],
  ['"",21,Law', "blank_name"],
]);

table("turns `Last, First` round", [
  ['"Bennis, Ali",21,Law', "ALI|BENNIS|21|LAW"],
  ['"Bennis,Ali",21,Law', "ALI|BENNIS|21|LAW"],
  ['" El Fassi , Mohamed  Amine ",21,Law', "MOHAMED|AMINE EL FASSI|21|LAW"],
  ['"Bennis,\nAli",21,Law', "ALI|BENNIS|21|LAW"],
  ['", Ali Bennis",21,Law', "ALI|BENNIS|21|LAW"],
  ['"Ali Bennis,",21,Law', "ALI|BENNIS|21|LAW"],
  ['"Bennis,",21,Law', "one_word_name"],
  ['",Ali",21,Law', "one_word_name"],
  ['" , ",21,Law', "blank_name"],
  ['"Bennis, Ali, Jr",21,Law', "bad_name"],
  ['"Bennis,, Ali",21,Law', "bad_name"],
  ['"Ali Bennis,,",21,Law', "bad_name"],
]);

table("takes first and last name as they are where they are columns", [
  ["Ali,Bennis,21,Law", "ALI|BENNIS|21|LAW"],
  ["Mohamed Amine,El Fassi,21,Law", "MOHAMED AMINE|EL FASSI|21|LAW"],
  ['Ali,"Bennis, Jr, MD",21,Law', "ALI|BENNIS, JR, MD|21|LAW"],
  [",Bennis,21,Law", "blank_name"],
  ["Ali,\u2003,21,Law", "blank_name"],
  ["-Ali,Bennis,21,Law", "unsafe_text"],
  ["Ali,-Bennis,21,Law", "unsafe_text"],
  ["Ali Bennis,21,Law", "field_count"],
], PARTS);

table("reads other orders of columns", [
  ["7,Law,x,21,Ali Bennis", "ALI|BENNIS|21|LAW"],
  ["7,Law,x,21,Ali Bennis,", "field_count"],
], { ...PLAIN_LAYOUT, cells: 5, columns: { name: 4, age: 3, field: 1 } });

for (const delimiter of [";", "\t", "|", ":"]) {
  const cell = delimiter === "\t" ? " " : delimiter; // a tab is white space
  const record = (...cells: readonly string[]): string => cells.join(delimiter);
  table(`splits by ${JSON.stringify(delimiter)} where the layout says so`, [
    [record("Ali Bennis", "21", "Law"), "ALI|BENNIS|21|LAW"],
    [record("Bennis, Ali", "21", "Law, and more"), "ALI|BENNIS|21|LAW, AND MORE"],
    [record(' "Ali Bennis" ', "21", `"a${delimiter}b"`), `ALI|BENNIS|21|A${cell}B`],
    ["Ali Bennis,21,Law", "field_count"],
  ], { ...PLAIN_LAYOUT, delimiter });
}

table("normalises to NFC and full upper case, whatever the machine's language", [
  ["Weiß ﬁn,21,straße", "WEISS|FIN|21|STRASSE"],
  ["ali bennis,21,informatique", "ALI|BENNIS|21|INFORMATIQUE"], // i → I, no dot
  ["ılı İzmir,21,ﬀ", "ILI|İZMIR|21|FF"],
  ["Ὀδυσσεύς σίγμας,21,ς", "ὈΔΥΣΣΕΎΣ|ΣΊΓΜΑΣ|21|Σ"],
  ["ŉa ǆa,21,ᾳ", "ʼNA|ǄA|21|ΑΙ"],
  ["a b,21,\u03b1\u0345\u0301", "A|B|21|\u0386\u0399"], // NFC before upper case: ΆΙ, not ΑΊ
  ["\u0390a b,21,\u03b0", "\u03aa\u0301A|B|21|\u03ab\u0301"],
  ["\u03aa\u0301A B,21,\u03ab\u0301", "\u03aa\u0301A|B|21|\u03ab\u0301"], // again: the same
  ["Ame\u0301lie Noe\u0308l,21,Me\u0301decine", "AM\u00c9LIE|NO\u00cbL|21|M\u00c9DECINE"],
  ["Am\u00e9lie No\u00ebl,21,M\u00e9decine", "AM\u00c9LIE|NO\u00cbL|21|M\u00c9DECINE"],
  ["A\u0323\u0302 B,21,\u212b", "\u1eac|B|21|\u00c5"],
  ["A\u0302\u0323 B,21,\u2126", "\u1eac|B|21|\u03a9"],
  ["ＡＢ ｃ,21,Ⅳ", "ＡＢ|Ｃ|21|Ⅳ"], // NFC, not NFKC: full-width letters stay
  ["علي بنيس,21,法学", "علي|بنيس|21|法学"],
]);

Deno.test("judge() collapses each kind of white space and trims it", () => {
  const SPACES = codes([
    [0x09, 0x0d],
    [0x20, 0x20],
    [0x85, 0x85],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ]);
  for (const code of SPACES) {
    const s = character(code);
    const record = `${s}Ali${s}${s}Ben ${s} Nis${s},${s}21${s},${s}a${s}b${s}`;
    assert.equal(outcome(record), "ALI|BEN NIS|21|A B", code.toString(16));
    assert.equal(outcome(s), "blank", code.toString(16));
  }
});

table("calls a record of nothing but white space blank", [
  ["", "blank"],
  [" \t\r\n", "blank"],
  ["\u00a0\u0085\u3000\ufeff", "blank"],
  [",,", "blank_name"],
  ['""', "field_count"],
  ["\u200b", "field_count"], // a zero-width space is no white space
  ["\u200d", "field_count"],
]);

Deno.test("judge() refuses text that a spreadsheet would run", () => {
  for (const c of ["=", "+", "-", "@", "＝", "＋", "－", "＠"]) {
    assert.deepEqual(
      [
        outcome(`${c}Ali Bennis,21,Law`),
        outcome(`Ali ${c}Bennis,21,Law`),
        outcome(`Ali Bennis,21,${c}Law`),
        outcome(`"${c}Bennis, Ali",21,Law`),
        outcome(`Ali Bennis,21," \u00a0${c}Law"`),
        outcome(`${c},Bennis,21,Law`, PARTS),
        outcome(`Ali,${c},21,Law`, PARTS),
      ],
      Array(7).fill("unsafe_text"),
      c,
    );
    const inside = `A${c} B ${c}x,21,L ${c}`;
    assert.equal(outcome(inside), `A${c}|B ${c}X|21|L ${c}`, "not at the start");
  }
  assert.equal(outcome("'=Ali Bennis,21,Law"), "'=ALI|BENNIS|21|LAW");
});

table("takes a line end inside a cell for white space", [
  ['"Ali\r\nBennis",21,"Computer\nScience"', "ALI|BENNIS|21|COMPUTER SCIENCE"],
  ['"Ali\rBennis","\n21\n",Law', "ALI|BENNIS|21|LAW"],
  ["Ali Bennis,21,Law\r", "ALI|BENNIS|21|LAW"],
  ['\ufeff"Ali Bennis",21,Law', "bad_quote"], // a mark at the start of a file is gone by now
]);

table("has no special fields", [
  ["A B,21,__proto__", "A|B|21|__PROTO__"],
  ["__proto__ constructor,21,toString", "__PROTO__|CONSTRUCTOR|21|TOSTRING"],
  ["A B,21,constructor", "A|B|21|CONSTRUCTOR"],
  ["A B,21,hasOwnProperty", "A|B|21|HASOWNPROPERTY"],
]);

Deno.test("judge() names the reason that comes first where two rules fail", () => {
  const long = "x".repeat(65_537);
  const PAIRS: readonly (readonly [Uint8Array | string, first: string, then: string])[] =
    [
      [bytes(long, 0xff), "too_long", "invalid_utf8"],
      [`"${long}`, "too_long", "bad_quote"],
      [long, "too_long", "field_count"],
      [`=A B,21,\0${long}`, "too_long", "control_character"],
      [bytes('"', 0xff), "invalid_utf8", "bad_quote"],
      [bytes("A,", 0xff), "invalid_utf8", "field_count"],
      [bytes("\0 B,21,", 0xff), "invalid_utf8", "control_character"],
      ['"Ali Bennis', "bad_quote", "field_count"],
      ['A\0 "B,21,Law', "bad_quote", "control_character"],
      [',"x"y,Law', "bad_quote", "blank_name"],
      ["Ali\0 Bennis,21", "field_count", "control_character"],
      [",21", "field_count", "blank_name"],
      ["=Ali Bennis,21", "field_count", "unsafe_text"],
      [",\x001,Law", "control_character", "blank_name"],
      ["Ali\0,21,Law", "control_character", "one_word_name"],
      ['"A, B, C\0",21,Law', "control_character", "bad_name"],
      ["A B,2\x001,Law", "control_character", "age_not_integer"],
      ["=A B,21,\0", "control_character", "unsafe_text"],
      [",x,Law", "blank_name", "age_not_integer"],
      [",21,", "blank_name", "blank_field"],
      ['"A,B,C",21,Law', "one_word_name", "bad_name"],
      ["Ali,x,Law", "one_word_name", "age_not_integer"],
      ["=Ali,21,Law", "one_word_name", "unsafe_text"],
      ['"A, B, C",x,Law', "bad_name", "age_not_integer"],
      ['"=A, B, C",21,Law', "bad_name", "unsafe_text"],
      ["A B,-1.5,Law", "age_not_integer", "age_out_of_range"],
      ["A B,x,", "age_not_integer", "blank_field"],
      ["A B,151,", "age_out_of_range", "blank_field"],
      ["=A B,151,Law", "age_out_of_range", "unsafe_text"],
      ["=A B,21,", "blank_field", "unsafe_text"],
    ];
  for (const [record, first, then] of PAIRS) {
    assert.equal(outcome(record), first, `${first} before ${then}`);
    const places = [first, then].map((reason) =>
      (REASONS as readonly string[]).indexOf(reason)
    );
    assert.ok(places[0]! >= 0 && places[0]! < places[1]!, `${first} before ${then}`);
  }
});

Deno.test("judge() refuses a tombstone as empty; a value of no bytes is blank", () => {
  assert.equal(outcome(null), "empty");
  assert.equal(outcome(new Uint8Array(0)), "blank");
});
