/**
 * What goes wrong with Kafka where Spark reads from it, in the words of a run without Spark.
 */
import { PipelineError } from "../errors.ts";
import { type Connection, formatServer } from "../kafka/connection.ts";

/** A topic that Spark is to read. */
export interface ReadTopic {
  readonly connection: Pick<Connection, "servers">;
  readonly topic: string;
}

/** What is wrong, and what to do about it. */
type Diagnosis = readonly [what: string, hint: string];

const AWAY: Diagnosis = [
  "it does not answer Spark's machines",
  "See whether it runs, and under which names they reach it: bootstrap.servers",
];

/** By what Java says, in the order in which they are looked for. */
const SAYINGS: readonly (readonly [RegExp, Diagnosis])[] = [
  [/No resolvable bootstrap urls/, [
    "Spark's machines know no such host",
    "Mend bootstrap.servers",
  ]],
  [/plaintext connection\?|Unsupported or unrecognized SSL message/, [
    "it does not speak TLS",
    "Set security.protocol to PLAINTEXT, or name its TLS port in bootstrap.servers",
  ]],
  [/AdminClient thread has exited/, [
    "what answers is no Kafka broker, or it speaks TLS and security.protocol is PLAINTEXT",
    "Set security.protocol to SSL, or mend bootstrap.servers",
  ]],
  [/NotAfter: |certificate_expired/, [
    "a certificate has expired",
    "Renew it (deno task certs --force, then start the broker again)",
  ]],
  [/PKIX path|SignatureException/, [
    "its certificate is signed by an authority that we do not trust",
    "Name the ca.pem that goes with it with ssl.ca.location",
  ]],
  [/No subject alternative|No name matching/, [
    "its certificate is for another name",
    "Name it in bootstrap.servers as its certificate does",
  ]],
  [/certificate_required|bad_certificate|certificate_unknown|unknown_ca/, [
    "it does not trust our certificate",
    "Name one that its authority has signed with ssl.certificate.location",
  ]],
  [/AuthorizationException/, [
    "it does not let us read",
    "Ask for the right to read the topic",
  ]],
  [/TimeoutException|Cannot fetch record/, AWAY],
];

/**
 * Does the work.
 *
 * @throws {PipelineError} What it throws; of the kind `kafka` where Kafka is the reason.
 */
export async function inKafkasWords<T>(
  source: ReadTopic,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(source, error) ?? error;
  }
}

function explain({ connection, topic }: ReadTopic, error: unknown) {
  const said = causes(error).join("\n");
  if (!/kafka/i.test(said)) return undefined;
  const servers = `Kafka at ${connection.servers.map(formatServer).join(", ")}`;
  if (/UnknownTopicOrPartition/.test(said)) {
    return new PipelineError("kafka", `${servers} has no topic ${topic}`, {
      hint: "Name one that it has: --input kafka://NAME",
      cause: error,
    });
  }
  const found = SAYINGS.find(([pattern]) => pattern.test(said));
  if (found === undefined) return undefined;
  const [what, hint] = found[1];
  return new PipelineError("kafka", `Spark cannot use ${servers}: ${what}`, {
    hint,
    cause: error,
  });
}

/** Returns what an error and all that caused it say. */
function causes(error: unknown): readonly string[] {
  return error instanceof Error
    ? [`${error.name}: ${error.message}`, ...causes(error.cause)]
    : [];
}
