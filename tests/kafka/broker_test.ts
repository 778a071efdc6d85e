/** The broker for trying things on: what it prints, how it ends, what it cannot start with. */
import assert from "node:assert/strict";
import type { PipelineError } from "../../lib/errors.ts";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { checkConnection } from "../../lib/kafka/check.ts";
import { makeAuthority } from "../../lib/kafka/certificates.ts";
import { askBroker } from "../../lib/kafka/probe.ts";
import { openProducer } from "../../lib/kafka/producer.ts";
import { parseProperties } from "../../lib/kafka/properties.ts";
import { connectionTo, startBroker } from "../../tools/broker/broker.ts";
import { brokerCommand } from "../../tools/broker/command.ts";
import { clusterId, KAFKA, reasonIn } from "../../tools/broker/process.ts";
import { serverProperties } from "../../tools/broker/properties.ts";
import { findJars } from "../../tools/java/jars.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { type Ran, runHere } from "../support.ts";
import { countMessages, hasBroker, putCertificates, putSecret } from "./support.ts";

const ROOT = new URL("../../", import.meta.url);

/** A test with a folder for a broker's data and certificates. */
function brokerTest(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasBroker,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "cohort-broker-" });
      try {
        await putCertificates(`${folder}/certs`);
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** A broker as its task starts it. */
interface Task {
  readonly child: Deno.ChildProcess;
  /** What it has printed when it first printed something. */
  readonly firstLine: string;
  /** All that it prints, and how it ends. */
  readonly ended: Promise<Ran>;
}

/** Starts the task; resolves when it has printed something, or has ended. */
async function startTask(folder: string, args: readonly string[]): Promise<Task> {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const words: string[] = tasks.broker.command.split(" ").slice(1);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...words, "--data", `${folder}/data`, "--certs", `${folder}/certs`, ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [first, all] = child.stdout.tee();
  const reader = first.getReader();
  const { value } = await reader.read();
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  const [stdout, stderr] = [new Response(all).text(), child.stderr.text()];
  const ended = (async () => {
    const { code } = await child.status;
    await rest;
    return { code, stdout: await stdout, stderr: await stderr };
  })();
  return { child, firstLine: new TextDecoder().decode(value), ended };
}

/** Returns how many partitions the topic has, and how many messages. */
async function measure(
  folder: string,
  port: number,
): Promise<readonly [partitions: number, messages: number]> {
  const connection = connectionTo(port, `${folder}/certs`);
  await using admin = await openAdmin(connection);
  const messages = await countMessages(connection, "ibtissam");
  return [await admin.partitions("ibtissam"), messages];
}

brokerTest(
  "broker keeps its data between runs, adds partitions, and drops all with --reset",
  async (folder) => {
    await findJars(KAFKA, () => {}); // else the first start tells that it fetches them
    const [port] = freePorts(1);
    const args = ["--port", `${port}`];
    const answers =
      `Kafka answers at 127.0.0.1:${port}, topic ibtissam; Ctrl-C stops it\n`;

    const first = await startTask(folder, [...args, "--partitions", "2"]);
    assert.equal(first.firstLine, answers, (await measure(folder, port!)).join());
    const connection = connectionTo(port!, `${folder}/certs`);
    {
      await using producer = await openProducer(connection, {
        ...{ topic: "ibtissam", partitions: 2, compression: "none" },
      });
      await producer.send([{ value: new Uint8Array(1) }]);
    }
    first.child.kill("SIGINT");
    assert.deepEqual(await first.ended, {
      code: 130,
      stdout: answers, // one line, all in all
      stderr:
        `error: Stopped by Ctrl-C\n       Its data stay in ${folder}/data; --reset drops them\n`,
    });
    await assert.rejects(askBroker(connection.servers[0]!, { timeoutMs: 1000 }), {
      name: "ConnectionRefused",
    });

    const second = await startTask(folder, [...args, "--partitions", "3"]);
    assert.deepEqual(await measure(folder, port!), [3, 1]);
    second.child.kill("SIGTERM");
    assert.equal((await second.ended).code, 143);

    putSecret(`${folder}/data/mine`, "not the broker's");
    const third = await startTask(folder, [...args, "--reset"]);
    assert.deepEqual(await measure(folder, port!), [1, 0]);
    assert.equal(Deno.readTextFileSync(`${folder}/data/mine`), "not the broker's");
    Deno.kill(Number(Deno.readTextFileSync(`${folder}/data/lock`)), "SIGKILL");
    assert.deepEqual(await third.ended, {
      code: 5,
      stdout: answers,
      stderr:
        `error: The broker has ended by itself\n       See ${folder}/data/broker.log\n`,
    });
  },
);

brokerTest("a port that is taken: two lines", async (folder) => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { ended } = await startTask(folder, ["--port", `${port}`]);
  assert.deepEqual(await ended, {
    code: 5,
    stdout: "",
    stderr: `error: Cannot start the broker: port ${port} is taken\n` +
      "       Stop what listens there (another broker?), or choose another with --port\n",
  });
});

brokerTest(
  "certificates that are missing, expired or of somebody else: two lines",
  async (folder) => {
    const start = () =>
      startBroker({ data: `${folder}/data`, certificates: `${folder}/certs` });
    const kept = Deno.readTextFileSync(`${folder}/certs/broker.pem`);
    const from = new Date("2020-01-01");
    const expired = await (await makeAuthority({ name: "a", from, until: new Date() }))
      .issue({ name: "b", hosts: ["127.0.0.1"], from, until: new Date("2020-03-01") });
    const newOnes = "make new ones with: deno task certs --force";
    const cases = [
      [
        expired.key + expired.certificate,
        `The certificate ${folder}/certs/broker.pem has expired on 2020-03-01`,
        `Check this machine's clock, ask for a new certificate, or ${newOnes}`,
      ],
      [
        expired.key + kept.slice(kept.indexOf("-----BEGIN CERT")),
        `The key ${folder}/certs/broker.pem is not the key of ${folder}/certs/broker.pem`,
        `Take the two that were made together, or ${newOnes}`,
      ],
    ] as const;
    for (const [pem, message, hint] of cases) {
      putSecret(`${folder}/certs/broker.pem`, pem);
      await assert.rejects(start(), { message, hint, kind: "usage" });
    }
    Deno.removeSync(`${folder}/certs/broker.pem`);
    await assert.rejects(start(), {
      message: `Cannot read ${folder}/certs/broker.pem: it does not exist`,
      hint: "Make it with deno task certs, or say where yours is with --certs",
      kind: "usage",
    });
  },
);

brokerTest("data that another broker uses: two lines", async (folder) => {
  const options = { data: `${folder}/data`, certificates: `${folder}/certs`, heapMb: 96 };
  await using broker = await startBroker(options);
  await assert.rejects(startBroker(options), {
    message: "Cannot start the broker: another broker uses its data, " +
      `process ${broker.pid}`,
    hint: "Stop that one, or choose another folder with --data",
    kind: "kafka",
  });
  await assert.rejects(checkConnection(broker.connection, "ibtissam"), {
    message: `Kafka at 127.0.0.1:${broker.port} has no topic ibtissam`,
    hint: "It has none that we may see: make it there, or ask for the right to read it",
  });
  await broker.kill();
});

/** Returns the port of the controller, as soon as it is known. */
async function controllerPort(data: string): Promise<number> {
  while (true) {
    try {
      const text = Deno.readTextFileSync(`${data}/server.properties`);
      const found = /CONTROLLER:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (found !== null) return Number(found[1]);
    } catch { /* it is not written yet */ }
    await new Promise((done) => setTimeout(done, 5));
  }
}

brokerTest("a port that somebody takes meanwhile: others are tried", async (folder) => {
  const [data, certificates] = [`${folder}/data`, `${folder}/certs`];
  const starting = startBroker({ data, certificates, heapMb: 96 });
  const port = await controllerPort(data);
  using _taken = Deno.listen({ hostname: "127.0.0.1", port });
  await using broker = await starting;
  assert.notEqual(await controllerPort(data), port);
  await askBroker(broker.connection.servers[0]!, {
    ...{ tls: broker.connection.tls, timeoutMs: 10_000 },
  });
  await broker.kill();
});

brokerTest("a broker that ends at once: two lines that name its log", async (folder) => {
  Deno.mkdirSync(`${folder}/data/log`, { recursive: true });
  putSecret(`${folder}/data/log/meta.properties`, "of another program");
  const data = `${folder}/data`;
  await assert.rejects(startBroker({ data, certificates: `${folder}/certs` }), {
    message: "Cannot start the broker: Kafka ended at once",
    hint: `See ${folder}/data/broker.log`,
  });
});

brokerTest("no Java, no Maven, a Maven that fails: two lines", async (folder) => {
  const options = { data: `${folder}/data`, certificates: `${folder}/certs` };
  const fetch = () => findJars(KAFKA, () => {}, `${folder}/jars`);
  await findJars(KAFKA, () => {}); // or the lack of Maven would be told instead of that of Java
  await withEnv({ PATH: folder }, async () => {
    await assert.rejects(startBroker(options), {
      message: "Cannot run java: it does not exist",
      hint: "Install Java 17 or newer (Debian: apt install default-jre-headless)",
    });
    await assert.rejects(fetch(), {
      message: "Cannot run mvn: it does not exist",
      hint: "Install Apache Maven (Debian: apt install maven), then run this again",
    });
  });
  const nowhere =
    `-Dmaven.repo.local=${folder}/m2 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1`;
  await withEnv({ MAVEN_OPTS: nowhere }, async () => {
    await assert.rejects(fetch(), (error: PipelineError) => {
      assert.match(
        error.message,
        /^Cannot fetch Kafka: mvn failed: .*(plugin|Plugin|artifact).*/,
      );
      assert.equal(
        error.hint,
        "Maven needs the network, or a mirror in its settings.xml, the first time",
      );
      return true;
    });
  });
  assert.deepEqual([...Deno.readDirSync(`${folder}/jars`)], [], "nothing half is left");
});

/** Runs with other variables. */
async function withEnv(
  env: Readonly<Record<string, string>>,
  fn: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(env).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  try {
    await fn();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

brokerTest("certificates for other names: two lines, and no waiting", async (folder) => {
  const certificates = `${folder}/certs`;
  await putCertificates(certificates, ["kafka.example"]);
  const [port] = freePorts(1);
  await assert.rejects(
    startBroker({ data: `${folder}/data`, certificates, port: port! }),
    {
      message: `Cannot use Kafka at 127.0.0.1:${port}: ` +
        "its certificate is for kafka.example, not for 127.0.0.1",
    },
  );
});

Deno.test("clusterId() never begins with what Kafka takes for a flag", () => {
  assert.equal(clusterId(new Uint8Array(16)), "AAAAAAAAAAAAAAAAAAAAAA");
  for (let first = 0; first < 256; first++) {
    const id = clusterId(new Uint8Array(16).fill(0xff).with(0, first));
    assert.match(id, /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  }
});

Deno.test("reasonIn() knows what Java and Kafka say when they cannot start", () => {
  const cases = [
    [
      'Exception in thread "main" java.lang.UnsupportedClassVersionError: kafka/Kafka has ' +
      "been compiled by a more recent version of the Java Runtime (class file version 61.0)",
      "this Java is too old",
      "Install Java 17 or newer (Debian: apt install default-jre-headless)",
    ],
    [
      "org.apache.kafka.common.KafkaException: Failed to acquire lock on file .lock in data. " +
      "A Kafka instance in another process or thread is using this directory.",
      "another broker uses its data",
      "Stop that one, or choose another folder with --data",
    ],
    [
      "java.io.IOException: No space left on device",
      "the disk is full",
      "Make room, or drop its data with --reset",
    ],
    [
      "org.apache.kafka.common.KafkaException: Socket server failed to bind to " +
      "127.0.0.1:29120: Address already in use.",
      "a port that it needs is taken",
      "Start it again: it takes other ports",
    ],
    ["java.lang.OutOfMemoryError", "Kafka ended at once", "See data/broker.log"],
  ] as const;
  for (const [log, ...reason] of cases) assert.deepEqual(reasonIn(log, "data"), reason);
});

const USAGE:
  readonly (readonly [args: readonly string[], first: string, second: string])[] = [
    [["--port", "0"], '--port cannot be "0"', "Give a whole number from 1 to 65535"],
    [
      ["--partitions", "0"],
      '--partitions cannot be "0"',
      "Give a whole number from 1 to 1000",
    ],
    [
      ["--topic", "a b"],
      '--topic cannot be "a b"',
      "Give letters, digits, dots, - and _",
    ],
    [
      ["--data", "a,b"],
      '--data cannot be "a,b"',
      "Give a folder without a comma in its name",
    ],
    [["--rest"], "There is no flag --rest", "Did you mean --reset? See --help"],
  ];

for (const [args, first, second] of USAGE) {
  Deno.test(`broker ${args.join(" ")} ends with 2`, async () => {
    const commands = new Map([["broker", () => Promise.resolve(brokerCommand)]]);
    const { code, stdout, stderr } = await runHere(["broker", ...args], {}, commands);
    assert.equal(stderr, `error: ${first}\n       ${second}\n`);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}

Deno.test("serverProperties() writes paths as Java reads them", () => {
  const text = serverProperties({
    ...{ log: "C:\\é", certificates: "/c", port: 1, controllerPort: 2 },
    extra: [{ name: "PLAIN", port: 3 }],
  });
  const values = new Map(
    parseProperties(text, "x").map(({ key, value }) => [key, value]),
  );
  assert.match(text, /^log\.dirs=C:\\\\\\u00e9$/m);
  assert.equal(values.get("log.dirs"), "C:\\é");
  assert.equal(
    values.get("listeners"),
    "SSL://127.0.0.1:1,PLAIN://127.0.0.1:3,CONTROLLER://127.0.0.1:2",
  );
  assert.equal(
    values.get("listener.security.protocol.map"),
    "SSL:SSL,PLAIN:PLAINTEXT,CONTROLLER:SSL",
  );
  assert.equal(values.get("listener.name.ssl.ssl.client.auth"), "required");
});
