/**
 * What really goes wrong: full disks, inputs that change, kills, closed pipes, hostile files.
 * Real processes and real file systems, no mocks; whoever waits, waits for a fact.
 */
import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type PipelineError, readFiles, writeReport } from "../lib/mod.ts";
import {
  commandWords,
  diskTest,
  hasProcesses,
  processTest,
  put,
  type Ran,
  runCommandProcess,
  runHere,
  startCommand,
} from "./support.ts";
import {
  canMount,
  isLinux,
  needs,
  NO_MOUNT,
  type Run,
  run,
  withDisk,
  works,
} from "./world.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const SAMPLE = `${ROOT}data/students.csv`;
const CSV = "etudiants_transformed.csv";
const FILES = [CSV, "rejects.jsonl", "report.html", "report.json", "statistics.csv"];

/** Returns the folder's files, hidden ones included, with what they hold. */
function contents(folder: string): ReadonlyMap<string, string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return new Map(names.map((name) => [name, latin1(`${folder}/${name}`)]));
}

/** Returns what the file holds, one character a byte. */
function latin1(path: string): string {
  return new TextDecoder("latin1").decode(Deno.readFileSync(path));
}

/** Makes a folder with the five files of an earlier run; returns what they hold. */
async function earlierOutputs(folder: string): Promise<ReadonlyMap<string, string>> {
  Deno.mkdirSync(folder, { recursive: true });
  const input = put(folder, "in", "Earlier Student,33,History\n");
  const { code, stderr } = await runHere(["report", "--input", input, "--out", folder]);
  assert.equal(code, 0, stderr);
  Deno.removeSync(input);
  const files = contents(folder);
  assert.deepEqual([...files.keys()], FILES);
  return files;
}

/** Makes a file of the sample's records, so many times over; returns its path. */
function manySamples(dir: string, name: string, times: number): string {
  const sample = Deno.readFileSync(SAMPLE);
  const records = sample.subarray(sample.indexOf(10) + 1);
  using file = Deno.openSync(`${dir}/${name}`, { write: true, create: true });
  for (let i = 0; i < times; i++) file.writeSync(records);
  return `${dir}/${name}`;
}

/** Waits until it is so; the folder tells when to look again. */
async function until(folder: string, child: Deno.ChildProcess, isSo: () => boolean) {
  using watcher = Deno.watchFs(folder);
  const ended = child.status.then(({ code }) => assert.fail(`it ended with ${code}`));
  const seen = (async () => {
    if (isSo()) return;
    for await (const _ of watcher) if (isSo()) return;
  })();
  await Promise.race([seen, ended]);
}

/** Whether a run has begun to write students into the folder. */
function isWriting(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some(({ name }) =>
    name.startsWith(`.${CSV}.`) && Deno.statSync(`${folder}/${name}`).size > 1000
  );
}

/** Records enough for some batches, but not for an end: more could follow. */
const SOME_RECORDS = new TextEncoder().encode("Ali Bennis,21,Law\n".repeat(20_000));

/** A run that has written some of its records and waits for more on standard input. */
async function halfWay(folder: string): Promise<Deno.ChildProcess> {
  const args = ["report", "--input", "-", "--out", folder];
  const child = startCommand(args, { stdin: "piped" });
  const writer = child.stdin.getWriter();
  await writer.write(SOME_RECORDS);
  writer.releaseLock();
  await until(folder, child, () => isWriting(folder));
  return child;
}

/** Returns how the child ended and what it said. */
async function ending(child: Deno.ChildProcess): Promise<Ran & { signal: unknown }> {
  const [{ code, signal }, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, signal, stdout, stderr };
}

// --- the disk -----------------------------------------------------------------------------

needs(
  canMount,
  NO_MOUNT,
  "a full disk ends a run with 6; the earlier outputs are untouched, nothing is left",
  (dir) =>
    withDisk(dir, "size=3m", async (disk) => {
      const earlier = await earlierOutputs(disk);
      const big = manySamples(dir, "big", 100);
      const ran = await runCommandProcess(["report", "--input", big, "--out", disk]);
      assert.equal(
        ran.stderr,
        `error: Cannot write ${disk}/${CSV}: the disk is full
       Choose another folder with --out; earlier outputs are untouched\n`,
      );
      assert.deepEqual([ran.code, ran.stdout], [6, ""]);
      assert.deepEqual(contents(disk), earlier);
    }),
);

needs(
  canMount,
  NO_MOUNT,
  "generate on a full disk ends with 6; the earlier file is untouched, nothing is left",
  (dir) =>
    withDisk(dir, "size=64k", async (disk) => {
      const file = put(disk, "made.csv", "old");
      const ran = await runCommandProcess(["generate", "--out", file]);
      assert.match(ran.stderr, /^error: Cannot write .*made\.csv: the disk is full\n/);
      assert.equal(ran.code, 6);
      assert.deepEqual([...contents(disk)], [["made.csv", "old"]]);
    }),
);

needs(
  canMount,
  NO_MOUNT,
  "wherever in a run the disk is full, the earlier outputs are untouched and nothing is left",
  (dir) =>
    withDisk(dir, "size=64m", async (disk) => {
      const earlier = await earlierOutputs(disk);
      const input = put(dir, "in", `${"Ali Bennis,21,Law\n".repeat(500)}x\n`);
      let failed = 0;
      for (let free = 0;; free = Math.ceil(1.2 * free + 1)) {
        const size = 4096 * (pagesUsed(disk) + free);
        assert.ok(await works("mount", "-o", `remount,size=${size}`, disk));
        const ran = await runHere(["report", "--input", input, "--out", disk]);
        if (ran.code === 0) break;
        assert.equal(ran.code, 6, ran.stderr);
        assert.match(ran.stderr, /^error: Cannot write .*: the disk is full\n/);
        assert.deepEqual(contents(disk), earlier, `${free} pages free`);
        failed++;
      }
      assert.ok(failed > 5, `${failed} failures`);
      assert.deepEqual([...contents(disk).keys()], FILES);
      assert.notDeepEqual(contents(disk), earlier);
    }),
);

/** Returns how many pages of 4 KiB the files take. */
function pagesUsed(disk: string): number {
  // one more for the folder itself
  return [...Deno.readDirSync(disk)].reduce(
    (sum, { name }) => sum + Math.ceil(Deno.statSync(`${disk}/${name}`).size / 4096),
    1,
  );
}

needs(
  canMount,
  NO_MOUNT,
  "a read-only file system ends a run with 6 before the input is read",
  (dir) =>
    withDisk(dir, "ro", async (disk) => {
      for (const out of [disk, `${disk}/below`]) {
        const ran = await runCommandProcess(["report", "--input", SAMPLE, "--out", out]);
        assert.match(
          ran.stderr,
          /^error: Cannot write .*: the file system is read-only\n/,
        );
        assert.deepEqual([ran.code, ran.stdout], [6, ""]);
      }
    }),
);

const isFull = isLinux && hasProcesses;
for (const args of [["generate"], ["report", "--json"], ["report"]]) {
  needs(
    isFull,
    "there is no full device",
    `${args.join(" ")} ends with 6 when its standard output is full`,
    async (dir) => {
      const out = args[0] === "report" ? ["--input", SAMPLE, "--out", dir] : [];
      const words = commandWords([...args, ...out]);
      const ran = await run("sh", "-c", 'exec "$@" > /dev/full', "sh", ...words);
      assert.equal(ran.code, 6, ran.stderr);
      assert.match(ran.stderr, /^error: Cannot write .*: the disk is full\n/);
      assert.ok(ran.stderr.trimEnd().split("\n").length <= 2);
    },
  );
}

// --- permissions --------------------------------------------------------------------------

/** What takes root's power to read and write everything; nothing for other users. */
const POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
const isRoot = hasProcesses && (await run("id", "-u")).stdout.trim() === "0";
const canDrop = hasProcesses &&
  (!isRoot || await works(POWERLESS[0]!, ...POWERLESS.slice(1), "true"));
const NO_DROP = "root cannot lay down its powers here";

/** Runs the command line as somebody to whom permissions apply. */
function runPowerless(args: readonly string[]): ReturnType<Run> {
  const [program, ...words] = isRoot
    ? [...POWERLESS, ...commandWords(args)]
    : commandWords(args);
  return run(program!, ...words);
}

needs(
  canDrop,
  NO_DROP,
  "an unreadable input or folder ends a run with 3",
  async (dir) => {
    put(dir, "secret.csv", "Ali Bennis,21,Law\n");
    Deno.mkdirSync(`${dir}/folder`);
    for (const path of [`${dir}/secret.csv`, `${dir}/folder`]) {
      Deno.chmodSync(path, 0o000);
      const args = ["report", "--input", SAMPLE, "--input", path, "--out", `${dir}/out`];
      const ran = await runPowerless(args);
      assert.equal(ran.stderr, `error: Cannot read ${path}: permission denied\n`);
      assert.equal(ran.code, 3);
      assert.throws(() => Deno.statSync(`${dir}/out`), Deno.errors.NotFound);
    }
  },
);

needs(
  canDrop,
  NO_DROP,
  "a folder that cannot be written ends a run with 6",
  async (dir) => {
    const earlier = await earlierOutputs(`${dir}/out`);
    Deno.chmodSync(`${dir}/out`, 0o555);
    for (const out of [`${dir}/out`, `${dir}/out/below`]) {
      const ran = await runPowerless(["report", "--input", SAMPLE, "--out", out]);
      assert.match(ran.stderr, /^error: Cannot write .*: permission denied\n {7}.*\n$/);
      assert.ok(ran.stderr.includes(`Cannot write ${out}`), ran.stderr);
      assert.equal(ran.code, 6);
    }
    assert.deepEqual(contents(`${dir}/out`), earlier);
    Deno.chmodSync(`${dir}/out`, 0o755);
  },
);

processTest(
  "a missing output folder is made, one that is a link is refused",
  async (dir) => {
    const args = ["report", "--input", SAMPLE, "--quiet", "--out"];
    const made = await runCommandProcess([...args, `${dir}/new/folder`]);
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    assert.deepEqual([...contents(`${dir}/new/folder`).keys()], FILES);

    const earlier = await earlierOutputs(`${dir}/real`);
    Deno.symlinkSync(`${dir}/real`, `${dir}/link`);
    const refused = await runCommandProcess([...args, `${dir}/link`]);
    assert.match(
      refused.stderr,
      /^error: Cannot write .*\/link: it is a symbolic link\n/,
    );
    assert.equal(refused.code, 6);
    assert.deepEqual(contents(`${dir}/real`), earlier);
  },
);

// --- inputs that change or break ----------------------------------------------------------

/** Makes an input of several batches; returns its path. */
function manyRecords(dir: string): string {
  return put(dir, "in.csv", "Ali Bennis,21,Law\n".repeat(60_000)); // 1.08 MB
}

diskTest(
  "an input that shrinks while it is read ends the run, earlier outputs untouched",
  async (dir) => {
    const earlier = await earlierOutputs(`${dir}/out`);
    for (const left of [0, 300_000]) {
      const input = manyRecords(dir);
      let isCut = false;
      const onProgress = (): void => {
        if (!isCut) Deno.truncateSync(input, left);
        isCut = true;
      };
      const done = writeReport(await readFiles(input), { out: `${dir}/out`, onProgress });
      await assert.rejects(done, (error: PipelineError) => {
        assert.match(
          error.message,
          /^Cannot read .*in\.csv: it became \d+ bytes shorter/,
        );
        return error.exitCode === 3;
      });
      assert.deepEqual(contents(`${dir}/out`), earlier);
    }
  },
);

diskTest(
  "an input that grows while it is read counts as it was, with a warning",
  async (dir) => {
    const input = manyRecords(dir);
    const bytes = Deno.statSync(input).size;
    let isGrown = false;
    const onProgress = (): void => {
      if (!isGrown) {
        Deno.writeTextFileSync(input, "Sara Alami,22,Law\nx", {
          append: true,
        });
      }
      isGrown = true;
    };
    const warnings: string[] = [];
    const sources = await readFiles(input, { onWarning: (text) => warnings.push(text) });
    const { funnel, inputs } = await writeReport(sources, { out: dir, onProgress });
    assert.deepEqual([funnel.read, funnel.kept], [60_000, 60_000]);
    assert.equal(inputs[0]?.bytes, bytes);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, new RegExp(`changed .*: the first ${bytes} bytes count`));
  },
);

diskTest(
  "an input that shrinks between the check and the reading is read as it is then",
  async (dir) => {
    const input = manyRecords(dir);
    const sources = await readFiles(input);
    Deno.truncateSync(input, 18_000);
    const { inputs } = await writeReport(sources, { out: dir });
    assert.deepEqual([inputs[0]?.bytes, inputs[0]?.records], [18_000, 1000]);
  },
);

diskTest("an input that is gone after the check ends the run", async (dir) => {
  const input = manyRecords(dir);
  const sources = await readFiles(input);
  Deno.removeSync(input);
  await assert.rejects(
    writeReport(sources, { out: `${dir}/out` }),
    (error: PipelineError) => {
      assert.equal(error.message, `Cannot read ${input}: it does not exist`);
      return error.exitCode === 3;
    },
  );
  assert.equal(contents(`${dir}/out`).size, 0);
});

const PACKERS = [["gzip", gzipSync], ["zstd", zstdCompressSync]] as const;
for (const [name, pack] of PACKERS) {
  diskTest(
    `${name} data that ends too early ends the run, wherever it is cut`,
    async (dir) => {
      const packed = pack(Deno.readFileSync(SAMPLE));
      const earlier = await earlierOutputs(`${dir}/out`);
      for (
        const left of [5, 20, packed.length >> 1, packed.length - 5, packed.length - 1]
      ) {
        const input = put(dir, "in", packed.subarray(0, left));
        const ran = await runHere(["report", "--input", input, "--out", `${dir}/out`]);
        assert.equal(
          ran.stderr,
          `error: Cannot read ${input}: its ${name} data is damaged or ends too early
       Fetch or pack the file again\n`,
          `the first ${left} of ${packed.length} bytes`,
        );
        assert.equal(ran.code, 3);
      }
      assert.deepEqual(contents(`${dir}/out`), earlier);
    },
  );

  diskTest(`${name} data in several pieces is read to its end`, async (dir) => {
    const pieces = [
      "Ali Bennis,21,Law\n",
      "Sara Alami,22,Law\nOmar Id",
      "rissi,23,Law\n",
    ];
    const packed = pieces.map((piece) => [...pack(piece)]).flat();
    const input = put(dir, "in", new Uint8Array(packed));
    const { inputs, funnel } = await writeReport(await readFiles(input), { out: dir });
    assert.deepEqual([funnel.kept, inputs[0]?.bytes], [3, packed.length]);
  });
}

// --- kills and signals --------------------------------------------------------------------

processTest(
  "kill -9 in the middle leaves the old files whole; the next run sweeps and succeeds",
  async (dir) => {
    const earlier = await earlierOutputs(dir);
    const child = await halfWay(dir);
    child.kill("SIGKILL");
    assert.equal((await ending(child)).signal, "SIGKILL");
    await child.stdin.abort().catch(() => {});

    const left = contents(dir);
    for (const [name, content] of earlier) assert.ok(left.get(name) === content, name);
    assert.ok(left.size > FILES.length, "the kill was not in the middle");
    const next = await runCommandProcess(["report", "--input", SAMPLE, "--out", dir]);
    assert.deepEqual([next.code, next.stderr], [0, ""]);
    assert.deepEqual([...contents(dir).keys()], FILES);
    assert.match(next.stdout, /^Kept +1,432$/m);
  },
);

processTest("kill -9 at the end leaves each file old or new, and whole", async (dir) => {
  const out = `${dir}/out`;
  const env = { SOURCE_DATE_EPOCH: "1000000000" };
  const report = ["report", "--input", SAMPLE, "--quiet", "--out"];
  await runCommandProcess([...report, `${dir}/whole`], { env });
  const after = contents(`${dir}/whole`);
  const before = await earlierOutputs(out);
  const kills = [".report.html.", ".report.json.", CSV, "report.json"];
  for (const name of kills) {
    const child = startCommand([...report, out], { env });
    const watcher = Deno.watchFs(out);
    void child.status.finally(() => watcher.close()).catch(() => {});
    for await (const { paths } of watcher) {
      if (!paths.some((path) => path.slice(out.length + 1).startsWith(name))) continue;
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended already, which is a moment like any other */ }
      break;
    }
    await ending(child);
    const found = contents(out);
    for (const file of FILES) {
      const isWhole = [before.get(file), after.get(file)].includes(found.get(file));
      assert.ok(isWhole, `${file} after the kill at ${name}`);
    }
  }
  assert.equal((await runCommandProcess([...report, out], { env })).code, 0);
  assert.deepEqual(contents(out), after);
});

const SIGNALS = [["SIGTERM", 143, "SIGTERM"], ["SIGINT", 130, "Ctrl-C"]] as const;
/** How long a clean end may take, in ms; it takes a few. */
const SOON_MS = 5000;

/** Sends the signal; asserts a clean end, soon, with nothing left behind. */
async function assertStops(
  child: Deno.ChildProcess,
  [signal, code, word]: typeof SIGNALS[number],
): Promise<void> {
  const sent = performance.now();
  child.kill(signal);
  const ended = await ending(child);
  assert.ok(performance.now() - sent < SOON_MS, "it took too long");
  assert.equal(
    ended.stderr,
    `error: Stopped by ${word}\n       Earlier outputs are untouched\n`,
  );
  assert.deepEqual([ended.code, ended.stdout], [code, ""]);
}

for (const signal of SIGNALS) {
  processTest(
    `${signal[0]} while standard input is silent ends the run with ${signal[1]}`,
    async (dir) => {
      const earlier = await earlierOutputs(dir);
      const child = await halfWay(dir);
      await assertStops(child, signal);
      await child.stdin.abort().catch(() => {});
      assert.deepEqual(contents(dir), earlier);
    },
  );

  processTest(
    `${signal[0]} in the middle of a file ends the run with ${signal[1]}`,
    async (dir) => {
      const earlier = await earlierOutputs(`${dir}/out`);
      const input = put(dir, "in", SOME_RECORDS);
      Deno.truncateSync(input, 20e9); // NULs that take no room on the disk
      const child = startCommand(["report", "--input", input, "--out", `${dir}/out`]);
      await until(`${dir}/out`, child, () => isWriting(`${dir}/out`));
      await assertStops(child, signal);
      assert.deepEqual(contents(`${dir}/out`), earlier);
    },
  );

  needs(
    isLinux && hasProcesses,
    "only Linux tells when a process waits for its standard input",
    `${signal[0]} before anything came on standard input ends the run with ${signal[1]}`,
    async (dir) => {
      const args = ["report", "--input", "-", "--out", `${dir}/out`];
      const child = startCommand(args, { stdin: "piped" });
      await ask(() => isReadingPipe(child.pid));
      await assertStops(child, signal);
      await child.stdin.abort().catch(() => {});
      for (const { name } of Deno.readDirSync(dir)) {
        assert.equal(contents(`${dir}/${name}`).size, 0, name);
      }
    },
  );

  processTest(
    `${signal[0]} ends generate with ${signal[1]} and leaves nothing behind`,
    async (dir) => {
      put(dir, "made.csv", "old");
      const args = ["generate", "--records", "4000000000", "--out", `${dir}/made.csv`];
      const child = startCommand(args);
      await until(dir, child, () => [...Deno.readDirSync(dir)].length > 1);
      await assertStops(child, signal);
      assert.deepEqual([...contents(dir)], [["made.csv", "old"]]);
    },
  );
}

/**
 * Whether a thread of the process waits for a pipe: then the command has begun, and listens to
 * signals. That signals are caught does not tell so: Deno itself does it before.
 */
async function isReadingPipe(pid: number): Promise<boolean> {
  const { stdout } = await run("sh", "-c", `cat /proc/${pid}/task/*/wchan`);
  return /pipe_(read|wait)/.test(stdout);
}

/** Asks until it is so; each question is a process of its own, so nothing spins. */
async function ask(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) assert.ok(Date.now() < deadline, "it is never so");
}

// --- pipes --------------------------------------------------------------------------------

const PIPED: readonly (readonly [what: string, args: readonly string[]])[] = [
  ["the summary", ["report", "--input", SAMPLE]],
  ["--json", ["report", "--input", SAMPLE, "--json"]],
  ["--help", ["report", "--help"]],
  ["generate", ["generate", "--records", "4000000000"]],
];

for (const [what, args] of PIPED) {
  processTest(`a reader that goes away before ${what} is no error`, async (dir) => {
    const out = args.includes("--input") ? ["--out", dir] : [];
    const child = startCommand([...args, ...out]);
    await child.stdout.cancel();
    const [{ code }, stderr] = await Promise.all([
      child.status,
      new Response(child.stderr).text(),
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    if (out.length > 0) assert.deepEqual([...contents(dir).keys()], FILES);
  });

  processTest(`${what} | head -n 1 is no error`, async (dir) => {
    const out = args.includes("--input") ? ["--out", dir] : [];
    const script = 'set -o pipefail; "$@" | head -n 1';
    const ran = await run(
      "bash",
      "-c",
      script,
      "bash",
      ...commandWords([...args, ...out]),
    );
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
    assert.equal(ran.stdout.split("\n").length, 2);
  });
}

// --- the machine --------------------------------------------------------------------------

processTest(
  "neither language, nor time zone of the machine change a byte of the outputs",
  async (dir) => {
    const turkish = "İbrahim Işık, 21, bilişim\nIRMAK i, 22, fizik\nßtraße ﬁ, 30, ıi\n";
    const input = put(dir, "in", turkish);
    const machines: Record<string, string>[] = [
      { LANG: "C", LC_ALL: "C", TZ: "UTC" },
      { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
      {
        LANG: "de_DE.ISO-8859-1",
        LC_ALL: "de_DE",
        LANGUAGE: "lt:az",
        TZ: "America/Lima",
      },
    ];
    const inputs = ["--input", SAMPLE, "--input", input];
    const outputs = await Promise.all(machines.map(async (machine, i) => {
      const env = { ...machine, SOURCE_DATE_EPOCH: "1000000000" };
      const args = ["report", ...inputs, "--quiet", "--out", `${dir}/${i}`];
      const { code, stderr } = await runCommandProcess(args, { env });
      assert.deepEqual([code, stderr], [0, ""]);
      return contents(`${dir}/${i}`);
    }));
    assert.match(Deno.readTextFileSync(`${dir}/1/${CSV}`), /^IRMAK,I,22,FIZIK$/m);
    for (const other of outputs.slice(1)) {
      for (const name of FILES) {
        assert.ok(
          other.get(name) === outputs[0]!.get(name),
          name,
        );
      }
    }
  },
);

// --- size ---------------------------------------------------------------------------------

const TIME = "/usr/bin/time";
const canMeasure = hasProcesses && isLinux && await works(TIME, "-f", "%M", "true");
const NO_TIME = "there is no GNU time";

/** What a run took. */
interface Taken extends Ran {
  /** Its memory at the highest, in MB. */
  readonly peakMb: number;
  /** Its time on all cores, in seconds: what others run beside it does not count. */
  readonly cpuSeconds: number;
}

/** Runs `report` on the input, a file's bytes piped where `isPiped`; measures it. */
async function measured(
  dir: string,
  input: string,
  { isPiped = false, flags = [] as readonly string[] } = {},
): Promise<Taken> {
  const from = isPiped ? "-" : input;
  const args = ["report", "--input", from, "--out", `${dir}/out`, "--quiet", ...flags];
  const time = [TIME, "-f", "%M %U %S", "-o", `${dir}/time`, ...commandWords(args)];
  const script = isPiped ? 'cat "$0" | "$@"' : '"$@"';
  const ran = await run("sh", "-c", script, input, ...time);
  const lines = Deno.readTextFileSync(`${dir}/time`).trim().split("\n");
  const [kb, user, system] = lines.at(-1)!.split(" ").map(Number);
  return { ...ran, peakMb: kb! / 1000, cpuSeconds: user! + system! };
}

/** Returns the funnel of the run. */
function funnelOf(dir: string): Record<string, number> {
  return JSON.parse(Deno.readTextFileSync(`${dir}/out/report.json`)).funnel;
}

/** Says what was measured where somebody wants to know. */
function tell(what: string, { peakMb, cpuSeconds }: Taken): void {
  if (Deno.args.includes("--figures")) {
    console.info(`${what}: ${peakMb.toFixed(0)} MB, ${cpuSeconds.toFixed(2)} s of CPU`);
  }
}

/** Above the memory of a run on 1 MB, in MB: the garbage that no collection has taken yet. */
const SLACK_MB = 120;

needs(
  canMeasure,
  NO_TIME,
  "100 MB need as much memory as 1 MB",
  async (dir) => {
    const small = await measured(dir, manySamples(dir, "small", 7));
    tell("1 MB", small);
    const large = await measured(dir, manySamples(dir, "large", 720));
    tell("101 MB", large);
    assert.deepEqual([small.code, large.code], [0, 0], large.stderr);
    assert.equal(funnelOf(dir).kept, 720 * 1432);
    assert.ok(
      large.peakMb < small.peakMb + SLACK_MB,
      `${large.peakMb} MB for 100 MB, ${small.peakMb} MB for 1 MB`,
    );
  },
);

/** As much memory as 200 MB may need, in MB: less than if they were held in it. */
const MOST_FOR_200_MB = 250;

const MB_200 = 200 * 1024 * 1024;

needs(
  canMeasure,
  NO_TIME,
  "a line of 200 MB without an end is one reject, in constant memory",
  async (dir) => {
    const input = put(dir, "in", SOME_RECORDS);
    Deno.truncateSync(input, MB_200); // NULs that take no room on the disk
    for (const isPiped of [false, true]) {
      const taken = await measured(dir, input, { isPiped });
      tell(`200 MB of one line${isPiped ? ", piped" : ""}`, taken);
      assert.deepEqual([taken.code, taken.stderr], [0, ""]);
      assert.deepEqual([funnelOf(dir).rejected, funnelOf(dir).kept], [1, 20_000]);
      assert.ok(taken.peakMb < MOST_FOR_200_MB, `${taken.peakMb} MB`);
    }
    const [reject] = Deno.readTextFileSync(`${dir}/out/rejects.jsonl`).split("\n");
    const { reason, bytes, byte_offset } = JSON.parse(reject!);
    assert.equal(reason, "too_long");
    assert.equal(bytes, MB_200 - SOME_RECORDS.length);
    assert.equal(byte_offset, SOME_RECORDS.length);
  },
);

/** Writes gzip data of 20 equal pieces of 10 MB after some records. */
function bomb(dir: string, piece: Uint8Array): string {
  const path = put(dir, "bomb.gz", gzipSync(SOME_RECORDS));
  const packed = gzipSync(piece, { level: 1 });
  for (let i = 0; i < 20; i++) Deno.writeFileSync(path, packed, { append: true });
  assert.ok(Deno.statSync(path).size < MB_200 / 50);
  return path;
}

needs(
  canMeasure,
  NO_TIME,
  "a gzip bomb of one line is one reject, in constant memory",
  async (dir) => {
    const input = bomb(dir, new Uint8Array(MB_200 / 20));
    const taken = await measured(dir, input, { isPiped: true });
    tell("gzip bomb of zeros", taken);
    assert.deepEqual([taken.code, taken.stderr], [0, ""]);
    assert.deepEqual([funnelOf(dir).rejected, funnelOf(dir).kept], [1, 20_000]);
    assert.ok(taken.peakMb < MOST_FOR_200_MB, `${taken.peakMb} MB`);
  },
);

needs(
  canMeasure,
  NO_TIME,
  "a gzip bomb of many lines is read in constant memory",
  async (dir) => {
    const line = `Ali Bennis,21,Law${" ".repeat(1006)}\n`;
    const input = bomb(dir, new TextEncoder().encode(line.repeat(MB_200 / 20 / 1024)));
    const taken = await measured(dir, input, { isPiped: true });
    tell("gzip bomb of lines", taken);
    assert.deepEqual([taken.code, taken.stderr], [0, ""]);
    assert.equal(funnelOf(dir).kept, 20_000 + MB_200 / 1024);
    assert.ok(taken.peakMb < MOST_FOR_200_MB, `${taken.peakMb} MB`);
  },
);

/** As much memory as a hostile record may need, in MB, without what draws the page. */
const MOST_MB = 200;

interface Hostile {
  readonly what: string;
  readonly content: () => string;
  /** Read, rejected. */
  readonly funnel: readonly [number, number];
  readonly flags?: readonly string[];
}

const GOOD = "Ali Bennis,21,Law\n";
const HOSTILE: readonly Hostile[] = [
  {
    what: "a million columns",
    content: () => `${GOOD}${",".repeat(1e6)}\n${GOOD}`,
    funnel: [3, 1],
  },
  {
    what: "a field of 10 MB",
    content: () => `${GOOD}Ali Bennis,21,${"x".repeat(1e7)}\n${GOOD}`,
    funnel: [3, 1],
  },
  {
    what: "a quoted field of 10 MB over 100,000 lines",
    content: () => `${GOOD}A B,21,"${`${"x".repeat(99)}\n`.repeat(100_000)}"\n${GOOD}`,
    funnel: [100_003, 100_001],
  },
  {
    what: "a quote that never closes before 100,000 good lines",
    content: () => `${GOOD}Ali Bennis,21,"Law\n${GOOD.repeat(100_000)}`,
    funnel: [100_002, 1],
  },
  {
    what: "a first line of 30,000 columns",
    content: () => `${"a;".repeat(30_000)}\n${GOOD}`,
    funnel: [2, 1],
    flags: ["--delimiter", ","],
  },
  {
    what: "nothing but quotes",
    content: () => `${GOOD}${'"'.repeat(500_000)}\n${GOOD}`,
    funnel: [3, 1],
  },
  {
    what: "a quote at the start of each line",
    content: () => `${GOOD}${'"a\n'.repeat(50_000)}`,
    funnel: [50_001, 50_000],
  },
  {
    what: "a quote at the end of each line",
    content: () => `${GOOD}${'a,b,"\n'.repeat(50_000)}`,
    funnel: [25_001, 25_000],
  },
  {
    what: "doubled quotes in each line",
    content: () => `${GOOD}${'a,"b""\n'.repeat(50_000)}`,
    funnel: [50_001, 50_000],
  },
  {
    what: "white space that a regular expression could try in many ways",
    content: () =>
      `${GOOD}${`Ali${" \t".repeat(15_000)}Bennis${" ".repeat(30_000)}x,2`}\n`
        .repeat(10),
    funnel: [20, 10],
  },
  {
    what: "records of a quote and 60 KB that are just not too long",
    content: () => `${GOOD}${`"${"x".repeat(60_000)}\n`.repeat(30)}`,
    funnel: [31, 30],
  },
];

/** The time that a hostile input may take, in seconds of CPU; Deno itself starts in 0.2. */
const MOST_SECONDS = 2;

for (const { what, content, funnel, flags = [] } of HOSTILE) {
  needs(
    canMeasure,
    NO_TIME,
    `${what}: refused one by one, soon, in little memory`,
    async (dir) => {
      const taken = await measured(dir, put(dir, "in", content()), {
        flags: [...flags, "--no-html"],
      });
      tell(what, taken);
      assert.equal(taken.code, 0, taken.stderr);
      const { read, rejected } = funnelOf(dir);
      assert.deepEqual([read, rejected], funnel);
      assert.ok(taken.cpuSeconds < MOST_SECONDS, `${taken.cpuSeconds} s`);
      assert.ok(taken.peakMb < MOST_MB, `${taken.peakMb} MB`);
    },
  );
}
