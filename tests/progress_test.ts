/** The progress of a long run: what it says, when, and that it cleans up behind itself. */
import assert from "node:assert/strict";
import type { Effects } from "../lib/cli/effects.ts";
import { formatProgress, progressPrinter } from "../lib/cli/progress.ts";
import type { Progress } from "../lib/engine/job.ts";
import { diskTest, put, runHere } from "./support.ts";

const HALF: Progress = {
  source: "data/a.csv",
  bytes: 1_500_000_000,
  totalBytes: 3_000_000_000,
  records: 40_000_000,
};

type Case = readonly [what: string, progress: Progress, seconds: number, line: string];

const CASES: readonly Case[] = [
  // after so many seconds → the line
  [
    "half of a file",
    HALF,
    20,
    "data/a.csv  50 %  1,500 of 3,000 MB  2,000,000 records/s  20 s left",
  ],
  [
    "the last quarter",
    { ...HALF, bytes: 2_250_000_000 },
    30,
    "data/a.csv  75 %  2,250 of 3,000 MB  1,333,333 records/s  10 s left",
  ],
  [
    "less than a megabyte",
    { source: "a", bytes: 50_000, totalBytes: 123_456, records: 7 },
    1,
    "a  41 %  0.1 of 0.1 MB  7 records/s  1 s left",
  ],
  [
    "nothing yet, so that nobody knows how long it takes",
    { source: "a", bytes: 0, totalBytes: 1e6, records: 0 },
    2,
    "a  0 %  0 of 1 MB  0 records/s",
  ],
  [
    "standard input, of which nobody knows the end",
    { source: "-", bytes: 2_500_000, totalBytes: undefined, records: 100 },
    4,
    "-  2.5 MB  25 records/s",
  ],
  [
    "a file that has grown since",
    { source: "a", bytes: 3e6, totalBytes: 2e6, records: 10 },
    1,
    "a  100 %  3 of 2 MB  10 records/s  0 s left",
  ],
  [
    "empty files",
    { source: "a", bytes: 0, totalBytes: 0, records: 0 },
    1,
    "a  0 MB  0 records/s",
  ],
  [
    "a hostile name",
    { source: "\x1b[2Ja\nb\u202e", bytes: 0, totalBytes: undefined, records: 0 },
    1,
    "\\u{1b}[2Ja\\u{a}b\\u{202e}  0 MB  0 records/s",
  ],
];

for (const [what, progress, seconds, line] of CASES) {
  Deno.test(`formatProgress() of ${what}`, () => {
    assert.equal(formatProgress(progress, seconds), line);
  });
}

const WIPE = "\r\x1b[2K";

/** A printer whose clock is set by hand, in ms since it was made. */
function printerAt(isTerminal: boolean) {
  let time = 1_000_000;
  const shown: string[] = [];
  const unexpected = () => assert.fail("progress goes to standard error");
  const effects: Effects = {
    env: unexpected,
    stdin: new ReadableStream(),
    stdout: { isTerminal: unexpected, writeSync: unexpected },
    stderr: {
      isTerminal: () => isTerminal,
      writeSync(bytes) {
        shown.push(new TextDecoder().decode(bytes));
        return bytes.length;
      },
    },
    now: () => new Date(time),
    signal: new AbortController().signal,
  };
  const printer = progressPrinter(effects);
  return {
    shown,
    clear: printer.clear,
    showAt(ms: number) {
      time = 1_000_000 + ms;
      printer.show({ ...HALF, source: `at ${ms}` });
    },
  };
}

/** Returns which of the asked times were shown. */
function times(shown: readonly string[]): readonly number[] {
  return shown.map((line) => Number(/at (\d+)/.exec(line)?.[1]));
}

Deno.test("progressPrinter() draws over one line of a terminal, four times a second", () => {
  const { shown, showAt } = printerAt(true);
  for (let ms = 0; ms <= 1500; ms += 10) showAt(ms);
  assert.deepEqual(times(shown), [500, 750, 1000, 1250, 1500]);
  for (const line of shown) {
    // without wrapping: a line wider than the terminal would leave its first rows behind
    assert.ok(line.startsWith(`${WIPE}\x1b[?7lat `));
    assert.ok(line.endsWith("\x1b[?7h"));
    assert.ok(!line.slice(WIPE.length).match(/[\r\n]/));
  }
});

Deno.test("progressPrinter() writes plain lines elsewhere, one in five seconds", () => {
  const { shown, showAt, clear } = printerAt(false);
  for (let ms = 0; ms <= 16_000; ms += 100) showAt(ms);
  clear();
  assert.deepEqual(times(shown), [5000, 10_000, 15_000]);
  for (const line of shown) assert.match(line, /^at \d+ .*\n$/);
  assert.ok(!shown.join("").includes("\x1b"));
});

Deno.test("progressPrinter() shows nothing in the first half second and clears nothing then", () => {
  for (const isTerminal of [true, false]) {
    const { shown, showAt, clear } = printerAt(isTerminal);
    for (let ms = 0; ms < 500; ms++) showAt(ms);
    clear();
    assert.deepEqual(shown, []);
  }
});

Deno.test("progressPrinter() wipes its line off a terminal once, when it is told to clear", () => {
  const { shown, showAt, clear } = printerAt(true);
  showAt(600);
  assert.equal(shown.length, 1);
  clear();
  clear();
  assert.deepEqual(shown.slice(1), [WIPE]);
  showAt(2000);
  clear();
  assert.deepEqual(shown.slice(3), [WIPE]);
});

Deno.test("progressPrinter() waits its time after a batch that took long", () => {
  const { shown, showAt } = printerAt(true);
  for (const ms of [700, 900, 949, 950, 3000, 3249, 3250]) showAt(ms);
  assert.deepEqual(times(shown), [700, 950, 3000, 3250]);
});

/** A clock that goes on a second each time it is read. */
function hastyClock(): () => Date {
  let time = Date.parse("2026-01-31T12:00:00Z");
  return () => new Date(time += 1000);
}

diskTest(
  "report shows its progress on a terminal, and wipes it before the summary",
  async (dir) => {
    const input = put(dir, "in", "Ali Bennis,21,Law\n".repeat(240_000));
    const args = ["report", "--input", input, "--out", `${dir}/out`];
    const shown = await runHere(args, { isTerminal: true, now: hastyClock() });
    assert.ok(shown.stderr.startsWith(`${WIPE}\x1b[?7l${input}  `), shown.stderr);
    assert.ok(shown.stderr.endsWith(` left\x1b[?7h${WIPE}`), shown.stderr);
    assert.ok(shown.stderr.split(WIPE).length > 3, shown.stderr);
    const quiet = { isTerminal: true, now: hastyClock() };
    assert.equal((await runHere([...args, "--quiet"], quiet)).stderr, "");
    assert.equal((await runHere(args, { isTerminal: true })).stderr, "");
  },
);

diskTest(
  "report wipes its progress off the terminal before an error, too",
  async (dir) => {
    const input = put(dir, "in", "Ali Bennis,21,Law\n".repeat(240_000));
    Deno.mkdirSync(`${dir}/out`);
    let reads = 0;
    const clock = hastyClock();
    const now = (): Date => {
      if (++reads === 5) Deno.truncateSync(input, 1_200_000);
      return clock();
    };
    const args = ["report", "--input", input, "--out", `${dir}/out`];
    const { code, stderr } = await runHere(args, { isTerminal: true, now });
    assert.equal(code, 3);
    assert.match(stderr.split(WIPE).at(-1)!, /^error: Cannot read .* shorter while/);
    assert.ok(stderr.startsWith(WIPE));
  },
);
