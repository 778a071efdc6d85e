/** The view of a stream as lines: what stands where, in terminals of every size. */
import assert from "node:assert/strict";
import { printable } from "../lib/cli/effects.ts";
import { liveLines } from "../lib/cli/live_lines.ts";
import { cellsOf, cutCells } from "../lib/cli/text_cells.ts";
import { StreamMonitor } from "../lib/stream/status.ts";
import { busyStream, FACTS, streamOfFields } from "./live_support.ts";

const BUSY = busyStream().read();

/** Returns the lines as one text. */
function shown(columns: number, rows: number, messages: readonly string[] = []): string {
  return liveLines(BUSY, { columns, rows }, messages).map(({ text }) => text).join("\n");
}

Deno.test("liveLines() fits 80 by 24, names at the end", () => {
  assert.equal(
    shown(80, 24),
    `ibtissam: reading   group cohort   store data/live
692 messages/s   lag 1,241   commit 21 ms   rebalances 1   up 0:00:00
Read 173   Blank 1   Rejected 7 (4%)   Filtered 25   Kept 140

Partition     Checkpoint            End            Lag
        0            165          1,399          1,234
        1             48             48              0
        2      1,000,000      1,000,007              7

 Students  Average   Median   Lowest  Highest  Field
       39    27.64       28       21       34  ÉCONOMIE ET GESTION
       32       27     26.5       21       34  LAW
       28     27.5     27.5       21       34  علوم الحاسوب
       20     26.3     25.5       21       34  计算机科学与技术
       14     27.5     27.5       21       34  MÉDECINE
        7       24       24       21       27  COMPUTER SCIENCE
      140    27.08       27       21       34  All fields

Last rejects
ibtissam/1@47  empty
ibtissam/1@46  invalid_utf8  J�31m�\\u{d}\\u{a},
ibtissam/1@45  age_not_integer  </script><img src=x onerror=alert(1)>, vingt, L…
ibtissam/1@44  control_character  Ada \\u{202e}Lovelace, 22, Law
… 3 more`,
  );
});

Deno.test("liveLines() leaves out the last sections where there are few rows", () => {
  assert.equal(
    shown(60, 14),
    `ibtissam: reading   group cohort   store data/live
692 messages/s   lag 1,241   commit 21 ms   rebalances 1   …
Read 173   Blank 1   Rejected 7 (4%)   Filtered 25   Kept 1…

Partition     Checkpoint            End            Lag
        0            165          1,399          1,234
        1             48             48              0
        2      1,000,000      1,000,007              7

 Students  Average   Median   Lowest  Highest  Field
       39    27.64       28       21       34  ÉCONOMIE ET …
       32       27     26.5       21       34  LAW
       69                                      … 4 more
      140    27.08       27       21       34  All fields`,
  );
  assert.equal(shown(20, 2), "ibtissam: reading  …\n692 messages/s   la…");
});

Deno.test("liveLines() never leaves the terminal, whatever its size and the names", () => {
  const hostile = streamOfFields([
    "\x1b[2J\x1b]0;X\x07",
    "é".normalize("NFD").repeat(90),
    "计".repeat(90),
    "👩‍👩‍👧‍👦".repeat(40),
    "\u202eABC\u2066",
    "X".repeat(500),
  ]).read();
  for (const status of [BUSY, hostile, new StreamMonitor(FACTS).read()]) {
    for (const columns of [1, 2, 20, 40, 79, 80, 200]) {
      for (let rows = 0; rows <= 40; rows++) {
        const lines = liveLines(status, { columns, rows }, ["gone \x1b[31m", "back"]);
        assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
        for (const { text } of lines) {
          assert.ok(cellsOf(text) <= columns, `${text} in ${columns} columns`);
          assert.equal(printable(text), text);
        }
      }
    }
  }
});

Deno.test("liveLines() shows the newest two messages below its head", () => {
  const lines = shown(80, 24, ["one", "two", "thr\nee"]).split("\n");
  assert.deepEqual(lines.slice(3, 5), ["two", "thr\\u{a}ee"]);
  assert.equal(lines.length, 24);
});

Deno.test("liveLines() warns where no messages can come", () => {
  const styles = (["reading", "waiting for the broker", "joining"] as const).map(
    (phase) => {
      const monitor = busyStream();
      monitor.phase = phase;
      return liveLines(monitor.read(), { columns: 80, rows: 24 })[0]!;
    },
  );
  assert.deepEqual(styles.map(({ style }) => style), ["bold", "warning", "warning"]);
  assert.match(styles[1]!.text, /^ibtissam: waiting for the broker {3}/);
});

const WIDTHS: readonly (readonly [text: string, cells: number])[] = [
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["计算机", 6],
  ["ひらがな", 8],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2], // the same letter taken apart
  ["Ａ１", 4],
  ["ｱ", 1],
  ["🎓", 2],
  ["علوم", 4],
  ["…–", 2],
];

for (const [text, cells] of WIDTHS) {
  Deno.test(`cellsOf(${JSON.stringify(text)}) is ${cells}`, () => {
    assert.equal(cellsOf(text), cells);
  });
}

Deno.test("cutCells() cuts between letters, never within one", () => {
  assert.equal(cutCells("abc", 3), "abc");
  assert.equal(cutCells("abcd", 3), "ab…");
  assert.equal(cutCells("计算机", 4), "计…");
  assert.equal(cutCells("e\u0301e\u0301e\u0301", 2), "e\u0301…");
  assert.equal(cutCells("abc", 0), "");
});
