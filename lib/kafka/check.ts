/**
 * Checks a connection before it is used: the client tries again for ever when a broker is
 * away, and so would hang on a wrong certificate. Each mistake gets its own words.
 */
import { PipelineError, systemReason } from "../errors.ts";
import { openAdmin } from "./admin.ts";
import { type Connection, formatServer, type Server, type Tls } from "./connection.ts";
import { askBroker, type Stranger, StrangerError } from "./probe.ts";

/** How long the servers may take to answer, in ms. */
const PATIENCE_MS = 3000;

/** What a checked topic is like. */
export interface CheckedTopic {
  readonly partitions: number;
}

/**
 * Resolves when a server has answered, has accepted us, and has the topic.
 *
 * @throws {PipelineError} If not, within 5 s.
 */
export async function checkConnection(
  connection: Connection,
  topic: string,
): Promise<CheckedTopic> {
  const server = await firstToAnswer(connection);
  try {
    await using admin = await openAdmin({ ...connection, servers: [server] }, {
      retries: 0,
    });
    const topics = await admin.topics();
    if (!topics.includes(topic)) throw missing(topic, topics, server);
    return { partitions: await admin.partitions(topic) };
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const { message } = error as Error;
    throw unusable(server, message, "Its log may tell more", error);
  }
}

/** Returns the server that answers first; throws what is wrong with the first in the list. */
async function firstToAnswer({ servers, tls }: Connection): Promise<Server> {
  const asked = servers.map(async (server) => {
    try {
      await askBroker(server, { tls, timeoutMs: PATIENCE_MS });
      return server;
    } catch (error) {
      throw explain(server, tls, error);
    }
  });
  try {
    return await Promise.any(asked);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}

/** What is wrong, and what to do about it. */
type Diagnosis = readonly [what: string, hint: string];

const STRANGERS: Readonly<Record<Stranger, Diagnosis>> = {
  tls: [
    "it speaks TLS, and security.protocol is PLAINTEXT",
    "Set security.protocol to SSL, or name its plain port in bootstrap.servers",
  ],
  silent: [
    "it hung up without an answer",
    "It may want TLS: set security.protocol to SSL; else see its log",
  ],
  slow: [
    `it does not answer within ${PATIENCE_MS / 1000} s`,
    "Look at its log and at firewalls on the way, or mend bootstrap.servers",
  ],
  foreign: ["what answers is no Kafka broker", "Mend bootstrap.servers"],
};

const NO_TLS: Diagnosis = [
  "it does not speak TLS",
  "Set security.protocol to PLAINTEXT, or name its TLS port in bootstrap.servers",
];

const NOT_TRUSTED: Diagnosis = [
  "it does not trust our certificate",
  "Name one that its authority has signed with ssl.certificate.location",
];

/** By what Deno says of the connection. */
const SAYINGS: readonly (readonly [
  RegExp,
  (found: RegExpExecArray, server: Server, tls: Tls | undefined) => Diagnosis,
])[] = [
  [/UnknownIssuer|BadSignature|CaUsedAsEndEntity/, () => [
    "its certificate is signed by an authority that we do not trust",
    "Name the ca.pem that goes with it with ssl.ca.location",
  ]],
  [/certificate expired.*?not valid after (\d+)/, ([, seconds]) => [
    `its certificate has expired on ${day(seconds!)}`,
    "Renew it (deno task certs --force, then start the broker again), " +
    "or check this machine's clock",
  ]],
  [/certificate not valid yet.*?not valid before (\d+)/, ([, seconds]) => [
    `its certificate is good only from ${day(seconds!)} on`,
    "Check this machine's clock",
  ]],
  [/certificate not valid for name/, ({ input }, { host }) => [
    `its certificate is for ${namesIn(input) || "another name"}, not for ${host}`,
    `Name it so in bootstrap.servers, or make one with: deno task certs --hosts ${host}`,
  ]],
  [
    /alert: (BadCertificate|CertificateRequired)/,
    (_found, _server, tls) =>
      tls?.identity !== undefined ? NOT_TRUSTED : [
        "it wants to know who we are, and we show no certificate",
        "Name one with ssl.certificate.location and its key with ssl.key.location",
      ],
  ],
  [/alert: \w*(Certificate|UnknownCA|AccessDenied)/, () => NOT_TRUSTED],
  [/unexpected end of file|corrupt message|UnexpectedEof|reset by peer/i, () => NO_TLS],
  [/failed to lookup|not known|no such host/i, (_found, { host }) => [
    `there is no host named ${host}`,
    "Mend bootstrap.servers",
  ]],
];

/** Returns what is wrong with a server that `askBroker` has failed at, and what to do. */
export function explain(
  server: Server,
  tls: Tls | undefined,
  error: unknown,
): PipelineError {
  return unusable(server, ...diagnose(server, tls, error), error);
}

function diagnose(server: Server, tls: Tls | undefined, error: unknown): Diagnosis {
  if (error instanceof StrangerError) return STRANGERS[error.stranger];
  if (error instanceof Deno.errors.ConnectionRefused) {
    return [
      "nothing listens there",
      "Start it (deno task broker), or mend bootstrap.servers",
    ];
  }
  const { name, message } = error as Error;
  if (name === "NotCapable") {
    return [
      "the process may not use the network",
      "Run it with --allow-net, or notebook run with --network",
    ];
  }
  for (const [pattern, diagnosis] of SAYINGS) {
    const found = pattern.exec(message);
    if (found !== null) return diagnosis(found, server, tls);
  }
  return [systemReason(error), "Mend bootstrap.servers"];
}

function unusable(
  server: Server,
  what: string,
  hint: string,
  cause: unknown,
): PipelineError {
  const message = `Cannot use Kafka at ${formatServer(server)}: ${what}`;
  return new PipelineError("kafka", message, { hint, cause });
}

function missing(
  topic: string,
  topics: readonly string[],
  server: Server,
): PipelineError {
  const known = topics.toSorted().slice(0, 10).join(", ");
  return new PipelineError(
    "kafka",
    `Kafka at ${formatServer(server)} has no topic ${topic}`,
    {
      hint: known === ""
        ? "It has none that we may see: make it there, or ask for the right to read it"
        : `It has: ${known}. Name one with --topic, or make it there`,
    },
  );
}

/** Returns the names that the certificate has: `DnsName("a.example")` → `a.example`. */
function namesIn(message: string): string {
  const names = message.split("only valid for")[1] ?? "";
  return [...names.matchAll(/DnsName\("(.*?)"\)|IpAddress\((.*?)\)/g)]
    .map(([, name, address]) => name ?? address).join(", ");
}

function day(seconds: string): string {
  return new Date(1000 * Number(seconds)).toISOString().slice(0, 10);
}
