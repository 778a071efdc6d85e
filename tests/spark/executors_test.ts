/**
 * A real Spark with executors that are processes of their own: the same bytes as without it,
 * also when one is killed in the middle; and what is said when none is left.
 */
import assert from "node:assert/strict";
import { writeReport } from "../../lib/engine/local.ts";
import type { PipelineError } from "../../lib/errors.ts";
import { readFiles } from "../../lib/ingest/files.ts";
import type { Result } from "../../lib/report/result.ts";
import { findFiles } from "../../lib/spark/inputs.ts";
import { type SparkReportOptions, writeSparkReport } from "../../lib/spark/report.ts";
import type { SessionOptions, SparkProgress } from "../../lib/spark/session.ts";
import { connect, script, sparkTest, texts, until, useSpark } from "./support.ts";

const FILES = ["etudiants_transformed.csv", "statistics.csv", "rejects.jsonl"];
const SAMPLE = new URL("../../data/students.csv", import.meta.url).pathname;

/** The folder of the `java` that executors are started by. */
let javaHome = "";

const bench = useSpark((folder) => {
  javaHome = `${folder}/java`;
  Deno.mkdirSync(`${javaHome}/bin`, { recursive: true });
  startExecutorsBy('exec java "$@"');
  const settings = {
    "spark.executorEnv.JAVA_HOME": javaHome,
    "spark.task.maxFailures": "2",
  };
  return { executors: 2, settings };
});

function startExecutorsBy(command: string): void {
  const options = { mode: 0o755 };
  Deno.writeTextFileSync(`${javaHome}/bin/java`, `#!/bin/sh\n${command}\n`, options);
}

/** Reports on the sample through Spark. */
async function report(
  out: string,
  options: SparkReportOptions,
  told: SessionOptions = {},
): Promise<Result> {
  await using session = await connect(bench(), told);
  const files = await findFiles(session, [SAMPLE], {});
  const splitBytes = Math.ceil((Deno.statSync(SAMPLE).size + 1) / 7);
  return await writeSparkReport(session, files, {
    ...{ out, splitBytes, page: false },
    ...options,
  });
}

/** Asserts that the folder holds what a run without Spark writes. */
async function assertAsHere(out: string): Promise<void> {
  const local = `${bench().folder}/local`;
  await writeReport(await readFiles(SAMPLE), { out: local, page: false });
  for (const file of FILES) {
    const [found, expected] = [out, local].map((folder) =>
      Deno.readTextFileSync(`${folder}/${file}`)
    );
    assert.equal(found, expected, file);
  }
}

/** Asserts that a report fails with these two lines and leaves nothing. */
async function assertFails(
  done: Promise<unknown>,
  out: string,
  [message, hint]: readonly [message: string, hint: string],
): Promise<void> {
  await assert.rejects(done, (error: PipelineError) => {
    assert.deepEqual([error.message, error.hint], [message, hint]);
    assert.equal(error.exitCode, 7);
    return true;
  });
  assert.deepEqual([...Deno.readDirSync(out)], []);
}

/** A file to which processes add their numbers. */
function pidFile(name: string) {
  const path = `${bench().folder}/${name}.pids`;
  Deno.writeTextFileSync(path, "");
  const pids = () => Deno.readTextFileSync(path).split("\n").slice(0, -1).map(Number);
  return { path, pids };
}

const kill9 = (pid: number): void => Deno.kill(pid, "SIGKILL");

sparkTest("two executors give the bytes of a local run", async () => {
  const out = `${bench().folder}/two`;
  const { path, pids } = pidFile("two");
  const { run } = await report(out, { deno: `echo $PPID >> ${path}; deno` });
  await assertAsHere(out);
  assert.match(run.engine, new RegExp(`, ${pids().length} tasks$`));
  assert.equal(new Set(pids()).size, 2);
  assert.ok(!pids().includes(bench().server.pid));
});

sparkTest("an executor that is killed in the middle costs no byte", async () => {
  const out = `${bench().folder}/one`;
  const { path, pids } = pidFile("one");
  const go = `${bench().folder}/go`;
  const isHeld = `[ $(wc -l < ${path}) -gt 3 ] && [ ! -e ${go} ]`;
  const deno = `echo $PPID >> ${path}; while ${isHeld}; do sleep 0.1; done; deno`;
  const done = report(out, { deno });
  await until("two tasks are done, and two are held", () => pids().length >= 4);
  kill9(pids().at(-1)!);
  Deno.writeTextFileSync(go, "");
  const { run } = await done;
  await assertAsHere(out);
  const tasks = Number(/([0-9]+) tasks$/.exec(run.engine)![1]);
  assert.ok(pids().length > tasks, "what was lost has run again");
});

sparkTest("tasks that fail and run again are not more than all", async () => {
  await using session = await connect(bench());
  const told: SparkProgress[] = [];
  const here = `${bench().folder}/again`;
  // each fails once, and the last one waits
  const command = `read n; mkdir ${here}-$n || exec sh -c "while [ $n = 2 ] && ` +
    `[ ! -e ${here} ]; do sleep 0.1; done; echo $n"; exit 1`;
  const answer = texts(
    session.sql(script(command, "range(0, 3, 1, 3)"), {
      onProgress: (progress) => told.push(progress),
    }),
  );
  await until("two are done", () => told.at(-1)?.done === 3);
  Deno.writeTextFileSync(here, "");
  assert.deepEqual(await answer, ["0", "1", "2"]);
  assert.ok(told.every(({ done, total }) => done <= total), JSON.stringify(told));
});

sparkTest("executors without Deno, and ones that die again and again", async () => {
  const out = `${bench().folder}/none`;
  await assertFails(report(out, { deno: "no-such-deno" }), out, [
    "An executor of Spark has no Deno",
    "Install it on every machine of the cluster, on the PATH of the executors",
  ]);
  await assertFails(report(out, { deno: "kill -9 $PPID;" }), out, [
    "Spark has lost executors at the same work again and again: " +
    "Command exited with code 137",
    "See the logs of the executors; often they lack memory",
  ]);
});

sparkTest("what fails on an executor is told without the way to it", async () => {
  await using session = await connect(bench());
  await assert.rejects(session.write("SELECT 'a'", "/proc/none"), {
    message: /^Spark says: java\.io\.IOException: Mkdirs failed to create file:\/proc\//,
  });
});

sparkTest("executors that are killed and do not come back: two lines", async () => {
  const out = `${bench().folder}/idle`;
  const [workers, javas] = [pidFile("workers"), pidFile("javas")];
  const isAlive = "while kill -0 $PPID; do sleep 0.1; done";
  const deno = `echo $PPID >> ${workers.path}; ${isAlive}; deno`;
  const warnings: string[] = [];
  const done = report(out, { deno }, {
    idleMs: 4000,
    onWarning: (message) => warnings.push(message),
  });
  const failed = assertFails(done, out, [
    "No executor of Spark has worked on this for 4 s",
    "See whether its executors are there and what else they do; then run again",
  ]);
  await until("both executors work", () => workers.pids().length === 2);
  startExecutorsBy(`echo $$ >> ${javas.path}; exec sleep 300`);
  workers.pids().forEach(kill9);
  let hasFailed = false;
  failed.finally(() => hasFailed = true).catch(() => {});
  await until("the run has ended", () => hasFailed);
  await failed;
  assert.equal(
    warnings.at(-1),
    "No executor of Spark works on this: they are lost, or busy; waiting up to 4 s",
  );

  const controller = new AbortController();
  const waiting = report(out, {}, {
    idleMs: 60_000,
    onWarning: () => controller.abort(),
  });
  waiting.catch(() => {});
  controller.signal.addEventListener("abort", () => {
    Deno.removeSync(`${javaHome}/bin/java`);
    javas.pids().forEach(kill9);
  });
  const gone = [
    "Spark has stopped, and only its server still answers",
    "Start the server again; Spark's log tells why",
  ] as const;
  await assertFails(waiting, out, gone);
  await assertFails(report(out, {}), out, gone);
});
