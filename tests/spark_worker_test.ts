/**
 * The worker of Spark's executors and what puts its answers together, without Spark: files are
 * cut here as Spark cuts them, and each part goes through a worker of its own.
 */
import assert from "node:assert/strict";
import { runJob, writeReport } from "../lib/engine/local.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { readFiles } from "../lib/ingest/files.ts";
import type { Result } from "../lib/report/result.ts";
import { Assembly } from "../lib/spark/assembly.ts";
import { Spool } from "../lib/spark/spool.ts";
import { concat } from "../lib/transform/bytes.ts";
import { fed, wholeLines } from "../lib/spark/worker/fed.ts";
import {
  FAILURE,
  JOB_FILE,
  WORKER_VERSION,
  type WorkerJob,
} from "../lib/spark/worker/protocol.ts";
import { work } from "../lib/spark/worker/work.ts";
import config from "../deno.json" with { type: "json" };
import { bytes, diskTest, processTest, put } from "./support.ts";

const LF = 10;
const FILES = ["etudiants_transformed.csv", "statistics.csv", "rejects.jsonl"];
const NONE = () => {
  throw new TypeError("nobody cleans here");
};

/** A part of a file as Spark cuts it: the lines that begin in it, but for its first byte. */
interface Cut {
  readonly start: number;
  readonly length: number;
  readonly lines: readonly Uint8Array[];
}

/** Cuts a file like Hadoop's reader of lines: a byte order mark goes, and so do line ends. */
function cut(file: Uint8Array, size: number): Cut[] {
  const cuts: Cut[] = [];
  const mark = bytes("\xef\xbb\xbf");
  for (let start = 0; start < file.length; start += size) {
    const end = Math.min(start + size, file.length);
    const lines: Uint8Array[] = [];
    let at = start === 0 ? 0 : file.indexOf(LF, start) + 1;
    if (start > 0 && at === 0) at = file.length;
    while (at < file.length && (at <= end || at === 0)) {
      const found = file.indexOf(LF, at);
      const stop = found < 0 ? file.length : found;
      const isMarked = at === 0 && mark.every((byte, i) => file[i] === byte);
      lines.push(file.subarray(isMarked ? 3 : at, stop));
      at = stop + 1;
    }
    cuts.push({ start, length: end - start, lines });
  }
  return cuts;
}

/** Returns what Spark feeds for a part: escaped as its query does. */
function feed(path: string, size: number, { start, length, lines }: Cut): Uint8Array {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const name = new TextEncoder().encode(path).toHex();
  const escaped = lines.map((line) => {
    let isPlain = line[0] !== 1;
    try {
      utf8.decode(line);
    } catch {
      isPlain = false;
    }
    return isPlain ? line : bytes(`\x01b${line.toHex()}`);
  });
  return concat([
    bytes(`\x01h${name}\t${start}\t${length}\t${size}\n`),
    ...escaped.flatMap((line) => [line, Uint8Array.of(LF)]),
  ]);
}

/** Reads a few bytes at a time. */
function reader(all: Uint8Array, most = 1000): (into: Uint8Array) => number | null {
  let at = 0;
  return (into) => {
    if (at === all.length) return null;
    const part = all.subarray(at, at + Math.min(most, into.length));
    into.set(part);
    at += part.length;
    return part.length;
  };
}

/** Returns the lines that a worker answers. */
function answersOf(job: WorkerJob, fed: Uint8Array): Uint8Array[] {
  const written: Uint8Array[] = [];
  work(job, { read: reader(fed), write: (part) => written.push(part.slice()) });
  const all = concat(written);
  const lines: Uint8Array[] = [];
  for (let at = 0; at < all.length;) {
    const end = all.indexOf(LF, at);
    lines.push(all.slice(at, end));
    at = end + 1;
  }
  return lines;
}

/** Reports on files through workers, whose answers come in the order that `order` gives. */
async function reportThroughWorkers(
  paths: readonly string[],
  { out, size, order }: {
    readonly out: string;
    readonly size: number;
    readonly order: (answers: Uint8Array[][]) => Uint8Array[][];
  },
): Promise<Result> {
  const sources = (await readFiles(paths)).map(({ name, layout }) => ({
    ...{ name, layout, path: `file:${name}`, encoding: "utf-8" },
  }));
  const job: WorkerJob = { version: config.version, olderThan: 20, sources };
  const answers = sources.flatMap(({ path, name }) => {
    const file = Deno.readFileSync(name);
    return cut(file, size).filter(({ lines }) => lines.length > 0)
      .map((part) => answersOf(job, feed(path, file.length, part)));
  });
  let assembly: Assembly | undefined;
  const engine: Engine = {
    name: "test",
    clean: NONE,
    ages: () => Promise.resolve(assembly!.ages),
    [Symbol.dispose]() {},
  };
  return await runJob({ out, page: false }, (job) => {
    using spool = new Spool(out);
    assembly = new Assembly(
      sources.map(({ name }) => ({ name, isPlain: true })),
      job,
      spool,
    );
    for (const line of order(answers).flat()) assembly.take(line);
    assembly.finish();
    return Promise.resolve();
  }, engine);
}

const ROWS = [
  "Name;Age;Field\r\n",
  "Ali Bennis;21;Droit\r\n",
  "Zoé Ñandú;33;Médecine\r\n",
  "علي بنيس;44;قانون\r\n",
  "\r\n",
  "one;21;Law\r\n",
  "\x01b;21;Law\r\n",
  "\\N\r\n",
  "A\0B C;22;Law\r\n",
  "=x y;30;Law\r\n",
  `A B;2${"0".repeat(70_000)};Law\r\n`,
  "A B;19;Law",
].map((row) => new TextEncoder().encode(row));
const INVALID = bytes("bad\xff one;22;Law\r\n");
const MARK = bytes("\xef\xbb\xbf");

const ORDERS: Readonly<Record<string, (answers: Uint8Array[][]) => Uint8Array[][]>> = {
  "in order": (answers) => answers,
  "backwards": (answers) => answers.toReversed(),
  "the last first": (answers) => [answers.at(-1)!, ...answers.slice(0, -1)],
};

for (const [name, order] of Object.entries(ORDERS)) {
  for (const size of [7, 64, 1 << 20]) {
    diskTest(
      `splits of ${size} bytes, ${name}, give what the files give`,
      async (folder) => {
        const paths = [
          put(
            folder,
            "a.csv",
            concat([MARK, ...ROWS.slice(0, 3), INVALID, ...ROWS.slice(3)]),
          ),
          put(folder, "empty.csv", ""),
          put(folder, "b.csv", "A B, 21, Law\nC D, 22, Law\nnobody\n\nE F, 20, Law\n"),
        ];
        const out = `${folder}/out`;
        const result = await reportThroughWorkers(paths, { out, size, order });
        const local = `${folder}/local`;
        const expected = await writeReport(await readFiles(paths), {
          out: local,
          page: false,
        });
        for (const file of FILES) {
          assert.deepEqual(
            Deno.readTextFileSync(`${out}/${file}`),
            Deno.readTextFileSync(`${local}/${file}`),
          );
        }
        assert.deepEqual(result.funnel, expected.funnel);
        assert.deepEqual(result.reject_examples, expected.reject_examples);
        assert.deepEqual(
          [...Deno.readDirSync(out)].filter((one) => /spool/.test(one.name)),
          [],
        );
      },
    );
  }
}

const JOB: WorkerJob = {
  version: config.version,
  olderThan: 20,
  sources: [{
    path: "file:/a.csv",
    name: "a.csv",
    encoding: "utf-8",
    layout: {
      ...{ delimiter: ",", cells: 3, header: false, lineEnd: "\n" },
      columns: { name: 0, age: 1, field: 2 },
    },
  }],
};
const lines = (...texts: string[]): Uint8Array[] => texts.map((text) => bytes(text));
const text = (answers: readonly Uint8Array[]): string[] =>
  answers.map((line) => new TextDecoder().decode(line));

Deno.test("the worker is of the version of cohort", () => {
  assert.equal(WORKER_VERSION, config.version);
});

Deno.test("a worker refuses a client of another version", () => {
  assert.throws(() => answersOf({ ...JOB, version: "9.9.9" }, bytes("")), {
    name: "PipelineError",
    kind: "engine",
    message: `The worker is of cohort ${config.version}, but cohort 9.9.9 asks`,
    hint: "Build the worker again: deno task worker",
  });
});

Deno.test("a worker that is fed nothing answers nothing", () => {
  assert.deepEqual(answersOf(JOB, bytes("")), []);
});

Deno.test("a worker refuses bytes that are not of the file's encoding", () => {
  const sources = [{ ...JOB.sources[0]!, encoding: "euc-jp" }];
  const part = { start: 0, length: 9, lines: lines("\xff\xff, 21, Law") };
  assert.throws(() => answersOf({ ...JOB, sources }, feed("file:/a.csv", 9, part)), {
    kind: "input",
    message: "Cannot read a.csv: it is not valid euc-jp",
    hint: "Name its true encoding with --encoding",
  });
});

Deno.test("a worker says that a record goes on in the next split", () => {
  const cases: readonly (readonly [last: string, isCut: boolean])[] = [
    ['"A B", 21, "La', true],
    ['"A B", 21, "Law"', false],
    ['A "B, 21, Law', false], // a quote that is none
    ['"A\nB", 21, Law', false],
    ['"A\nB", 21, "La', true],
  ];
  for (const [last, isCut] of cases) {
    const part = {
      start: 0,
      length: 9,
      lines: lines("C D, 21, Law", ...last.split("\n")),
    };
    const size = (bytes: number) =>
      text(answersOf(JOB, feed("file:/a.csv", bytes, part))).find((line) =>
        line.startsWith("\x02e")
      )!;
    assert.equal(JSON.parse(size(99).slice(2)).isCut, isCut, last);
    assert.equal(
      JSON.parse(size(9).slice(2)).isCut,
      false,
      `${last}, the end of the file`,
    );
  }
});

Deno.test("a worker sends no more rejects than are wanted, and counts them all", () => {
  const part = { start: 0, length: 9, lines: lines("x", "y", "z", "A B, 21, Law") };
  const answers = text(
    answersOf({ ...JOB, maxRejects: 0 }, feed("file:/a.csv", 9, part)),
  );
  assert.equal(answers.some((line) => line.startsWith("\x02r")), false);
  const end = JSON.parse(answers.find((line) => line.startsWith("\x02e"))!.slice(2));
  assert.deepEqual(end.reasons, [["field_count", 3]]);
});

Deno.test("a worker cleans messages by partition, tombstones and line ends among them", () => {
  const message = (partition: number, offset: number, value: string) =>
    `${partition}\t${offset}\t${value}\n`;
  const inner = bytes('"A\nB", 30, Law\n').toHex();
  const answers = text(answersOf(
    { ...JOB, sources: [], topic: "t" },
    bytes([
      message(0, 5, "A B, 21, Law"),
      message(0, 7, "\x01n"),
      message(0, 9, `\x01b${inner}`),
      message(2, 1, "x"),
    ].join("")),
  ));
  assert.deepEqual(answers.filter((line) => !/^.[ea]/.test(line)), [
    `\x02s{"source":0,"start":0,"length":1,"size":${Number.MAX_SAFE_INTEGER}}`,
    "A,B,21,LAW\x03A,B,30,LAW",
    '\x02r{"topic":"t","partition":0,"offset":7,"reason":"empty","raw":""}',
    `\x02s{"source":0,"start":2,"length":1,"size":${Number.MAX_SAFE_INTEGER}}`,
    '\x02r{"topic":"t","partition":2,"offset":1,"reason":"field_count","raw":"x"}',
  ]);
  const ends = answers.filter((line) => line.startsWith("\x02e"));
  assert.deepEqual(ends.map((line) => JSON.parse(line.slice(2)).offsets), [[5, 10], [
    1,
    2,
  ]]);
});

Deno.test("what is fed is taken apart wherever it is cut", () => {
  const all = bytes("\x01h61\t0\t9\t9\nab\n\x01b01\nc\x01d\n\x01bff\n");
  for (let most = 1; most <= all.length; most++) {
    const found = Array.from(
      fed(reader(all, most), 16),
      (one) =>
        "split" in one
          ? one.split.join(" ")
          : new TextDecoder("latin1").decode(one.bytes),
    );
    assert.equal(found[0], "61 0 9 9");
    assert.equal(found.slice(1).join(""), "ab\n\x01\nc\x01d\n\xff\n", `${most}`);
  }
});

Deno.test("a line that is longer than the memory makes it grow", () => {
  const all = bytes(`${"x".repeat(100)}\ny\n`);
  const found = Array.from(wholeLines(reader(all, 7), 16), (part) => part.slice());
  assert.deepEqual(concat(found), all);
});

processTest("the worker is built from the sources as they are", async () => {
  const [, ...args] = config.tasks.worker.command.split(" ");
  const at = args.indexOf("--output");
  const built = args[at + 1]!;
  args.splice(at, 2);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: new URL("../", import.meta.url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const expected = Deno.readTextFileSync(new URL(`../${built}`, import.meta.url));
  assert.ok(new TextDecoder().decode(stdout) === expected, "run deno task worker");
});

processTest(
  "a worker that has a fault says so, for the client to tell",
  async (folder) => {
    const built = new URL("../lib/spark/worker.js", import.meta.url);
    put(folder, "worker.js", Deno.readFileSync(built));
    put(folder, JOB_FILE, "no JSON");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        `--allow-read=${folder}`,
        `${folder}/worker.js`,
      ],
      stdin: "null",
    }).output();
    const [said] = new TextDecoder().decode(stderr).split("\n");
    const { kind, message, hint } = JSON.parse(said!.slice(FAILURE.length));
    assert.equal(said!.slice(0, FAILURE.length), FAILURE);
    assert.match(message, /^SyntaxError/);
    assert.deepEqual([code, kind, hint], [1, "engine", "This is a fault of cohort"]);
  },
);
