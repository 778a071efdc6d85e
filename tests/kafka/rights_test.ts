/**
 * What a broker refuses to people who lack a right, and to members who share the partitions
 * out in another way: in plain words, exit code 5.
 */
import assert from "node:assert/strict";
import type { AclEntry, Admin, PartitionAssigner } from "kafkajs";
import { loadKafkajs, openClient } from "../../lib/kafka/client.ts";
import type { Connection } from "../../lib/kafka/connection.ts";
import { readTopicIdentity } from "../../lib/kafka/identity.ts";
import { openProducer } from "../../lib/kafka/producer.ts";
import { StreamMonitor } from "../../lib/stream/status.ts";
import { stream } from "../../lib/stream/stream.ts";
import { put, type Ran, runHere } from "../support.ts";
import { runStream } from "./stream_support.ts";
import { flagsFor, kafkaTest, putCertificates, useBroker } from "./support.ts";

const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  const settings = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:CN=cohort-broker",
  };
  return { settings };
});

/** Returns the connection of somebody who may do anything: the broker itself. */
function masterConnection(): Connection {
  const { broker: { connection }, certificates } = bench();
  const pem = Deno.readTextFileSync(`${certificates}/broker.pem`);
  const at = pem.indexOf("-----BEGIN CERTIFICATE");
  const identity = { key: pem.slice(0, at), certificate: pem.slice(at) };
  return { ...connection, tls: { ...connection.tls!, identity } };
}

/** Does something as the master. */
async function asMaster(action: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = (await openClient(masterConnection(), { retries: 5 })).admin();
  await admin.connect();
  await action(admin);
  await admin.disconnect();
}

type Right = readonly ["topic" | "group", string, "read" | "write" | "describe"];

/** Gives rights to the service. */
async function grant(...rights: readonly Right[]): Promise<void> {
  const {
    AclResourceTypes: { TOPIC, GROUP },
    AclOperationTypes: { READ, WRITE, DESCRIBE },
    AclPermissionTypes: { ALLOW },
    ResourcePatternTypes: { LITERAL },
  } = await loadKafkajs();
  const operations = { read: READ, write: WRITE, describe: DESCRIBE };
  const acl = rights.map(([kind, resourceName, right]): AclEntry => ({
    ...{ resourceType: kind === "topic" ? TOPIC : GROUP, resourceName },
    ...{ resourcePatternType: LITERAL, principal: "User:CN=cohort-service", host: "*" },
    ...{ operation: operations[right], permissionType: ALLOW },
  }));
  await asMaster((admin) => admin.createAcls({ acl }));
}

/** Makes topics of one partition. */
async function makeTopics(...topics: readonly string[]): Promise<void> {
  await asMaster((admin) =>
    admin.createTopics({ topics: topics.map((topic) => ({ topic })) })
  );
}

function produceTo(topic: string): Promise<Ran> {
  const input = put(bench().folder, "one.csv", "name,age,field\nAli Bennis,30,Law\n");
  const args = ["produce", ...flagsFor(bench()), "--topic", topic, "--input", input];
  return runHere(args, { now: () => new Date() });
}

function streamOf(topic: string): Promise<Ran> {
  const store = `${bench().folder}/store-${topic}`;
  const flags = ["--topic", topic, "--group-id", topic, "--store", store, "--until-end"];
  return runStream(bench(), [...flags, "--out", `${bench().folder}/report-${topic}`]);
}

/** Fails where the run did not end with these two lines. */
function isRefused({ code, stderr }: Ran, first: string, second: string): void {
  assert.ok(stderr.endsWith(`error: ${first}\n       ${second}\n`), stderr);
  assert.equal(code, 5);
}

const RIGHTS = "We may lack a right to the topic or the group: the broker's log may tell";
const SAFE = "What was committed is safe: mend this, then start again";

kafkaTest("stream without a right is refused, from one right to the next", async () => {
  await makeTopics("in");
  {
    const options = { topic: "in", partitions: 1, compression: "none" } as const;
    await using producer = await openProducer(masterConnection(), options);
    await producer.send([{ value: new TextEncoder().encode("Ali Bennis, 30, Law") }]);
  }
  isRefused(
    await streamOf("in"),
    `Kafka at 127.0.0.1:${bench().broker.port} has no topic in`,
    "It has none that we may see: make it there, or ask for the right to read it",
  );
  await grant(["topic", "in", "describe"]);
  isRefused(
    await streamOf("in"),
    "Kafka does not tell of in: Failed to find group coordinator",
    RIGHTS,
  );
  await grant(["group", "in", "describe"]);
  isRefused(
    await streamOf("in"),
    "Cannot read in on: Not authorized to access group: Group authorization failed",
    SAFE,
  );
  await grant(["group", "in", "read"]);
  isRefused(
    await streamOf("in"),
    "Cannot read in on: Not authorized to access topics: [Topic authorization failed]",
    SAFE,
  );
  await grant(["topic", "in", "read"]);
  const { code, stderr } = await streamOf("in");
  assert.equal(code, 0, stderr);
});

kafkaTest("produce without a right is refused with the right to ask for", async () => {
  await makeTopics("out", "other");
  await grant(["topic", "out", "describe"]);
  isRefused(
    await produceTo("out"),
    "Kafka refuses records for out: Cluster authorization failed",
    "Ask for the right IdempotentWrite on the cluster",
  );
  await grant(["topic", "other", "write"]); // who may write anywhere may number records
  isRefused(
    await produceTo("out"),
    "Kafka refuses records for out: Not authorized to access topics: " +
      "[Topic authorization failed]",
    "Ask for the right to write to it",
  );
  await grant(["topic", "out", "write"]);
  assert.equal((await produceTo("out")).code, 0);
});

kafkaTest("a group that shares partitions out in another way refuses us", async () => {
  await makeTopics("shared");
  await grant(["topic", "shared", "read"], ["group", "shared", "read"]);
  const { PartitionAssigners: { roundRobin } } = await loadKafkajs();
  const range: PartitionAssigner = (config) => {
    const assigner = roundRobin(config);
    const protocol: typeof assigner.protocol = (subscription) => ({
      ...assigner.protocol(subscription),
      name: "range",
    });
    return { ...assigner, name: "range", protocol };
  };
  const client = await openClient(masterConnection(), { retries: 5 });
  const member = client.consumer({ groupId: "shared", partitionAssigners: [range] });
  const { promise: hasJoined, resolve } = Promise.withResolvers<void>();
  member.on(member.events.GROUP_JOIN, () => resolve());
  await member.connect();
  await member.subscribe({ topic: "shared" });
  await member.run({ eachMessage: () => Promise.resolve() });
  await hasJoined;
  const ran = await streamOf("shared");
  await member.disconnect();
  isRefused(
    ran,
    "Cannot read shared on: The group member's supported protocols are incompatible " +
      "with those of existing members",
    SAFE,
  );
});

kafkaTest("stream() says what the broker does not tell of a topic", async () => {
  const { folder, broker: { connection } } = bench();
  await grant(["topic", "gone", "describe"]); // else it is not even said that it is gone
  const facts = { group: "g", store: `${folder}/none`, olderThan: 20, version: "1" };
  const now = () => new Date();
  const start = (topic: string, servers: Connection["servers"]): Promise<void> =>
    stream({
      ...{ connection: { ...connection, servers }, topic, groupId: "g", olderThan: 20 },
      ...{ sessionTimeoutMs: 10_000, store: `${folder}/none`, start: "stored" },
      ...{ reset: "earliest", isUntilEnd: false, now },
      signal: new AbortController().signal,
      monitor: new StreamMonitor({ ...facts, topic, now }),
    });
  const refused = (topic: string, why: string) => ({
    message: new RegExp(`^Kafka does not tell of ${topic}: ${why}`),
    hint: RIGHTS,
    kind: "kafka",
  });
  const nowhere = [{ host: "127.0.0.1", port: 1 }];
  await Promise.all([
    assert.rejects(
      start("gone", connection.servers),
      refused("gone", "it has no such topic"),
    ),
    assert.rejects(
      start("t", nowhere),
      refused("t", "Connection refused"),
    ),
  ]);
});

kafkaTest("readTopicIdentity() says what it was told, and who hung up", async () => {
  const { connection } = bench().broker;
  await assert.rejects(readTopicIdentity(connection, "hidden"), {
    message: "the topic cannot be told (Kafka's error 29)",
  });
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const accepted = listener.accept();
  const hangingUp = accepted.then((conn) => conn.closeWrite());
  const servers = [{ host: "127.0.0.1", port }];
  await assert.rejects(readTopicIdentity({ servers, clientId: "cohort" }, "t"), {
    message: "the broker hung up",
  });
  await hangingUp;
  (await accepted).close();
});
