/** What Java says of Kafka, in the words of a run without Spark; the real ones are elsewhere. */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import { inKafkasWords } from "../lib/spark/topic_failures.ts";

const TOPIC = {
  topic: "t",
  connection: { servers: [{ host: "kafka.example", port: 9093 }] },
};

/** Returns an error of Spark's with what Java says, the outermost first. */
function failed(...said: readonly string[]): PipelineError {
  const cause = said.reduceRight<Error | undefined>(
    (cause, message) => new Error(message, { cause }),
    undefined,
  );
  return new PipelineError("engine", `Spark says: ${said[0]}`, { cause });
}

const HANDSHAKE =
  "org.apache.kafka.common.errors.SslAuthenticationException: SSL handshake failed";

const CASES: readonly (readonly [said: readonly string[], what: string, hint: string])[] =
  [
    [
      [
        "org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient",
        "No resolvable bootstrap urls given in bootstrap.servers",
      ],
      "Spark's machines know no such host",
      "Mend bootstrap.servers",
    ],
    [
      [HANDSHAKE, "Unrecognized SSL message, plaintext connection?"],
      "it does not speak TLS",
      "Set security.protocol to PLAINTEXT, or name its TLS port in bootstrap.servers",
    ],
    [
      [
        "org.apache.kafka.common.errors.TimeoutException: The AdminClient thread has exited. " +
        "Call: listNodes",
      ],
      "what answers is no Kafka broker, or it speaks TLS and security.protocol is PLAINTEXT",
      "Set security.protocol to SSL, or mend bootstrap.servers",
    ],
    [
      [
        HANDSHAKE,
        "PKIX path validation failed: java.security.cert.CertPathValidatorException: " +
        "validity check failed",
        "NotAfter: Sat Nov 28 03:27:39 UTC 2026",
      ],
      "a certificate has expired",
      "Renew it (deno task certs --force, then start the broker again)",
    ],
    [
      [HANDSHAKE, "Received fatal alert: certificate_expired"],
      "a certificate has expired",
      "Renew it (deno task certs --force, then start the broker again)",
    ],
    [
      [HANDSHAKE, "No subject alternative DNS name matching localhost found."],
      "its certificate is for another name",
      "Name it in bootstrap.servers as its certificate does",
    ],
    [
      ["org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized: [t]"],
      "it does not let us read",
      "Ask for the right to read the topic",
    ],
  ];

for (const [said, what, hint] of CASES) {
  Deno.test(`Kafka through Spark: ${what}, by ${said.at(-1)!.slice(0, 40)}`, async () => {
    await assert.rejects(inKafkasWords(TOPIC, () => Promise.reject(failed(...said))), {
      kind: "kafka",
      message: `Spark cannot use Kafka at kafka.example:9093: ${what}`,
      hint,
    });
  });
}

Deno.test("inKafkasWords() leaves what is not of Kafka as it is", async () => {
  const errors = [
    failed("Subprocess exited with status 1. Error: TimeoutException"),
    failed("org.apache.kafka.common.errors.UnheardOf: something new"),
    new Error("a fault"),
  ];
  for (const error of errors) {
    await assert.rejects(
      inKafkasWords(TOPIC, () => Promise.reject(error)),
      (found) => found === error,
    );
  }
});
