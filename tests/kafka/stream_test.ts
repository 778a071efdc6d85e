/**
 * `deno task stream` against a real broker: the same bytes as `report`, each message once
 * whatever dies.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { readStore } from "../../lib/stream/snapshot.ts";
import { checkStore } from "../store_support.ts";
import { runCommandProcess } from "../support.ts";
import {
  LONG_SESSION_MS,
  openFeeder,
  PARTITIONS,
  readAll,
  runStream,
  sent,
  SESSION_MS,
  startStream,
  TOPIC,
  until,
  wait,
} from "./stream_support.ts";
import { flagsFor, kafkaTest, newTopic, putCertificates, useBroker } from "./support.ts";

const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  return { topic: TOPIC, partitions: PARTITIONS };
});

const SAMPLE = resolve("data/students.csv");
/** For a stream that is to be killed. */
const SHORT = { session: SESSION_MS };

/** Produces the sample to a new topic; returns its name and the folder of its report. */
async function produceSample(partitions: number): Promise<readonly [string, string]> {
  const { folder: cwd, broker } = bench();
  const topic = await newTopic(broker, partitions);
  const out = `${cwd}/report-of-${topic}`;
  const runs = [
    ["produce", "--input", SAMPLE, "--topic", topic, ...flagsFor(bench())],
    ["report", "--input", SAMPLE, "--out", out],
  ];
  for (const args of runs) {
    const { code, stderr } = await runCommandProcess(args, { cwd });
    assert.equal(code, 0, stderr);
  }
  return [topic, out];
}

/** Returns the lines of a file, in their own or in no order. */
function linesOf(path: string, { inOrder = true } = {}): readonly string[] {
  const lines = Deno.readTextFileSync(path).split("\n");
  return inOrder ? lines : lines.toSorted();
}

/** Returns the rejects but for their places. */
function rejectsOf(path: string, { inOrder = true } = {}): readonly string[] {
  const rejects = linesOf(path).slice(0, -1).map((line) => {
    const { reason, raw, raw_base64, bytes } = JSON.parse(line);
    return JSON.stringify({ reason, raw, raw_base64, bytes });
  });
  return inOrder ? rejects : rejects.toSorted();
}

for (const partitions of [1, 3]) {
  const order = partitions === 1 ? "the same bytes" : "the same lines";
  kafkaTest(
    `the sample over ${partitions} partitions gives ${order} as report does`,
    async () => {
      const [topic, out] = await produceSample(partitions);
      const live = `${bench().folder}/live-${topic}`;
      const streamed = `${bench().folder}/streamed-${topic}`;
      const flags = ["--topic", topic, "--group-id", topic, "--store", live];
      const { stdout } = await readAll(bench(), [...flags, "--out", streamed]);
      assert.match(
        stdout,
        /Read +2,007\nBlank +7\nRefused +75\nFiltered +493\nKept +1,432\n/,
      );
      const inOrder = partitions === 1;
      for (const folder of [live, streamed]) {
        const csv = "etudiants_transformed.csv";
        assert.deepEqual(
          linesOf(`${folder}/${csv}`, { inOrder }),
          linesOf(`${out}/${csv}`, { inOrder }),
        );
        assert.deepEqual(
          rejectsOf(`${folder}/rejects.jsonl`, { inOrder }),
          rejectsOf(`${out}/rejects.jsonl`, { inOrder }),
        );
      }
      assert.deepEqual(
        linesOf(`${streamed}/statistics.csv`),
        linesOf(`${out}/statistics.csv`),
      );
      // a second run has nothing to add
      await readAll(bench(), [...flags, "--out", streamed]);
      assert.equal(linesOf(`${live}/etudiants_transformed.csv`).length, 1434);
    },
  );
}

for (const [signal, exitCode] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  kafkaTest(`${signal} ends a stream with all that came in the store`, async () => {
    const store = `${bench().folder}/${signal}`;
    const flags = ["--store", store, "--group-id", signal];
    await using feeder = await openFeeder(bench());
    await feeder.send(2000);
    await feeder.send(2000);
    {
      await using _flow = feeder.flow();
      for (let i = 0; i < 2; i++) {
        const { child, said, ended } = startStream(bench(), flags);
        await said("Reading"); // at once: the one before has left the group
        const csv = `${store}/etudiants_transformed.csv`;
        const size = Deno.statSync(csv).size;
        while (Deno.statSync(csv).size === size) await wait(20);
        const before = performance.now();
        child.kill(signal);
        const { code, stderr } = await ended;
        assert.equal(code, exitCode, stderr);
        assert.match(
          stderr,
          /Stopped by .+\n {7}All that came is in the store; the next start goes on from there\n$/,
        );
        assert.ok(performance.now() - before < 5000);
        const reached = [...(await checkStore(store)).values()];
        assert.ok(Math.max(...reached) > 0);
      }
    }
    await readAll(bench(), flags);
    assert.deepEqual(await checkStore(store), sent());
  });
}

kafkaTest("a second signal ends a stream at once", async () => {
  const store = `${bench().folder}/twice`;
  const flags = ["--store", store, "--group-id", "twice"];
  const { child, said, ended } = startStream(bench(), flags, SHORT);
  await said("Reading");
  child.kill("SIGINT");
  child.kill("SIGINT");
  assert.equal((await ended).code, 130);
  await readAll(bench(), flags);
  assert.deepEqual(await checkStore(store), sent());
});

kafkaTest("a stream outlives its broker, killed and stopped", async () => {
  const { broker, folder } = bench();
  const store = `${folder}/outlives`;
  const flags = ["--store", store, "--group-id", "outlives"];
  await using feeder = await openFeeder(bench());
  const { child, said, ended } = startStream(bench(), flags);
  await said("Reading");
  for (const stop of [() => broker.kill(), () => broker.stop()]) {
    await feeder.send(500);
    await stop();
    await said("Kafka does not answer: trying again");
    await broker.start();
    const started = performance.now();
    await said("Kafka answers again");
    assert.ok(performance.now() - started < 3000);
    await feeder.send(500);
    await until(async () => {
      const { contents: { partitions } } = await readStore(store);
      return [...sent()].every(([partition, end]) =>
        partitions.get(partition)?.ranges.at(-1)?.next === BigInt(end)
      );
    });
    // a new member would wait for the end of the session that the old one has
    assert.ok(performance.now() - started < LONG_SESSION_MS / 2);
  }
  child.kill("SIGTERM");
  assert.equal((await ended).code, 143);
  await readAll(bench(), flags);
  assert.deepEqual(await checkStore(store), sent());
});

kafkaTest("a stream that cannot reach Kafka ends with code 5", async () => {
  const args = [
    "--bootstrap-servers",
    "127.0.0.1:1",
    "--store",
    `${bench().folder}/none`,
  ];
  const { code, stderr } = await runStream(bench(), args);
  assert.equal(code, 5);
  assert.match(
    stderr,
    /^error: Cannot use Kafka at 127.0.0.1:1: nothing listens there\n/,
  );
});
