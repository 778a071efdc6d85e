/**
 * A real Spark, and the same bytes as without it: in one part or in several, whatever the files
 * are called and whatever is in them; and what is said where something is wrong.
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { JobOptions } from "../../lib/engine/job.ts";
import { writeReport } from "../../lib/engine/local.ts";
import type { PipelineError } from "../../lib/errors.ts";
import { readFiles, type ReadOptions } from "../../lib/ingest/files.ts";
import type { Result } from "../../lib/report/result.ts";
import { findFiles } from "../../lib/spark/inputs.ts";
import { type SparkReportOptions, writeSparkReport } from "../../lib/spark/report.ts";
import { concat } from "../../lib/transform/bytes.ts";
import { REASONS } from "../../lib/transform/types.ts";
import { bytes, put, runHere, startCommand } from "../support.ts";
import { canMount, withDisk } from "../world.ts";
import { connect, hasSpark, sparkTest, useSpark } from "./support.ts";

const bench = useSpark();

const FILES = ["etudiants_transformed.csv", "statistics.csv", "rejects.jsonl"];
const SAMPLE = new URL("../../data/students.csv", import.meta.url);
const UTF8 = new TextEncoder();

/** Every reason that a record of a file can be refused for, and what does not travel well. */
const HOSTILE = concat([
  UTF8.encode("\ufeffÂge;Filière;Nom complet;Note\r\n"),
  ...[
    "21;Médecine;Zoé Ñandú;1",
    "44;قانون;علي بنيس;2",
    "30;Law;Ali\u0301 Benn\u0131s;3",
    "22;x;A B", // field_count
    '23;"Law;A B;4', // bad_quote: stray
    '24;"Law\r\nand Order";C D;5', // over two lines
    "25;L\0aw;A B;6", // control_character
    "26;Law;;7", // blank_name
    "27;Law;One;8", // one_word_name
    '28;Law;"A, B, C";9', // bad_name
    "21.0;Law;A B;10", // age_not_integer
    "151;Law;A B;11", // age_out_of_range
    "29; ;A B;12", // blank_field
    "30;=cmd;A B;13", // unsafe_text
    "",
    "\u0001Law;x;A B;14",
    "\u0001bQUJD;x;A B;14",
    "\\N",
    "31;Law;tab\there\rand;15",
    `32;Law;A ${"B".repeat(70_000)};16`, // too_long, behind a byte order mark
    "33;Économie;ﬁ ß;17",
  ].map((line) => UTF8.encode(`${line}\r\n`)),
  bytes("34;Law;\xffA B;18\r\n"), // invalid_utf8
  bytes("34;Law;\xed\xa0\x80A B;19\r\n"), // a surrogate
  bytes("34;Law;\xc0\xafA B;20\r\n"), // overlong
  UTF8.encode("35;Law;Last Line;21"),
]);

/** Writes inputs of all kinds; returns them as a user names them. */
function putInputs(folder: string): readonly string[] {
  Deno.mkdirSync(`${folder}/many`);
  Deno.mkdirSync(`${folder}/many/below`);
  put(folder, "many/b.CSV", "A B, 21, Law\nnobody\n");
  put(folder, "many/a 'b'%20[1]{x}*.csv", "name|age|field\nC D|31|Arts\n\n|1|\n");
  put(folder, "many/c.csv.gz", gzipSync("E F, 41, Law\nG H, 51\nI J, 20, Law"));
  put(folder, "many/é.csv", "K L\t22\tArts\nM N\t23\tArts\nO P\tx\tArts\n");
  put(folder, "many/.hidden.csv", "hidden");
  put(folder, "many/notes.txt", "no");
  put(folder, "many/below/x.csv", "no");
  return [
    put(folder, "students.csv", Deno.readFileSync(SAMPLE)),
    put(folder, "nothing.csv", ""),
    put(folder, "blank.csv", "\n"),
    put(folder, "mark.csv", "\ufeff"),
    `${folder}/many`,
    put(folder, "hostile.csv", HOSTILE),
    put(folder, "header.csv", "first,last,age,field"),
  ];
}

/** Reports on the files through Spark. */
async function reportOnSpark(
  inputs: readonly string[],
  options: SparkReportOptions & {
    readonly read?: ReadOptions;
    readonly signal?: AbortSignal;
  },
): Promise<Result> {
  const { signal, read = {} } = options;
  await using session = await connect(bench(), signal === undefined ? {} : { signal });
  const files = await findFiles(session, inputs, read);
  return await writeSparkReport(session, files, { page: false, ...options });
}

/** Asserts that both folders hold the same. */
function assertSame(out: string, local: string): void {
  for (const file of FILES) {
    const [found, expected] = [out, local].map((folder) =>
      new TextDecoder().decode(Deno.readFileSync(`${folder}/${file}`))
    );
    assert.equal(found, expected, file);
  }
}

/** Returns the error with which the work fails. */
async function failure(work: Promise<unknown>): Promise<Partial<PipelineError>> {
  const { kind, message, hint } = await work.then(
    () => assert.fail("nothing failed"),
    (error) => error as PipelineError,
  );
  return { kind, message, hint };
}

let folders = 0;

/** Returns a new folder below the bench's. */
function newFolder(): string {
  const folder = `${bench().folder}/${++folders}`;
  Deno.mkdirSync(folder);
  return folder;
}

sparkTest(
  "a cluster gives the bytes of a local run, in 1, 2 or 7 parts a file",
  async () => {
    const folder = newFolder();
    const inputs = putInputs(folder);
    const local = `${folder}/local`;
    const options: JobOptions = { page: false, out: local };
    const expected = await writeReport(await readFiles(inputs), options);
    const reasons = REASONS.filter((reason) => reason !== "empty"); // of messages only
    assert.deepEqual(Object.keys(expected.rejects), reasons);
    const { size } = Deno.statSync(SAMPLE);
    for (const parts of [1, 2, 7]) {
      const out = `${folder}/out-${parts}`;
      const splitBytes = Math.ceil((size + 1) / parts) + (parts === 1 ? 100_000 : 0);
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      const result = await reportOnSpark(inputs, { out, splitBytes, onWarning });
      assertSame(out, local);
      assert.deepEqual(warnings, []);
      assert.deepEqual(result.funnel, expected.funnel);
      assert.deepEqual(result.reject_examples, expected.reject_examples);
      assert.deepEqual(
        result.inputs,
        expected.inputs.map(({ source, bytes, records }) =>
          // of a file without a line, no task tells the size
          bytes! > 3 || records > 0 ? { source, bytes, records } : { source, records }
        ),
      );
      assert.match(
        result.run.engine,
        /^Apache Spark 4\.[0-9.]+, byte kernel, [1-9][0-9]* tasks$/,
      );
      const left = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
      assert.deepEqual(left, [...FILES, "report.json"].sort());
    }
  },
);

sparkTest(
  "a cluster reads what the user says of delimiter, columns and encoding",
  async () => {
    const folder = newFolder();
    const cases: readonly (readonly [content: string, read: ReadOptions])[] = [
      ["Zo\xe9 B_21_M\xe9decine\n\x93x_1\n", {
        delimiter: "_",
        encoding: "windows-1252",
      }],
      ["name,age,field\nA B,21,x\n", { noHeader: true }],
      ["21;A B;Law\n22;C D;Law\n", { columns: { name: "2", age: "1", field: "3" } }],
    ];
    for (const [i, [content, read]] of cases.entries()) {
      const input = put(folder, `${i}.csv`, bytes(content));
      const [out, local] = [`${folder}/out-${i}`, `${folder}/local-${i}`];
      await reportOnSpark([input], { out, read });
      await writeReport(await readFiles(input, read), { page: false, out: local });
      assertSame(out, local);
    }
  },
);

sparkTest("a record that Spark cuts in two is refused, and the run says so", async () => {
  const folder = newFolder();
  const input = put(folder, "a.csv", `A B, 21, Law\n"C D", 22, "Law\nand Order"\n`);
  const out = `${folder}/out`;
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const { rejects } = await reportOnSpark([input], { out, splitBytes: 20, onWarning });
  assert.deepEqual(rejects, { bad_quote: 2 });
  assert.deepEqual(warnings, [
    "1 record was refused (bad_quote) because Spark has cut the file within a quoted cell " +
    "with line ends; run without --engine to read it whole",
  ]);
});

sparkTest(
  "--engine, --parts: the CSV stays on the cluster, the numbers come home",
  async () => {
    const folder = newFolder();
    const [input, out, parts] = [SAMPLE.pathname, `${folder}/out`, `${folder}/parts 'x'`];
    const args = ["report", "--engine", bench().server.address, "--input", input];
    const flags = ["--out", out, "--parts", parts, "--max-rejects-home", "2"];
    const ran = await runHere([...args, ...flags]);
    assert.equal(
      ran.stderr,
      `warning: rejects.jsonl has the first 2 of 75 rejects\n`,
    );
    assert.equal(ran.code, 0);
    assert.doesNotMatch(ran.stdout, /etudiants_transformed/);
    const local = `${folder}/local`;
    await writeReport(await readFiles(input), { out: local, page: false });
    const read = (path: string) => Deno.readTextFileSync(path);
    const names = [...Deno.readDirSync(parts)].map(({ name }) => name);
    const rows = names.filter((name) => name.startsWith("part-")).sort()
      .map((name) => read(`${parts}/${name}`));
    const [, ...expected] = read(`${local}/${FILES[0]}`).split("\n");
    assert.equal(rows.join(""), expected.join("\n"));
    assert.equal(read(`${out}/${FILES[1]}`), read(`${local}/${FILES[1]}`));
    const rejects = read(`${local}/${FILES[2]}`).split("\n").slice(0, 2);
    assert.equal(read(`${out}/${FILES[2]}`), `${rejects.join("\n")}\n`);
    const page = read(`${out}/report.html`);
    assert.match(page, /Apache Spark 4\.[0-9.]+, byte kernel, 1 task/);
    assert.match(
      page,
      /deno task report --engine sc:\/\/127\.0\.0\.1:\d+ --input .* --parts /,
    );

    const again = await runHere([...args, "--out", `${folder}/again`, "--parts", parts]);
    assert.equal(
      again.stderr,
      `error: Something is at ${parts} already\n` +
        "       Name another folder with --parts: nothing is overwritten\n",
    );
    assert.equal(again.code, 7);
  },
);

sparkTest("part files that are no result: the error names them", async () => {
  const folder = newFolder();
  const input = put(folder, "a.csv", "A B, 21, Law\n");
  const [out, parts] = [`${folder}/out`, `${folder}/parts`];
  // loses the rows
  const deno = 'f() { deno "$@" | grep -a "^$(printf "\\\\002")"; }; f';
  assert.deepEqual(await failure(reportOnSpark([input], { out, parts, deno })), {
    kind: "internal",
    message: "The funnel is off: kept = rows of the CSV, but 1 is not 0",
    hint: "Nothing was written; this is a fault of cohort, please report it with the " +
      `input; what lies at ${parts}, if anything, is no result: delete it`,
  });
  assert.deepEqual([...Deno.readDirSync(out)], []);
  assert.ok(Deno.statSync(parts).isDirectory);
  // before Spark has begun to write them, there is nothing to delete
  const failed = await failure(
    reportOnSpark([input], { out, parts: `${parts}-2`, deno: "no-such-deno" }),
  );
  assert.doesNotMatch(failed.hint!, /delete/);
  assert.throws(() => Deno.statSync(`${parts}-2`), Deno.errors.NotFound);
});

sparkTest("a cluster that cannot do it says why, and nothing is written", async () => {
  const folder = newFolder();
  const good = put(folder, "good.csv", "A B, 21, Law\n");
  const cases: readonly (readonly [
    options: SparkReportOptions,
    expected: Partial<PipelineError>,
  ])[] = [
    [{ deno: "no-such-deno" }, {
      kind: "engine",
      message: "An executor of Spark has no Deno",
      hint: "Install it on every machine of the cluster, on the PATH of the executors",
    }],
    [{ deno: "echo error: I am lost >&2; false" }, {
      kind: "engine",
      message: "The worker on an executor ended with status 1: error: I am lost",
      hint: "Run again with --debug for all that Spark tells",
    }],
  ];
  for (const [options, expected] of cases) {
    const out = `${folder}/out`;
    assert.deepEqual(await failure(reportOnSpark([good], { out, ...options })), expected);
    assert.deepEqual([...Deno.readDirSync(out)], []);
  }
  const packed = gzipSync("A B, 21, Law\n".repeat(1000));
  const cut = put(folder, "cut.csv.gz", packed.subarray(0, packed.length - 20));
  const said: readonly (readonly [input: string, says: string, hint: string])[] = [
    [
      `${folder}/missing [*].csv`,
      `[PATH_NOT_FOUND] Path does not exist: file:${folder}/missing [*].csv`,
      "Name a path that the cluster sees: its machines read it",
    ],
    [
      cut,
      `[FAILED_READ_FILE.NO_HINT] Encountered error while reading file file://${cut}: ` +
      "Unexpected end of input stream",
      "See whether the file is whole, and whether the cluster may read it",
    ],
    [
      "nothing://like/that",
      'No FileSystem for scheme "nothing"',
      "This Spark lacks the library for such addresses, as hadoop-aws is for s3a:// ones",
    ],
    [
      "hdfs://nowhere.invalid/a.csv",
      "java.net.UnknownHostException: nowhere.invalid",
      "Mend the address: Spark's machines know no such host",
    ],
  ];
  for (const [input, says, hint] of said) {
    const args = ["--engine", bench().server.address, "--input", input];
    const ran = await runHere(["report", ...args, "--out", `${folder}/none`]);
    assert.equal(ran.stderr, `error: Spark says: ${says}\n       ${hint}\n`);
    assert.equal(ran.code, 7);
  }
});

sparkTest("an encoding that a worker finds wrong is the input's fault", async () => {
  const folder = newFolder();
  const input = put(
    folder,
    "a.csv",
    bytes(`${"A B, 21, Law\n".repeat(6000)}\xff, 1, x\n`),
  );
  const read = { encoding: "euc-jp" };
  assert.deepEqual(
    await failure(reportOnSpark([input], { out: `${folder}/out`, read })),
    {
      kind: "input",
      message: `Cannot read ${input}: it is not valid euc-jp`,
      hint: "Name its true encoding with --encoding",
    },
  );
});

sparkTest("files that a cluster cannot read as we do are refused", async () => {
  const folder = newFolder();
  Deno.mkdirSync(`${folder}/empty`);
  const a = put(folder, "a.csv", "A B, 21, Law\n");
  const packed = put(folder, "packed.csv", gzipSync("A B, 21, Law\n"));
  const utf16 = put(folder, "utf16.csv", bytes("\xff\xfeA\0,\0\n\0"));
  const old = put(folder, "mac.csv", "A B, 21, Law\rC D, 22, Law\r");
  const hidden = put(folder, "_a.csv", "A B, 21, Law\n");
  const cases: readonly (readonly [readonly string[], Partial<PipelineError>])[] = [
    [["-"], {
      kind: "usage",
      message: "--input - does not go with --engine",
      hint: "Spark reads files that its machines see: put the data there",
    }],
    [[a, a], {
      kind: "usage",
      message: `${a} is given twice`,
      hint: "With --engine, a file can be read only once in a run",
    }],
    [[`${folder}/empty`], {
      kind: "input",
      message: `Cannot read ${folder}/empty: the folder has no *.csv* file`,
      hint: "Spark does not see names that begin with _",
    }],
    [[hidden], {
      kind: "input",
      message:
        `Cannot read ${hidden}: Spark takes names that begin with . or _ for hidden ones`,
      hint: "Give it another name",
    }],
    [[packed], {
      kind: "input",
      message:
        `Cannot read ${packed} with --engine: it is packed by gzip, which its name ` +
        "does not tell",
      hint: "Spark goes by the name: let it end in .gz, or unpack it",
    }],
    [[utf16], {
      kind: "input",
      message: `Cannot read ${utf16} with --engine: it is utf-16le`,
      hint: "Save it as UTF-8, or run without --engine",
    }],
    [[old], {
      kind: "input",
      message: `Cannot read ${old} with --engine: its lines end with CR alone`,
      hint: "Give them LF, or run without --engine",
    }],
  ];
  await using session = await connect(bench());
  for (const [inputs, expected] of cases) {
    assert.deepEqual(await failure(findFiles(session, inputs, {})), expected);
  }
});

sparkTest(
  "a run that is stopped leaves no output, and nothing on the cluster",
  async () => {
    const folder = newFolder();
    const input = put(folder, "a.csv", "A B, 21, Law\n".repeat(1_000_000));
    const [out, started] = [`${folder}/out`, `${folder}/started`];
    // in place of the worker, which would be done too soon
    const slow = put(
      folder,
      "slow.sh",
      `echo $$ > ${started}
while [ "$(dd bs=65536 count=1 2>/dev/null | wc -c)" -gt 0 ]; do sleep 0.3; done\n`,
    );
    const stop = new AbortController();
    const reason = new Error("stopped");
    const deno = `exec sh ${slow} #`;
    const done = failure(reportOnSpark([input], { out, signal: stop.signal, deno }));
    const pid = await contentOf(started);
    stop.abort(reason);
    assert.equal((await done).message, "stopped");
    assert.deepEqual([...Deno.readDirSync(out)], []);
    await untilGone(Number(pid));
  },
);

Deno.test({
  name: "a disk that is full here ends a run on a cluster, and nothing is left",
  ignore: !hasSpark || !canMount,
  async fn() {
    const folder = newFolder();
    const input = put(folder, "a.csv", "A B, 21, Law\n".repeat(50_000));
    await withDisk(folder, "size=128k", async (disk) => {
      const out = `${disk}/out`;
      assert.deepEqual(await failure(reportOnSpark([input], { out })), {
        kind: "output",
        message: `Cannot write ${out}/etudiants_transformed.csv: the disk is full`,
        hint: "Choose another folder with --out; earlier outputs are untouched",
      });
      assert.deepEqual([...Deno.readDirSync(out)], []);
    });
  },
});

sparkTest("Ctrl-C ends the command with 130 and leaves no output", async () => {
  const folder = newFolder();
  const input = put(folder, "a.csv", "A B, 21, Law\n".repeat(3_000_000));
  const out = `${folder}/out`;
  const args = ["--engine", bench().server.address, "--input", input, "--out", out];
  const command = startCommand(["report", ...args]);
  while (!isFolder(out)) await new Promise((resolve) => setTimeout(resolve, 20));
  command.kill("SIGINT");
  const { code, stderr } = await command.output();
  const lines = new TextDecoder().decode(stderr).split("\n");
  const hint = "       Earlier outputs are untouched";
  assert.deepEqual(lines.slice(-3), ["error: Stopped by Ctrl-C", hint, ""]);
  assert.equal(code, 130);
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Returns what a file says once it is there. */
async function contentOf(path: string): Promise<string> {
  for (;;) {
    try {
      const text = Deno.readTextFileSync(path);
      if (text.endsWith("\n")) return text;
    } catch { /* not yet */ }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when a process has ended; fails when that takes a minute. */
async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  const isThere = async () =>
    (await new Deno.Command("kill", { args: ["-0", `${pid}`], stderr: "null" }).output())
      .success;
  while (await isThere()) {
    assert.ok(performance.now() < deadline, `process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
