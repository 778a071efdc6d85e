/** Sessions on a real Spark: what they can, what goes wrong in them, that nothing is left. */
import assert from "node:assert/strict";
import { PipelineError } from "../../lib/errors.ts";
import type { SparkProgress, SparkSession } from "../../lib/spark/session.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { put } from "../support.ts";
import { connect, script, sparkTest, texts, until, useSpark } from "./support.ts";

let webPort = 0;

const cluster = useSpark(() => {
  [webPort] = freePorts(1) as [number];
  return {
    settings: {
      "spark.ui.enabled": "true",
      "spark.ui.port": `${webPort}`,
      "spark.driver.maxResultSize": "64m",
    },
  };
});

/** A test with a session on the server. */
function sessionTest(
  name: string,
  fn: (session: SparkSession, folder: string) => Promise<void>,
): void {
  sparkTest(name, async () => {
    await using session = await connect(cluster());
    await fn(session, cluster().folder);
  });
}

/** Returns how many jobs run on the cluster, as its own page tells. */
async function runningJobs(): Promise<number> {
  const api = `http://127.0.0.1:${webPort}/api/v1/applications`;
  const [{ id }] = await (await fetch(api)).json();
  return (await (await fetch(`${api}/${id}/jobs?status=running`)).json()).length;
}

sessionTest("sql() yields the rows of a query, none too", async (session) => {
  assert.match(session.serverVersion, /^4\.\d+\.\d+$/);
  assert.deepEqual(await texts(session.sql("SELECT string(id) FROM range(3)")), [
    ...["0", "1", "2"],
  ]);
  const none = "SELECT string(id) FROM range(3) WHERE id > 3";
  assert.deepEqual(await texts(session.sql(none)), []);
});

sessionTest("sql() takes texts apart from the query", async (session) => {
  const text = "it's \\ \"; -- :b é\u0001\n";
  const args = { a: text, b: "2" };
  assert.deepEqual(await texts(session.sql("SELECT :a || :b", { args })), [text + "2"]);
});

sessionTest("config() sets what Spark does in this session", async (session) => {
  await session.config({ "spark.sql.session.timeZone": "Asia/Riyadh" });
  assert.deepEqual(await texts(session.sql("SELECT current_timezone()")), [
    "Asia/Riyadh",
  ]);
  await using other = await connect(cluster());
  assert.notEqual(
    (await texts(other.sql("SELECT current_timezone()"))).join(),
    "Asia/Riyadh",
  );
});

sessionTest("addFile() lays a file where scripts find it", async (session) => {
  const bytes = new TextEncoder().encode("bonjour\n".repeat(50_000));
  await session.addFile("words.txt", bytes);
  const path = `./${session.serverSessionId}/words.txt`;
  assert.deepEqual(await texts(session.sql(script(`wc -c < ${path}`))), [
    `${bytes.length}`,
  ]);
});

sessionTest(
  "createView() reads files, command() writes some",
  async (session, folder) => {
    const out = `${folder}/it's out`;
    await session.command(
      `INSERT OVERWRITE DIRECTORY "${out}" USING text SELECT 'a b'`,
    );
    await session.createView("written", {
      format: "text",
      options: { lineSep: " " },
      paths: [out],
      columns: ["value", "_metadata.file_path AS file"],
    });
    const query = "SELECT trim('\n' FROM value) FROM written ORDER BY 1";
    assert.deepEqual(await texts(session.sql(query)), ["a", "b"]);
    const [file] = await texts(session.sql("SELECT max(file) FROM written"));
    assert.match(file!, /^file:\/.*out\/part-/);
  },
);

sessionTest("sql() tells of progress", async (session) => {
  const told: SparkProgress[] = [];
  const onProgress = (progress: SparkProgress) => told.push(progress);
  const query = script("sleep 1; wc -l", "range(0, 6, 1, 3)");
  assert.equal((await texts(session.sql(query, { onProgress }))).length, 3);
  assert.ok(told.every(({ done, total }) => done <= total));
  assert.ok(told.some(({ done, total }) => done < total), JSON.stringify(told));
  assert.deepEqual(told.at(-1), { done: 3, total: 3, stages: 1 });
});

const DEBUG = "Run again with --debug for all that Spark tells";

const FAILURES:
  readonly (readonly [query: string, what: string, hint: string, cause: RegExp])[] = [
    [
      "SELECT * FROM text.`/no/such/file`",
      "Spark says: [PATH_NOT_FOUND] Path does not exist: file:/no/such/file",
      "Name a path that the cluster sees: its machines read it",
      /^org\.apache\.spark\.sql\.AnalysisException: \[PATH_NOT_FOUND\].* SQLSTATE: 42K03/,
    ],
    [
      "SELEC 1",
      "Spark says: [PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'",
      DEBUG,
      /ParseException: .*== SQL ==/s,
    ],
    [
      "SELECT string(1/0)",
      "Spark says: [DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate " +
      "divisor being 0 and return NULL instead. If necessary set " +
      '"spark.sql.ansi.enabled" to "false" to bypass this error',
      DEBUG,
      /ArithmeticException/,
    ],
    [
      `SELECT raise_error(repeat("long ", 100))`,
      `Spark says: [USER_RAISED_EXCEPTION] ${"long ".repeat(55)}…`,
      DEBUG,
      /(long ){100}/,
    ],
    [
      "SELECT repeat('x', 1000000) FROM range(0, 80, 1, 2)",
      "The result is larger than spark.driver.maxResultSize of the cluster allows",
      "Leave it on the cluster with --parts URI, or have that setting raised",
      /Job aborted due to stage failure: Total size of serialized results/,
    ],
    [
      script(
        "cat >/dev/null; echo error: of ours >&2; echo at line 1 >&2; sleep 1; exit 3",
      ),
      "The worker on an executor ended with status 3: error: of ours",
      DEBUG,
      /Subprocess exited with status 3/,
    ],
    [
      script("cat >/dev/null; tput -T xterm bold >&2; echo bold >&2; sleep 1; exit 4"),
      "The worker on an executor ended with status 4: bold",
      DEBUG,
      /Subprocess exited with status 4/,
    ],
    [
      script("cat >/dev/null; sleep 1; exit 5"),
      "The worker on an executor ended with status 5: it said nothing",
      DEBUG,
      /Subprocess exited with status 5/,
    ],
    [
      script("PATH=; deno run x.js || { rc=$?; /bin/cat >/dev/null; exit $rc; }"),
      "An executor of Spark has no Deno",
      "Install it on every machine of the cluster, on the PATH of the executors",
      /Subprocess exited with status 127/,
    ],
  ];

sessionTest(
  "what Spark says becomes two lines, and all of it the cause",
  async (session) => {
    for (const [query, message, hint, cause] of FAILURES) {
      await assert.rejects(texts(session.sql(query)), (error: PipelineError) => {
        assert.deepEqual([error.message, error.hint], [message, hint]);
        assert.equal(error.exitCode, 7);
        assert.match((error.cause as Error).stack!, cause);
        return true;
      });
    }
    const view = { format: "text", paths: ["/no/such/file"] };
    await assert.rejects(session.createView("none", view), /\[PATH_NOT_FOUND\]/);
    await assert.rejects(
      session.command("DROP VIEW none"),
      /\[TABLE_OR_VIEW_NOT_FOUND\]/,
    );
    await assert.rejects(
      session.config({ "spark.driver.memory": "1g" }),
      /Spark says: \[CANNOT_MODIFY_(STATIC_)?CONFIG/,
    );
  },
);

/** Returns whether a process is there. */
function isThere(pid: string): boolean {
  return new Deno.Command("kill", { args: ["-0", pid], stderr: "null" })
    .outputSync().success;
}

/** Ways to leave a query before its end. */
const EXITS: readonly (readonly [
  name: string,
  leave: (
    answer: AsyncGenerator<Uint8Array, void>,
    controller: AbortController,
  ) => Promise<unknown>,
])[] = [
  ["a signal", async (answer, controller) => {
    const reason = new PipelineError("interrupted", "Stopped by Ctrl-C");
    const waiting = assert.rejects(answer.next(), reason);
    controller.abort(reason);
    await waiting;
  }],
  ["leaving the loop", (answer) => answer.return()],
];

for (const [name, leave] of EXITS) {
  sparkTest(`${name} ends the query on the cluster`, async () => {
    const controller = new AbortController();
    await using session = await connect(cluster(), { signal: controller.signal });
    const file = `${cluster().folder}/${name.replaceAll(" ", "_")}`;
    // one task answers at once; the other one has minutes of work before it
    put(cluster().folder, "many.txt", `${"x".repeat(1000)}\n`.repeat(20_000));
    const query = script(
      `echo $$ >> ${file}; while read line; do sleep 0.01; done; echo done`,
      `(SELECT "1" id UNION ALL SELECT value FROM text.\`${cluster().folder}/many.txt\`)`,
    );
    const answer = session.sql(query);
    await answer.next();
    const scripts = () => Deno.readTextFileSync(file).trim().split("\n");
    await until("both scripts have begun", () => scripts().length === 2);
    assert.ok(scripts().some(isThere));
    assert.equal(await runningJobs(), 1);
    await leave(answer, controller);
    await until("both scripts have ended", () => !scripts().some(isThere));
    await until("no job runs", async () => await runningJobs() === 0);
  });
}
