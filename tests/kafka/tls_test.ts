/**
 * Each way in which a connection can fail, against the real broker: its own words, exit code
 * 5, in under 5 s.
 */
import assert from "node:assert/strict";
import { type Authority, makeAuthority } from "../../lib/kafka/certificates.ts";
import { checkConnection, explain } from "../../lib/kafka/check.ts";
import type { Connection, Identity, Tls } from "../../lib/kafka/connection.ts";
import { PipelineError } from "../../lib/errors.ts";
import { type Ran, runCommandProcess, runHere } from "../support.ts";
import { flagsFor, kafkaTest, putSecret, useBroker } from "./support.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const from = new Date(Date.now() - HOUR);
const until = new Date(Date.now() + DAY);
const hosts = ["127.0.0.1", "localhost"];
const [ours, theirs]: readonly Authority[] = await Promise.all(
  ["ours", "theirs"].map((name) => makeAuthority({ name, from, until })),
);
const service = await ours!.issue({ name: "service", from, until });
const stranger = await theirs!.issue({ name: "stranger", from, until });
const expiredOn = new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10);
const goodFrom = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10);

const bench = useBroker(async (folder) => {
  const certificates = `${folder}/certs`;
  Deno.mkdirSync(certificates);
  const pem = ({ key, certificate }: Identity): string => key + certificate;
  const issue = async (
    file: string,
    subject: { hosts?: string[]; from?: Date; until?: Date } = {},
  ): Promise<string> => {
    const named = { name: "broker", hosts, from, until, ...subject };
    putSecret(`${certificates}/${file}`, pem(await ours!.issue(named)));
    return `${certificates}/${file}`;
  };
  putSecret(`${certificates}/ca.pem`, ours!.certificate);
  putSecret(`${certificates}/service.cert`, service.certificate);
  putSecret(`${certificates}/service.key`, service.key);
  await issue("broker.pem");
  const long = new Date(Date.now() - 10 * DAY);
  return {
    topic: "ibtissam",
    extra: [
      { name: "PLAIN" },
      {
        name: "EXPIRED",
        identity: await issue("expired.pem", {
          from: long,
          until: new Date(`${expiredOn}T12:00:00Z`),
        }),
      },
      {
        name: "EARLY",
        identity: await issue("early.pem", {
          from: new Date(`${goodFrom}T12:00:00Z`),
          until: new Date(Date.now() + 10 * DAY),
        }),
      },
      {
        name: "ELSEWHERE",
        identity: await issue("elsewhere.pem", {
          hosts: ["kafka.example", "10.0.0.1"],
        }),
      },
    ],
  };
});

/** Which connection is tried: the right one but for what is said here. */
interface Attempt {
  readonly listener?: "PLAIN" | "EXPIRED" | "EARLY" | "ELSEWHERE";
  readonly authorities?: string;
  readonly identity?: Identity | "none";
  readonly isPlain?: boolean;
  readonly port?: number;
  readonly topic?: string;
}

type Case = readonly [what: string, attempt: Attempt, first: string, second: string];

const NOT_TRUSTED =
  "Name one that its authority has signed with ssl.certificate.location";

const CASES: readonly Case[] = [
  // what is wrong → first line after "Cannot use Kafka at …: ", second line
  [
    "an authority that has not signed the broker's certificate",
    { authorities: theirs!.certificate },
    "its certificate is signed by an authority that we do not trust",
    "Name the ca.pem that goes with it with ssl.ca.location",
  ],
  [
    "a broker's certificate that has expired",
    { listener: "EXPIRED" },
    `its certificate has expired on ${expiredOn}`,
    "Renew it (deno task certs --force, then start the broker again), " +
    "or check this machine's clock",
  ],
  [
    "a broker's certificate that is not good yet",
    { listener: "EARLY" },
    `its certificate is good only from ${goodFrom} on`,
    "Check this machine's clock",
  ],
  [
    "a broker's certificate for other names",
    { listener: "ELSEWHERE" },
    "its certificate is for kafka.example, 10.0.0.1, not for 127.0.0.1",
    "Name it so in bootstrap.servers, or make one with: " +
    "deno task certs --hosts 127.0.0.1",
  ],
  [
    "no certificate of ours",
    { identity: "none" },
    "it wants to know who we are, and we show no certificate",
    "Name one with ssl.certificate.location and its key with ssl.key.location",
  ],
  [
    "a certificate of ours by an authority that the broker does not trust",
    { identity: stranger },
    "it does not trust our certificate",
    NOT_TRUSTED,
  ],
  [
    "a broker that is down",
    { port: 1 },
    "nothing listens there",
    "Start it (deno task broker), or mend bootstrap.servers",
  ],
  [
    "TLS to a plain port",
    { listener: "PLAIN" },
    "it does not speak TLS",
    "Set security.protocol to PLAINTEXT, or name its TLS port in bootstrap.servers",
  ],
  [
    "a plain connection to a TLS port",
    { isPlain: true },
    "it speaks TLS, and security.protocol is PLAINTEXT",
    "Set security.protocol to SSL, or name its plain port in bootstrap.servers",
  ],
];

/** Runs `produce` with the attempt as its settings. */
async function attempt(
  { listener, authorities, identity, isPlain, port, topic }: Attempt,
): Promise<Ran & { readonly address: string }> {
  const { certificates, broker } = bench();
  const used = port ?? (listener ? broker.ports.get(listener)! : broker.port);
  const { certificate, key } = identity === "none"
    ? { certificate: "", key: "" }
    : identity ?? service;
  const env = {
    COHORT_BOOTSTRAP_SERVERS: `127.0.0.1:${used}`,
    COHORT_SECURITY_PROTOCOL: isPlain ? "plaintext" : "ssl",
    COHORT_SSL_CA_PEM: authorities ?? ours!.certificate,
    COHORT_SSL_CERTIFICATE_PEM: certificate,
    COHORT_SSL_KEY_PEM: key,
  };
  const none = identity === "none"
    ? ["--ssl-certificate-location=", "--ssl-key-location="]
    : [];
  const topicFlags = topic === undefined ? [] : ["--topic", topic];
  const started = performance.now();
  const ran = await runHere([
    "produce",
    "--input",
    `${certificates}/none`,
    ...none,
    ...topicFlags,
  ], {
    env,
    now: () => new Date(),
  });
  assert.ok(performance.now() - started < 5000, "told in under 5 s");
  return { ...ran, address: `127.0.0.1:${used}` };
}

for (const [what, settings, first, second] of CASES) {
  kafkaTest(`${what}: told in plain words, exit code 5`, async () => {
    const { code, stdout, stderr, address } = await attempt(settings);
    assert.equal(
      stderr,
      `error: Cannot use Kafka at ${address}: ${first}\n       ${second}\n`,
    );
    assert.equal(code, 5);
    assert.equal(stdout, "");
  });
}

kafkaTest("the same settings without a mistake reach the broker", async () => {
  const { code, stderr } = await attempt({});
  assert.match(stderr, /^error: Cannot read .*certs\/none: it does not exist\n$/);
  assert.equal(code, 3, "only the input is missing");
  const plain = await attempt({ isPlain: true, listener: "PLAIN" });
  assert.equal(plain.code, 3);
});

kafkaTest(
  "a key of another certificate is told before connecting, exit code 2",
  async () => {
    const { code, stderr } = await attempt({
      identity: { certificate: service.certificate, key: stranger.key },
    });
    assert.match(
      stderr,
      /^error: The key ssl\.key\.pem is not the key of ssl\.certificate\.pem\n/,
    );
    assert.equal(code, 2);
  },
);

kafkaTest(
  "a topic that is missing: told with those that there are, exit code 5",
  async () => {
    const { code, stderr, address } = await attempt({ topic: "ibtisam" });
    assert.equal(
      stderr,
      `error: Kafka at ${address} has no topic ibtisam\n` +
        "       It has: ibtissam. Name one with --topic, or make it there\n",
    );
    assert.equal(code, 5);
  },
);

kafkaTest("a host that is not known: told in plain words, exit code 5", async () => {
  const { code, stderr } = await runCommandProcess([
    ...["produce", ...flagsFor(bench())],
    ...["--bootstrap-servers", "no-such-host.invalid:9093"],
  ]);
  assert.equal(
    stderr,
    "error: Cannot use Kafka at no-such-host.invalid:9093: " +
      "there is no host named no-such-host.invalid\n" +
      "       Mend bootstrap.servers\n",
  );
  assert.equal(code, 5);
});

/** Returns what {@linkcode checkConnection} says of something that is no broker. */
async function talkTo(
  answer: (conn: Deno.Conn) => Promise<void>,
  tls?: Tls,
): Promise<{ readonly message: string; readonly hint: string | undefined }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const open: Deno.Conn[] = [];
  const served = (async () => {
    for await (const conn of listener) {
      open.push(conn);
      await answer(conn).catch(() => {});
    }
  })();
  const connection: Connection = {
    servers: [{ host: "127.0.0.1", port }],
    clientId: "test",
    ...(tls && { tls }),
  };
  try {
    await checkConnection(connection, "ibtissam");
    throw new Error("it was taken for a broker");
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.exitCode, 5);
    const message = error.message.replace(`127.0.0.1:${port}`, "it");
    return { message, hint: error.hint };
  } finally {
    listener.close();
    await served;
    for (const conn of open) {
      try {
        conn.close();
      } catch { /* closed by the test */ }
    }
  }
}

const tls: Tls = { authorities: ours!.certificate, identity: service };
const HTTP = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n");

kafkaTest("what answers, but not as a broker, is told apart", async () => {
  const web = (conn: Deno.Conn) => conn.write(HTTP).then(() => {});
  const mute = () => Promise.resolve();
  const rude = (conn: Deno.Conn) => Promise.resolve(conn.close());
  assert.deepEqual(await talkTo(web), {
    message: "Cannot use Kafka at it: what answers is no Kafka broker",
    hint: "Mend bootstrap.servers",
  });
  assert.deepEqual(await talkTo(web, tls), {
    message: "Cannot use Kafka at it: it does not speak TLS",
    hint: "Set security.protocol to PLAINTEXT, or name its TLS port in bootstrap.servers",
  });
  assert.deepEqual(await talkTo(rude), {
    message: "Cannot use Kafka at it: it hung up without an answer",
    hint: "It may want TLS: set security.protocol to SSL; else see its log",
  });
  const versions = Uint8Array.of(0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  const curt = async (conn: Deno.Conn) => {
    await conn.read(new Uint8Array(100));
    await conn.write(versions);
    conn.close();
  };
  assert.deepEqual(await talkTo(curt), {
    message: "Cannot use Kafka at it: Closed connection",
    hint: "Its log may tell more",
  });
  const slow = {
    message: "Cannot use Kafka at it: it does not answer within 3 s",
    hint: "Look at its log and at firewalls on the way, or mend bootstrap.servers",
  };
  assert.deepEqual(await Promise.all([talkTo(mute), talkTo(mute, tls)]), [slow, slow]);
});

Deno.test("what the system says is told where nothing better is known", () => {
  const odd = new Deno.errors.NetworkUnreachable("Network is unreachable (os error 101)");
  const { message, hint } = explain({ host: "a.example", port: 1 }, undefined, odd);
  assert.deepEqual({ message, hint }, {
    message: "Cannot use Kafka at a.example:1: network is unreachable",
    hint: "Mend bootstrap.servers",
  });
});

kafkaTest("a process that may not use the network is told how it may", async () => {
  const { connection } = bench().broker;
  const servers = [{ host: "kafka.invalid", port: 1 }]; // the tests may not reach this name
  await assert.rejects(checkConnection({ ...connection, servers }, "ibtissam"), {
    message: "Cannot use Kafka at kafka.invalid:1: the process may not use the network",
    hint: "Run it with --allow-net, or notebook run with --network",
  });
});

kafkaTest(
  "one server of the list is enough; of several that fail, the first is told",
  async () => {
    const { connection } = bench().broker;
    const down = { host: "127.0.0.1", port: 1 };
    const servers = [down, ...connection.servers];
    assert.deepEqual(await checkConnection({ ...connection, servers }, "ibtissam"), {
      partitions: 1,
    });
    await assert.rejects(
      checkConnection(
        { ...connection, servers: [down, { ...down, port: 2 }] },
        "ibtissam",
      ),
      { message: "Cannot use Kafka at 127.0.0.1:1: nothing listens there" },
    );
  },
);
