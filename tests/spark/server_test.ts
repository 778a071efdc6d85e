/** The server for trying things on: what it prints, how it ends, what it cannot start with. */
import assert from "node:assert/strict";
import { openSession } from "../../lib/spark/session.ts";
import { parseAddress } from "../../lib/spark/address.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { findJars } from "../../tools/java/jars.ts";
import { sparkCommand } from "../../tools/spark/command.ts";
import { reasonIn, SPARK } from "../../tools/spark/spark.ts";
import { processTest, runHere } from "../support.ts";
import { hasSpark, script, startTestSpark, texts, until } from "./support.ts";

const ROOT = new URL("../../", import.meta.url);

/** A test with a folder for a server. */
function serverTest(name: string, fn: (folder: string) => Promise<void>): void {
  processTest(name, fn, { ignore: !hasSpark });
}

/** Starts the server as its task does. */
function startTask(
  folder: string,
  port: number,
  more: readonly string[] = [],
): Deno.ChildProcess {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const words: string[] = tasks.spark.command.split(" ").slice(1);
  const flags = ["--data", folder, "--port", `${port}`, "--memory", "512m"];
  return new Deno.Command(Deno.execPath(), {
    args: [...words, ...flags, "--cores", "1", ...more],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

serverTest(
  "spark prints one line when it answers, and Ctrl-C ends it",
  async (folder) => {
    await findJars(SPARK, () => {}); // else the first start tells that it fetches them
    const [port] = freePorts(1) as [number];
    const child = startTask(folder, port);
    const [first, all] = child.stdout.tee();
    const { value } = await first.getReader().read();
    const answers = `Spark answers at sc://127.0.0.1:${port}; Ctrl-C stops it\n`;
    assert.equal(new TextDecoder().decode(value), answers);
    {
      await using session = await openSession(parseAddress(`sc://127.0.0.1:${port}`));
      // a script finds the Deno that runs this
      const [version] = await texts(
        session.sql(script("cat; deno --version | head -n 1")),
      )
        .then((lines) => lines.slice(1));
      assert.match(version!, new RegExp(`^deno ${Deno.version.deno} `));
    }
    child.kill("SIGINT");
    const [{ code }, stdout, stderr] = await Promise.all([
      child.status,
      new Response(all).text(),
      child.stderr.text(),
    ]);
    assert.deepEqual([code, stdout, stderr], [
      130,
      answers,
      "error: Stopped by Ctrl-C\n       What was running on it has ended\n",
    ]);
    assert.deepEqual([...Deno.readDirSync(`${folder}/${port}`)].map(({ name }) => name), [
      "spark.log",
    ]);
  },
);

/** Returns the processes that a process has started. */
function childrenOf(pid: number): readonly number[] {
  const { stdout } = new Deno.Command("pgrep", { args: ["-P", `${pid}`] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1).map(Number);
}

function isRunning(pid: number): boolean {
  const args = ["-0", `${pid}`];
  return new Deno.Command("kill", { args, stderr: "null" }).outputSync().success;
}

serverTest(
  "a server that is killed while its executors work, and comes back",
  async (folder) => {
    const [port] = freePorts(1) as [number];
    const task = startTask(folder, port, ["--executors", "2"]);
    const [first, all] = task.stdout.tee();
    await first.getReader().read();
    const [server] = childrenOf(task.pid) as [number];
    await using session = await openSession(parseAddress(`sc://127.0.0.1:${port}`));
    const query = script(`echo $$ > ${folder}/pid; cat`, "range(100000000)");
    const answer = texts(session.sql(query));
    const lost = assert.rejects(answer, {
      kind: "engine",
      message: `The connection to Spark at 127.0.0.1:${port} is lost`,
      hint: "See its log; run this again when it is back",
    });
    await until("an executor works", () => hasFile(`${folder}/pid`));
    const executors = childrenOf(server);
    assert.equal(executors.length, 2);
    Deno.kill(server, "SIGKILL");
    await lost;
    const [{ code }, , stderr] = await Promise.all([
      task.status,
      new Response(all).text(),
      task.stderr.text(),
    ]);
    assert.equal(
      stderr,
      `error: The server has ended by itself\n       See ${folder}/${port}/spark.log\n`,
    );
    assert.equal(code, 7);
    await until("its executors have ended, too", () => !executors.some(isRunning));
    await using again = await startTestSpark(folder, { port });
    assert.equal(again.port, port);
    await assert.rejects(texts(session.sql("SELECT 'a'")), {
      message: "Spark has ended our session, or has been started again",
      hint: "Run this again; Spark's log tells why",
    });
  },
);

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

serverTest("a port that is taken: two lines", async (folder) => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const child = startTask(folder, port);
  const [{ code }, stderr] = await Promise.all([child.status, child.stderr.text()]);
  await child.stdout.cancel();
  assert.deepEqual([code, stderr], [
    7,
    `error: Cannot start the server: port ${port} is taken\n` +
    "       Stop what listens there (another server?), or choose another with --port\n",
  ]);
});

serverTest("too little memory, no Java, no Maven: two lines", async (folder) => {
  await assert.rejects(startTestSpark(folder, { memoryMb: 100 }), {
    kind: "engine",
    message: "Cannot start the server: it has too little memory",
    hint: "Give it 512m or more with --memory",
  });
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", folder);
  try {
    await assert.rejects(startTestSpark(folder), {
      kind: "engine",
      message: "Cannot run java: it does not exist",
      hint: "Install Java 17 or newer (Debian: apt install default-jre-headless)",
    });
    await assert.rejects(findJars(SPARK, () => {}, `${folder}/jars`), {
      kind: "engine",
      message: "Cannot run mvn: it does not exist",
      hint: "Install Apache Maven (Debian: apt install maven), then run this again",
    });
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("reasonIn() knows what Java and Spark say when they cannot start", () => {
  const cases = [
    [
      "java.lang.UnsupportedClassVersionError: org/apache/spark/…",
      "this Java is too old",
      "Install Java 17 or newer (Debian: apt install default-jre-headless)",
    ],
    ["java.io.IOException: No space left on device", "the disk is full", "Make room"],
    [
      "System memory 101384192 must be at least 471859200.",
      "it has too little memory",
      "Give it 512m or more with --memory",
    ],
    [
      "Could not reserve enough space for 1048576000KB object heap",
      "this machine has less memory",
      "Give it less with --memory",
    ],
    ["Error", "Spark ended at once", "See data/spark.log"],
  ] as const;
  for (const [log, ...reason] of cases) assert.deepEqual(reasonIn(log, "data"), reason);
});

const USAGE:
  readonly (readonly [args: readonly string[], first: string, second: string])[] = [
    [["--port", "0"], '--port cannot be "0"', "Give a whole number from 1 to 65535"],
    [
      ["--executors", "65"],
      '--executors cannot be "65"',
      "Give a whole number from 0 to 64",
    ],
    [["--cores", "0"], '--cores cannot be "0"', "Give a whole number from 1 to 1024"],
    [
      ["--memory", "2"],
      '--memory cannot be "2"',
      "Give so many megabytes or gigabytes: 512m, 2g",
    ],
    [["--memory", "511m"], '--memory cannot be "511m"', "Give 512m or more"],
    [["--core", "1"], "There is no flag --core", "Did you mean --cores? See --help"],
  ];

for (const [args, first, second] of USAGE) {
  Deno.test(`spark ${args.join(" ")} ends with 2`, async () => {
    const commands = new Map([["spark", () => Promise.resolve(sparkCommand)]]);
    const { code, stdout, stderr } = await runHere(["spark", ...args], {}, commands);
    assert.equal(stderr, `error: ${first}\n       ${second}\n`);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}
