/**
 * What goes wrong around `deno task stream`: connections that are cut without a word, deaths
 * while it recovers, members that come and go, topics that change, disks that fail. Against a
 * real broker.
 */
import assert from "node:assert/strict";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { openProducer } from "../../lib/kafka/producer.ts";
import { readStore } from "../../lib/stream/snapshot.ts";
import { checkStore } from "../store_support.ts";
import { isGate } from "../support.ts";
import { canMount, NO_MOUNT, run, withDisk } from "../world.ts";
import { Proxy } from "./proxy.ts";
import {
  checkTogether,
  LONG_SESSION_MS,
  openFeeder,
  PARTITIONS,
  readAll,
  sent,
  SESSION_MS,
  startStream,
  TOPIC,
  until,
  wait,
} from "./stream_support.ts";
import {
  flagsFor,
  hasBroker,
  kafkaTest,
  newTopic,
  putCertificates,
  useBroker,
} from "./support.ts";

let proxy: Proxy;
/** One that sees what is said. */
let plain: Proxy;
const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  proxy = new Proxy();
  const identity = `${folder}/certs/broker.pem`;
  const proxied = { name: "PROXIED", identity, advertisedPort: proxy.port };
  plain = new Proxy();
  const seen = { name: "PLAIN", advertisedPort: plain.port };
  return { topic: TOPIC, partitions: PARTITIONS, extra: [proxied, seen] };
});

const SHORT = { session: SESSION_MS };

/** Returns the folder of a store of that name, and the flags for it with a group of its own. */
function storeOf(name: string): readonly [store: string, flags: readonly string[]] {
  const store = `${bench().folder}/${name}`;
  return [store, ["--store", store, "--group-id", name]];
}

/** Returns how many records the store has; none where nothing was committed yet. */
async function recordsIn(store: string): Promise<number> {
  const { contents } = await readStore(store);
  return contents.partitions.values().reduce((sum, { counts }) => sum + counts.read, 0);
}

kafkaTest("a stream outlives connections that are cut without a word", async () => {
  const { broker } = bench();
  proxy.target = broker.ports.get("PROXIED")!;
  const [store, flags] = storeOf("cut");
  await using feeder = await openFeeder(bench());
  const through = flagsFor(bench(), proxy.port);
  const { child, said, ended } = startStream(bench(), [...flags, ...through]);
  await said("Reading");
  await feeder.send(300);
  await until(async () => await recordsIn(store) === total());
  proxy.cut();
  await feeder.send(300);
  await said("Kafka does not answer: trying again");
  await until(async () => await recordsIn(store) === total());
  child.kill("SIGTERM");
  assert.equal((await ended).code, 143);
  assert.deepEqual(await checkStore(store), sent());
});

/** The numbers of requests: who looks after a group, and that a member leaves it. */
const [FIND_COORDINATOR, LEAVE_GROUP] = [10, 13];

kafkaTest(
  "a stream whose client gives up goes on as the member that it was",
  async () => {
    plain.target = bench().broker.ports.get("PLAIN")!;
    const stores = ["gives-up", "guest"].map((name) => `${bench().folder}/${name}`);
    const flags = stores.map((store) => ["--store", store, "--group-id", "gives-up"]);
    const through = [
      ...["--bootstrap-servers", `127.0.0.1:${plain.port}`],
      ...["--security-protocol", "plaintext", "--debug"],
    ];
    const one = startStream(bench(), [...flags[0]!, ...through]);
    await one.said("partitions 0, 1");
    plain.alterSent = (bytes) => [FIND_COORDINATOR, LEAVE_GROUP].includes(bytes[5]!);
    const started = performance.now();
    const two = startStream(bench(), flags[1]!); // lets the first one join again
    await one.said("Crash: ");
    plain.alterSent = () => {};
    await one.said(/Reading ibtissam, partition [01]\n/);
    await two.said(/Reading ibtissam, partition [01]\n/);
    // a new member would wait for the end of the session that the old one has
    assert.ok(performance.now() - started < LONG_SESSION_MS / 2);
    for (const { child, ended } of [one, two]) {
      child.kill("SIGTERM");
      assert.equal((await ended).code, 143);
    }
  },
);

/** Returns how many messages were sent. */
const total = (): number => sent().values().reduce((sum, end) => sum + end, 0);

const RECOVERIES = 8;

kafkaTest(`a stream survives ${RECOVERIES} kills while it recovers`, async () => {
  const [store, flags] = storeOf("recovers");
  await using feeder = await openFeeder(bench());
  await feeder.send(500);
  const first = startStream(bench(), flags, SHORT);
  await first.said("Reading");
  await until(async () => await recordsIn(store) > 0);
  first.child.kill("SIGKILL");
  await first.ended;
  const files = ["etudiants_transformed.csv", "rejects.jsonl"];
  for (let i = 0; i < RECOVERIES; i++) {
    // much was written when it died, and the last line is torn
    const torn = new Uint8Array(20_000_000).fill(65);
    for (const name of files) {
      Deno.writeFileSync(`${store}/${name}`, torn, { append: true });
    }
    const { child, ended } = startStream(bench(), flags, SHORT);
    const isOpen = () =>
      Deno.readTextFileSync(`${store}/store.lock`).includes(`${child.pid}`);
    await until(() => Promise.resolve(isOpen()), 1);
    await wait(60 * Math.random());
    child.kill("SIGKILL");
    assert.equal((await ended).signal, "SIGKILL");
    await feeder.send(50);
  }
  await checkStore(store, { isClosed: false });
  await readAll(bench(), flags);
  assert.deepEqual(await checkStore(store), sent());
});

kafkaTest("members that come and go read every message once together", async () => {
  const names = ["first", "second", "third"];
  const paths = names.map((name) => `${bench().folder}/${name}`);
  const join = (i: number) =>
    startStream(bench(), ["--store", paths[i]!, "--group-id", "churn"]);
  await using feeder = await openFeeder(bench());
  {
    await using _flow = feeder.flow();
    const stays = join(0);
    await stays.said("Reading");
    for (let round = 0; round < 3; round++) {
      const guests = [1, 2].map(join);
      await Promise.all(guests.map(({ said }) => said(/Reading|Other members/)));
      await wait(400 * round);
      for (const guest of guests) await guest.stop();
    }
    await stays.stop();
  }
  const last = join(0); // without a report: its store has gaps, which the others fill
  await until(async () => {
    const records = await Promise.all(paths.map(recordsIn));
    return records.reduce((sum, count) => sum + count) >= total();
  });
  await last.stop();
  await checkTogether(paths);
});

kafkaTest("a partition that is added is read from its first message on", async () => {
  const { broker: { connection } } = bench();
  const topic = await newTopic(bench().broker);
  const [store, flags] = storeOf("widened");
  const { child, said, ended } = startStream(bench(), ["--topic", topic, ...flags]);
  await said("Reading");
  await using admin = await openAdmin(connection);
  await admin.setPartitions(topic, 2);
  await using producer = await openProducer(connection, {
    ...{ topic, partitions: 2, compression: "none" },
  });
  const value = new TextEncoder().encode("Ali Bennis, 30, Law");
  for (let i = 0; i < 4; i++) await producer.send(new Array(25).fill({ value }));
  await said("partitions 0, 1");
  await until(async () => await recordsIn(store) === 100);
  child.kill("SIGTERM");
  assert.equal((await ended).code, 143);
  const { contents: { partitions } } = await readStore(store);
  assert.deepEqual([...partitions.values()].map(({ ranges }) => ranges), [
    [{ start: 0n, next: 50n }],
    [{ start: 0n, next: 50n }],
  ]);
});

kafkaTest(
  "a topic that is deleted while it is read: two lines, exit code 5",
  async () => {
    const topic = await newTopic(bench().broker);
    const [, flags] = storeOf("deleted");
    const { said, ended } = startStream(bench(), ["--topic", topic, ...flags]);
    await said("Reading");
    await using admin = await openAdmin(bench().broker.connection);
    await admin.deleteTopic(topic);
    const { code, stderr } = await ended;
    assert.equal(code, 5);
    assert.ok(
      stderr.endsWith(
        `error: Topic ${topic} was deleted while it was read\n` +
          "       What came before is in the store and can be reported on; for a topic that " +
          "is made anew give another folder with --store\n",
      ),
      stderr,
    );
  },
);

kafkaTest(
  "a topic that is made again while it is read: refused with both ids",
  async () => {
    const topic = await newTopic(bench().broker);
    const [, flags] = storeOf("remade");
    const { said, ended } = startStream(bench(), ["--topic", topic, ...flags]);
    await said("Reading");
    await using admin = await openAdmin(bench().broker.connection);
    await admin.deleteTopic(topic);
    await admin.createTopic({ topic, partitions: 1 });
    const { code, stderr } = await ended;
    assert.equal(code, 5);
    assert.match(
      stderr,
      /was deleted and made again since \(its id was .+, now it is .+\)\n/,
    );
  },
);

kafkaTest("a store whose folder is gone ends the stream with code 6", async () => {
  const [store, flags] = storeOf("gone");
  await using feeder = await openFeeder(bench());
  const { said, ended } = startStream(bench(), flags);
  await said("Reading");
  await until(async () => await recordsIn(store) === total()); // nobody writes any more
  Deno.removeSync(store, { recursive: true });
  await feeder.send(10);
  await feeder.send(10);
  const { code, stderr } = await ended;
  assert.equal(code, 6, stderr);
  assert.match(
    stderr,
    /error: Cannot use .+gone: a file in it was deleted or replaced meanwhile\n {7}Start again: it goes on from what is there then\n$/,
  );
  // what it held is gone: the group may be further by now, but nobody has those messages
  await readAll(bench(), [...flags, "--from", "earliest"]);
  assert.deepEqual(await checkStore(store), sent());
});

/** A test of a stream on a small disk. */
function diskTest(name: string, test: (disk: string) => Promise<void>): void {
  const isLeftOut = hasBroker && !canMount && !isGate;
  if (isLeftOut) console.info(`left out, ${NO_MOUNT}: ${name}`);
  else {
    kafkaTest(name, async () => {
      const folder = await Deno.makeTempDir({ dir: bench().folder });
      await withDisk(folder, "size=1500k", test);
    });
  }
}

diskTest("a full disk ends a stream with code 6, and nothing is lost", async (disk) => {
  const store = `${disk}/live`;
  const flags = ["--store", store, "--group-id", "full"];
  await using feeder = await openFeeder(bench());
  for (let i = 0; i < 20; i++) await feeder.send(3000);
  const { code, stderr } = await startStream(bench(), flags).ended;
  assert.equal(code, 6, stderr);
  assert.match(
    stderr,
    /error: Cannot write .+\/live\/\S+: the disk is full\n {7}What was committed is safe: mend this, then start again\n$/,
  );
  await checkStore(store, { isClosed: false });
  assert.equal((await run("mount", "-o", "remount,size=50m", disk)).code, 0);
  await readAll(bench(), flags);
  assert.deepEqual(await checkStore(store), sent());
});

diskTest("a read-only folder is refused before anything is read", async (disk) => {
  const store = `${disk}/live`;
  const flags = ["--store", store, "--group-id", "read-only"];
  await readAll(bench(), [...flags, "--max-records", "10"]);
  assert.equal((await run("mount", "-o", "remount,ro", disk)).code, 0);
  const { code, stdout, stderr } = await startStream(bench(), flags).ended;
  assert.equal(code, 6);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: Cannot write .+\/live\/store\.lock: .+\n {7}What was .+\n$/,
  );
  assert.equal(await recordsIn(store), 10);
});

Deno.test.afterAll(() => {
  for (const one of [proxy, plain]) one?.[Symbol.dispose]();
});
