/**
 * Real processes that ingest into a store and are killed, stopped or read meanwhile.
 */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import { readStore } from "../lib/stream/snapshot.ts";
import { readStores } from "../lib/stream/stored.ts";
import { checkStore, openHere } from "./store_support.ts";
import { processTest, runHere } from "./support.ts";

const CHILD = new URL("store_child.ts", import.meta.url).pathname;
const FOREVER = 1e9;

function startChild(path: string, end: number): Deno.ChildProcess {
  const args = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write"];
  return new Deno.Command(Deno.execPath(), {
    args: [...args, CHILD, path, String(end)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Waits until the child has said so; false where it ended before. */
async function said(child: Deno.ChildProcess, word: string): Promise<boolean> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(`${word}\n`)) {
    const { done, value } = await reader.read();
    if (done) return false;
    text += value;
  }
  void reader.cancel();
  return true;
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** When a process is killed: so many milliseconds at most after it said so. */
const MOMENTS: readonly (readonly [after: string, withinMs: number])[] = [
  ["", 100],
  ["opening", 10],
  ["opened", 5],
  ["opened", 150],
];
const KILLS = 28;

processTest(`a store survives ${KILLS} kills at random moments`, async (dir) => {
  const path = `${dir}/live`;
  for (let i = 0; i < KILLS; i++) {
    const [after, withinMs] = MOMENTS[i % MOMENTS.length]!;
    const child = startChild(path, FOREVER);
    if (after !== "") assert.ok(await said(child, after));
    else void child.stdout.cancel();
    await wait(withinMs * Math.random());
    child.kill("SIGKILL");
    const { signal } = await child.status;
    assert.equal(signal, "SIGKILL");
  }
  // on a busy machine none of them may have come far: one has time to commit before it dies
  const child = startChild(path, FOREVER);
  assert.ok(await said(child, "opened"));
  while ((await readStores(path))[0]!.counts.read <= 200) await wait(10);
  child.kill("SIGKILL");
  await child.status;
  const reached = [...(await checkStore(path, { isClosed: false })).values()];

  const end = Math.max(...reached) + 100;
  const last = startChild(path, end);
  await last.stdout.cancel();
  assert.equal((await last.status).code, 0);
  assert.deepEqual(await checkStore(path), new Map([[0, end], [1, end]]));
});

processTest(
  "a store in use is refused, naming the process, until that is gone; a stopped one holds it",
  async (dir) => {
    const path = `${dir}/live`;
    const child = startChild(path, FOREVER);
    assert.ok(await said(child, "opened"));
    const refused = async (): Promise<void> => {
      await assert.rejects(openHere(path), (error: PipelineError) => {
        assert.equal(
          error.message,
          `Cannot use ${path}: process ${child.pid} (since 2026-01-31T12:00:00.000Z) is using it`,
        );
        assert.match(error.hint!, /^Stop that process first, or give another folder/);
        return error.exitCode === 6;
      });
    };
    await refused();
    child.kill("SIGSTOP");
    await refused();
    child.kill("SIGKILL");
    await child.status;
    (await openHere(path))[Symbol.dispose]();
    await checkStore(path);
  },
);

processTest(
  "a store is read and reported on while a stream writes to it",
  async (dir) => {
    const path = `${dir}/live`;
    const child = startChild(path, FOREVER);
    assert.ok(await said(child, "opened"));
    let read = 0;
    // numbers of two moments would not add up, and readStore() refuses those
    for (let i = 0; i < 300; i++) await readStore(path);
    await checkStore(path, { isClosed: false });
    for (let grown = 0; grown < 5;) {
      const args = ["--input", path, "--out", `${dir}/out`, "--no-html", "--json"];
      const { code, stdout, stderr } = await runHere(["report", ...args]);
      assert.equal(code, 0, stderr);
      const { funnel } = JSON.parse(stdout);
      assert.ok(funnel.read >= read, `${funnel.read} records after ${read}`);
      if (funnel.read > read) grown++;
      read = funnel.read;
    }
    child.kill("SIGKILL");
    await child.status;
    // what a killed process leaves can be read too, before anybody has opened it again
    const [stored] = await readStores(path);
    assert.ok(stored!.counts.read >= read);
    await checkStore(path, { isClosed: false });
  },
);
