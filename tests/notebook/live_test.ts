/**
 * `04_live` and what it is made of: a real topic looked at, a store that grows, the first
 * source that can be had. The notebook shows the report's numbers from each of them.
 */
import assert from "node:assert/strict";
import { openClient } from "../../lib/kafka/client.ts";
import {
  agesSoFar,
  allAges,
  countStudents,
  fastCleaner,
  followStores,
  openFirst,
  PipelineError,
  readTopic,
  type ReadTopicOptions,
  type Result,
  students,
  survey,
} from "../../lib/mod.ts";
import { readNotebook } from "../../lib/notebook/notebook.ts";
import { type ParameterValue, withParameters } from "../../lib/notebook/parameters.ts";
import { hasBroker, kafkaTest, newTopic, useBroker } from "../kafka/support.ts";
import { sendTo } from "../kafka/stream_support.ts";
import { ingestInto, messages, openHere, streamSample } from "../store_support.ts";
import { diskTest, processTest, runCommandProcess, runHere } from "../support.ts";
import { checkContent } from "./content.ts";
import { execute, jupyterTest, standard } from "./jupyter.ts";

const bench = useBroker();

/** How the tests reach the broker. */
const reach = (): ReadTopicOptions => ({
  servers: `127.0.0.1:${bench().broker.port}`,
  certs: bench().certificates,
});

const values = (...texts: readonly string[]) =>
  texts.map((text) => ({ value: new TextEncoder().encode(text) }));

/** Sends the records of the sample to a topic of its own; returns its name. */
async function sampleTopic(): Promise<string> {
  const topic = await newTopic(bench().broker, 2);
  const { servers, certs } = reach();
  const { code, stderr } = await runHere([
    ...["produce", "--topic", topic, "--bootstrap-servers", servers!],
    ...["--ssl-ca-location", `${certs}/ca.pem`],
    ...["--ssl-certificate-location", `${certs}/service.cert`],
    ...["--ssl-key-location", `${certs}/service.key`],
  ], { now: () => new Date() });
  assert.equal(code, 0, stderr);
  return topic;
}

kafkaTest("readTopic() reads what the topic holds, and commits nothing", async () => {
  const topic = await sampleTopic();
  const source = await readTopic(topic, reach());
  for (let i = 0; i < 2; i++) {
    const { funnel, examples } = await survey(source);
    assert.deepEqual([funnel.read, funnel.blank], [2007, 7]);
    assert.deepEqual(examples[0]!.position.source, topic);
    assert.ok([0, 1].includes(examples[0]!.position.partition!));
  }
  const client = await openClient(bench().broker.connection, { retries: 0 });
  const admin = client.admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  const ours = groups.filter(({ groupId }) => groupId.startsWith("cohort-look-"));
  assert.ok(ours.length >= 2, "each look has a group of its own");
  for (const { groupId } of ours) {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.deepEqual(found!.partitions.map(({ offset }) => offset), ["-1", "-1"]);
  }
  await admin.disconnect();
});

kafkaTest("readTopic() ends at once where the topic is empty", async () => {
  const topic = await newTopic(bench().broker, 3);
  const { funnel } = await survey(await readTopic(topic, reach()));
  assert.equal(funnel.read, 0);
});

kafkaTest("readTopic() follows what comes later, and can be left", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, values("Ali Bennis,21,Law", "Sara Alami,30,Art"));
  const seen: string[] = [];
  const options = { ...reach(), followMs: Infinity };
  for await (const batch of students(await readTopic(topic, options))) {
    seen.push(...batch.map(({ first }) => first));
    if (seen.includes("ZOÉ")) break;
    await sendTo(bench(), topic, values("Zoé Fassi,40,Art"));
  }
  assert.deepEqual(seen, ["ALI", "SARA", "ZOÉ"]);
});

kafkaTest("readTopic() takes without a follow what was there when it began", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, values("Ali Bennis,21,Law"));
  const seen: string[] = [];
  for await (const batch of students(await readTopic(topic, reach()))) {
    seen.push(...batch.map(({ first }) => first));
    await sendTo(bench(), topic, values("Zoé Fassi,40,Art"));
  }
  assert.deepEqual(seen, ["ALI"]);
});

kafkaTest("readTopic() follows for as long as it is told", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, values("Ali Bennis,21,Law"));
  const source = await readTopic(topic, { ...reach(), followMs: 300 });
  const began = performance.now();
  const counts: number[] = [];
  for await (const ages of agesSoFar(students(source))) {
    counts.push(countStudents(allAges(ages)));
  }
  assert.deepEqual(counts, [1]);
  assert.ok(performance.now() - began >= 300);
});

kafkaTest("readTopic() ends with the signal's reason", async () => {
  const topic = await newTopic(bench().broker);
  await sendTo(bench(), topic, values("Ali Bennis,21,Law"));
  const source = await readTopic(topic, { ...reach(), followMs: Infinity });
  const controller = new AbortController();
  const reason = new PipelineError("interrupted", "Stopped by Ctrl-C");
  await assert.rejects(async () => {
    for await (const _ of source.read(controller.signal)) controller.abort(reason);
  }, reason);
});

kafkaTest("readTopic() says that there is no such topic", async () => {
  const { port } = bench().broker;
  await assert.rejects(readTopic("nowhere", reach()), {
    kind: "kafka",
    message: `Kafka at 127.0.0.1:${port} has no topic nowhere`,
  });
});

diskTest("readTopic() refuses servers and certificates that cannot be used", async () => {
  await assert.rejects(readTopic("a", { servers: "here" }), {
    kind: "usage",
    message: 'servers cannot be "here"',
    hint: "Give servers with commas between them: kafka.example:9093,127.0.0.1:9094",
  });
  await assert.rejects(readTopic("a", { certs: "nowhere" }), {
    kind: "usage",
    message: "Cannot read nowhere/service.cert: it does not exist",
    hint: "Make it with deno task certs, or say where yours is with certs",
  });
});

processTest("readTopic() says that nobody listens", async () => {
  await assert.rejects(readTopic("a", { servers: "127.0.0.1:1", certs: "" }), {
    kind: "kafka",
    message: "Cannot use Kafka at 127.0.0.1:1: nothing listens there",
  });
});

diskTest(
  "followStores() gives the ages of all stores, again when they grow",
  async (folder) => {
    const [one, two] = [`${folder}/one`, `${folder}/two`];
    using first = await openHere(one);
    ingestInto(first).add(messages(0, 0, 10));
    using second = await openHere(two);
    const ingest = ingestInto(second, { partitions: [1] });
    ingest.add(messages(1, 0, 10));
    const counts: number[] = [];
    const options = { followMs: Infinity, everyMs: 1 };
    for await (const ages of await followStores([one, two], options)) {
      counts.push(countStudents(allAges(ages)));
      if (counts.length === 2) break;
      ingest.add(messages(1, 10, 20));
    }
    assert.deepEqual(counts, [16, 24]);
    assert.equal((await Array.fromAsync(await followStores([one, two]))).length, 1);
    await assert.rejects(followStores(`${folder}/none`), {
      kind: "input",
      message: `Cannot use ${folder}/none: it holds no store.sqlite`,
    });
  },
);

Deno.test("openFirst() takes the first that opens, and tells why the others do not", async () => {
  const away = new PipelineError("kafka", "away");
  const gone = new PipelineError("input", "gone");
  const fails = (error: Error) => () => Promise.reject(error);
  const opens = () => Promise.resolve(7);
  assert.deepEqual(await openFirst({ a: fails(away), b: opens, c: fails(gone) }), {
    name: "b",
    value: 7,
    missing: new Map([["a", away]]),
  });
  await assert.rejects(openFirst({ a: fails(away), b: fails(gone) }), gone);
  await assert.rejects(
    openFirst({ a: fails(new TypeError("bug")), b: opens }),
    TypeError,
  );
  await assert.rejects(openFirst({}), {
    name: "RangeError",
    message: "There is no source to open",
  });
});

/** What 04_live is given, by its parameters' names. */
type Given = Readonly<Record<string, ParameterValue>>;

const PACE = { size: 300, pauseMs: 1, seconds: 0 };

const fromTopic = async (): Promise<Given> => {
  const { servers, certs } = reach();
  return {
    ...PACE,
    source: "topic",
    topic: await sampleTopic(),
    ...{ servers, certs },
  } as Given;
};

async function fromStore(folder: string): Promise<Given> {
  const store = `${folder}/live`;
  await streamSample(store, fastCleaner());
  return { ...PACE, source: "store", store };
}

async function checkInKernel(givens: readonly Given[], result: Result): Promise<void> {
  const notebook = await readNotebook("notebooks/04_live.ipynb");
  const filled = givens.map((given) =>
    withParameters(notebook, new Map(Object.entries(given)))
  );
  for (const [i, executed] of (await execute(filled)).entries()) {
    const parameters = new Map(Object.entries(givens[i]!));
    checkContent("04_live", { notebook: executed, result, parameters });
  }
}

jupyterTest("04_live shows a topic and a store in the kernel", async (folder) => {
  const { result } = await standard(folder);
  await checkInKernel([await fromTopic(), await fromStore(folder)], result);
}, hasBroker);

processTest("notebook run 04_live shows a topic, with --network only", async (folder) => {
  const { result } = await standard(folder);
  const given = await fromTopic();
  const flags = Object.entries(given).flatMap(([name, value]) => [
    `--${name.replace("pauseMs", "pause-ms")}`,
    String(value),
  ]);
  const out = `${folder}/x.html`;
  const args = ["notebook", "run", "notebooks/04_live.ipynb", ...flags, "--out", out];
  assert.deepEqual(await runCommandProcess(args), {
    code: 5,
    stdout: "",
    stderr:
      `error: notebooks/04_live.ipynb, cell 3, line 5: Cannot use Kafka at ${
        given["servers"]
      }: the process may not use the network\n` +
      "       Run it with --allow-net, or notebook run with --network\n",
  });
  const { code, stderr } = await runCommandProcess([...args, "--network"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const notebook = await readNotebook(`${folder}/x.ipynb`);
  checkContent("04_live", {
    notebook,
    result,
    parameters: new Map(Object.entries(given)),
  });
  assert.match(await Deno.readTextFile(out), /04_live\.ipynb [^<]*--network --out/);
}, { ignore: !hasBroker });
