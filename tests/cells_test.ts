/**
 * `splitRecord()`: the cells of a record by RFC 4180. An outcome is "open", "bad", or the
 * cells; where a line end is given, what follows the record must be left over.
 */
import assert from "node:assert/strict";
import { splitRecord } from "../lib/transform/cells.ts";

type Outcome = readonly string[] | "open" | "bad";

function outcome(text: string, delimiter = ","): Outcome {
  const split = splitRecord(text, delimiter);
  if (typeof split === "string") return split;
  assert.equal(split.end, text.length, "without a line end, the text ends the record");
  return split.cells;
}

Deno.test("splitRecord() splits cells by RFC 4180", () => {
  const CASES: readonly (readonly [text: string, outcome: Outcome])[] = [
    ["a,b,c", ["a", "b", "c"]],
    ["", [""]],
    [",", ["", ""]],
    ["a,,c,", ["a", "", "c", ""]],
    [" a , b", [" a ", " b"]], // nothing is trimmed
    ['"a","b"', ["a", "b"]],
    ['""', [""]],
    ['"",""', ["", ""]],
    ['"a,b",c', ["a,b", "c"]],
    ['"a""b"', ['a"b']],
    ['""""', ['"']],
    ['""""""', ['""']],
    ['"""a""",b', ['"a"', "b"]],
    ['" a "', [" a "]],
    ['"a\nb","c\r\nd"', ["a\nb", "c\r\nd"]],
    ["a\nb,c\rd", ["a\nb", "c\rd"]],
    [' "a" ,\t"b"\t', ["a", "b"]], // blanks around a quoted cell
    [' \t "a,b" \t ,c', ["a,b", "c"]],
    ["a;b\tc|d", ["a;b\tc|d"]],
    ["__proto__,constructor", ["__proto__", "constructor"]],
  ];
  assert.deepEqual(CASES.map(([text]) => [text, outcome(text)]), CASES);
});

Deno.test("splitRecord() refuses a quote where RFC 4180 allows none", () => {
  const CASES: readonly (readonly [text: string, outcome: Outcome])[] = [
    ['a"b', "bad"],
    ['a"', "bad"],
    ['a "b"', "bad"],
    ['a,b"c"', "bad"],
    ['"a"b', "bad"],
    ['"a"b"', "bad"],
    ['"a" b,c', "bad"],
    ['"a" "b"', "bad"],
    ['"a""" "', "bad"],
    ['\u00a0"a"', "bad"], // a blank around a quoted cell is a space or a tab
    ['"a"\u00a0', "bad"],
    ['"a"\n', "bad"], // no line end was asked for
    ["'a\"b'", "bad"],
  ];
  assert.deepEqual(CASES.map(([text]) => [text, outcome(text)]), CASES);
});

Deno.test("splitRecord() calls a quoted cell that never closes open", () => {
  const CASES: readonly (readonly [text: string, outcome: Outcome])[] = [
    ['"', "open"],
    ['"a', "open"],
    ['"a,b\nc,d', "open"],
    ['a,"', "open"],
    ['"a""', "open"],
    ['"""', "open"],
    ['a, "b""', "open"],
    ['"a" , "b', "open"],
    ['a"b,"c', "bad"], // what is wrong first names the fault
  ];
  assert.deepEqual(CASES.map(([text]) => [text, outcome(text)]), CASES);
});

Deno.test("splitRecord() splits by any delimiter, and by that one only", () => {
  const CASES: readonly (readonly [text: string, delimiter: string, outcome: Outcome])[] =
    [
      ["a;b,c", ";", ["a", "b,c"]],
      ["a\tb c", "\t", ["a", "b c"]],
      ["a|b", "|", ["a", "b"]],
      ['"a;b";c', ";", ["a;b", "c"]],
      ['a\t "b\tc" \td', "\t", ["a", "b\tc", "d"]], // with tabs, only spaces are blanks
      ['\t"a"\t', "\t", ["", "a", ""]],
      ['a "b" c', " ", ["a", "b", "c"]], // with spaces, only tabs are blanks
      ["a.b*c", ".", ["a", "b*c"]],
    ];
  assert.deepEqual(
    CASES.map(([text, delimiter]) => [text, delimiter, outcome(text, delimiter)]),
    CASES,
  );
});

Deno.test("splitRecord() ends at the first line end outside quotes", () => {
  type Case = readonly [
    text: string,
    lineEnd: "\n" | "\r",
    cells: Outcome,
    rest?: string,
  ];
  const CASES: readonly Case[] = [
    ["a,b\nc", "\n", ["a", "b"], "\nc"],
    ["a,b\r\nc", "\n", ["a", "b"], "\r\nc"],
    ["a,b\rc\nd", "\n", ["a", "b\rc"], "\nd"], // a CR alone is no line end
    ["a,b\r\r\nc", "\n", ["a", "b\r"], "\r\nc"],
    ["a,b", "\n", ["a", "b"], ""],
    ["a,b\r", "\n", ["a", "b\r"], ""],
    ["\na", "\n", [""], "\na"],
    ["\r\na", "\n", [""], "\r\na"],
    ['"a\nb",c\nd', "\n", ["a\nb", "c"], "\nd"],
    ['"a\r\nb" \r\nc', "\n", ["a\r\nb"], "\r\nc"],
    ['a,"b"\nc', "\n", ["a", "b"], "\nc"],
    ['a,\n"b', "\n", ["a", ""], '\n"b'],
    ["a,b\rc", "\r", ["a", "b"], "\rc"],
    ["a,b\nc\rd", "\r", ["a", "b\nc"], "\rd"],
    ['"a\rb",c\rd', "\r", ["a\rb", "c"], "\rd"],
    ['"a\nb', "\n", "open"],
    ['"a"\rb\n', "\n", "bad"],
    ['a"b\nc', "\n", "bad"],
  ];
  const found = CASES.map(([text, lineEnd]) => {
    const split = splitRecord(text, ",", lineEnd);
    return typeof split === "string"
      ? [text, lineEnd, split]
      : [text, lineEnd, split.cells, text.slice(split.end)];
  });
  assert.deepEqual(found, CASES);
});

Deno.test("splitRecord() takes time in proportion to the text", () => {
  // 1 MB of what makes a backtracking pattern explode; a minute would be too long
  const HARD = ['"'.repeat(1e6), '"",'.repeat(3e5), ' "'.repeat(5e5), ",".repeat(1e6)];
  for (const text of HARD) {
    const started = performance.now();
    splitRecord(text, ",");
    assert.ok(performance.now() - started < 5000, JSON.stringify(text.slice(0, 6)));
  }
});
