/**
 * The settings of Kafka: where they come from, what is refused before any connection, and
 * that no secret is ever shown.
 */
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { parseKafkaConfig } from "../lib/cli/kafka_config.ts";
import {
  connectionOf,
  connectionSettings,
  consumerSettings,
} from "../lib/cli/kafka_settings.ts";
import { readSettings } from "../lib/cli/settings.ts";
import { PipelineError } from "../lib/errors.ts";
import { type Certificates, makeCertificates } from "../lib/kafka/certificates.ts";
import { parseServers } from "../lib/kafka/connection.ts";
import { parseProperties } from "../lib/kafka/properties.ts";
import { diskTest, put, type Ran, runHere } from "./support.ts";

const NOW = new Date("2026-01-31T12:00:00Z");

const PROPERTIES:
  readonly (readonly [text: string, ...properties: [string, string][]])[] = [
    // the text → its keys and values, as java.util.Properties reads it
    [""],
    ["# a comment\n ! another\n\n \t\n"],
    ["a=1", ["a", "1"]],
    ["a:1\nb 2\rc\t=\t3\r\nd = : 4", ["a", "1"], ["b", "2"], ["c", "3"], ["d", ": 4"]],
    ["a", ["a", ""]],
    ["a=", ["a", ""]],
    ["=1", ["", "1"]],
    ["  a = b = c # no comment", ["a", "b = c # no comment"]],
    ["a=1 \t", ["a", "1 \t"]],
    ["a=1,\\\n   2,\\\r\n\t3", ["a", "1,2,3"]],
    ["a=1\\\\\nb=2", ["a", "1\\"], ["b", "2"]],
    ["a=1\\\n# no comment", ["a", "1# no comment"]],
    ["a=1\\", ["a", "1"]],
    ["a\\ b\\:c\\=d=1", ["a b:c=d", "1"]],
    ["a=\\t\\n\\r\\f\\q\\u00e9\\\\", ["a", "\t\n\r\fqé\\"]],
    ["é=\u{1f600}", ["é", "\u{1f600}"]],
    ["a=1\na=2", ["a", "1"], ["a", "2"]],
  ];

for (const [text, ...properties] of PROPERTIES) {
  Deno.test(`parseProperties() of ${JSON.stringify(text)}`, () => {
    const found = parseProperties(text, "x").map(({ key, value }) => [key, value]);
    assert.deepEqual(found, properties);
  });
}

Deno.test("parseProperties() names the line on which a property begins", () => {
  const lines = parseProperties("# 1\n\na=1\\\n2\nb=3\n", "x").map(({ line }) => line);
  assert.deepEqual(lines, [3, 5]);
});

Deno.test("parseProperties() refuses an escape that is cut short", () => {
  assert.throws(
    () => parseProperties("\na=\\u00g9", "x.properties"),
    new PipelineError("usage", "x.properties:2: \\u is not followed by four digits", {
      hint: "Write \\u00e9 for é, or \\\\ for a backslash",
    }),
  );
});

Deno.test("parseServers() reads names, addresses and ports, and nothing else", () => {
  assert.deepEqual(parseServers("a.example:1, 10.0.0.1:65535,[::1]:9093"), [
    { host: "a.example", port: 1 },
    { host: "10.0.0.1", port: 65535 },
    { host: "::1", port: 9093 },
  ]);
  for (
    const wrong of ["", "a", "a:", ":1", "a:0", "a:65536", "a:1,", "::1:9093", "a b:1"]
  ) {
    assert.equal(parseServers(wrong), undefined, wrong);
  }
  assert.equal(parseServers("https://a:1"), undefined);
});

const table = { ...connectionSettings, ...consumerSettings };

/** Returns the settings that a `kafka.properties`, the environment and the flags give. */
function read(
  text: string,
  { args = [], env = {} }: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Record<string, unknown> {
  const config = parseKafkaConfig(text, "kafka.properties");
  return readSettings(table, { args, env: (name) => env[name], config });
}

const SPELLINGS: readonly (readonly [line: string, values: Record<string, unknown>])[] = [
  ["bootstrap.servers=a:1,b:2", { "bootstrap-servers": "a:1,b:2" }],
  ["metadata.broker.list=a:1", { "bootstrap-servers": "a:1" }],
  ["group.id = mine ", { "group-id": "mine" }],
  ["client.id=me", { "client-id": "me" }],
  ["topic=other", { topic: "other" }],
  ["session.timeout.ms=1000", { "session-timeout-ms": 1000 }],
  ["auto.offset.reset=Latest", { "auto-offset-reset": "latest" }],
  ["auto.offset.reset=smallest", { "auto-offset-reset": "earliest" }],
  ["auto.offset.reset=end", { "auto-offset-reset": "latest" }],
  ["security.protocol=SSL", { "security-protocol": "ssl" }],
  ["security.protocol=plaintext", { "security-protocol": "plaintext" }],
  ["ssl.ca.location=a b", { "ssl-ca-location": "a b" }],
  ["ssl.truststore.location=a", { "ssl-ca-location": "a" }],
  ["ssl.certificate.location=c", { "ssl-certificate-location": "c" }],
  ["ssl.key.location=k", { "ssl-key-location": "k" }],
  ["ssl.keystore.location=x", {
    "ssl-certificate-location": "x",
    "ssl-key-location": "x",
  }],
  ["ssl.key.password= p ", { "ssl-key-password": "p " }],
  ["ssl.truststore.certificates=A", { "ssl-ca-pem": "A" }],
  ["ssl.ca.pem=A", { "ssl-ca-pem": "A" }],
  ["ssl.keystore.certificate.chain=C\\\n  D", { "ssl-certificate-pem": "CD" }],
  ["ssl.keystore.key=K", { "ssl-key-pem": "K" }],
  ["ssl.keystore.type=PEM\nssl.truststore.type=pem", {}],
  ["ssl.endpoint.identification.algorithm=https", {}],
  ["enable.ssl.certificate.verification=true", {}],
];

for (const [line, values] of SPELLINGS) {
  Deno.test(`kafka.properties may say ${JSON.stringify(line)}`, () => {
    assert.partialDeepStrictEqual(read(line), values);
    if (Object.keys(values).length === 0) assert.deepEqual(read(line), read(""));
  });
}

Deno.test("flags beat variables, which beat kafka.properties, which beats the defaults", () => {
  const [file, flag] = ["topic=file", ["--topic", "flag"]];
  const env = { COHORT_TOPIC: "variable" };
  assert.equal(read("").topic, "ibtissam");
  assert.equal(read(file).topic, "file");
  assert.equal(read(file, { env }).topic, "variable");
  assert.equal(read(file, { env, args: flag }).topic, "flag");
});

const KEYTOOL =
  "Give PEM; from a Java keystore: keytool -importkeystore, then openssl pkcs12";
const REFUSED: readonly (readonly [text: string, first: string, second: string])[] = [
  // kafka.properties → the two lines
  [
    "\nbootstrap.server=a:1",
    "kafka.properties:2: there is no key bootstrap.server here",
    "Did you mean bootstrap.servers?",
  ],
  [
    "bootstrap-servers=a:1",
    "kafka.properties:1: there is no key bootstrap-servers here",
    "Did you mean bootstrap.servers?",
  ],
  [
    "ssl.keystore.locaton=a",
    "kafka.properties:1: there is no key ssl.keystore.locaton here",
    "Did you mean ssl.keystore.location?",
  ],
  [
    "__proto__=a",
    "kafka.properties:1: there is no key __proto__ here",
    "Leave it out; the keys are bootstrap.servers, topic, security.protocol, " +
    "ssl.ca.location, ssl.certificate.location, ssl.key.location, ssl.key.password, " +
    "ssl.ca.pem, ssl.certificate.pem, ssl.key.pem, client.id, group.id, " +
    "auto.offset.reset, session.timeout.ms",
  ],
  [
    "bootstrap.servers=nowhere",
    'kafka.properties:1: bootstrap.servers cannot be "nowhere"',
    "Give servers with commas between them: kafka.example:9093,127.0.0.1:9094",
  ],
  [
    "security.protocol=SASL_SSL",
    'kafka.properties:1: security.protocol cannot be "SASL_SSL"',
    "Give ssl or plaintext",
  ],
  [
    "auto.offset.reset=none",
    'kafka.properties:1: auto.offset.reset cannot be "none"',
    "Give earliest or latest",
  ],
  [
    "session.timeout.ms=10",
    'kafka.properties:1: session.timeout.ms cannot be "10"',
    "Give a whole number from 1000 to 1800000",
  ],
  ["group.id=", 'kafka.properties:1: group.id cannot be ""', "Give a name"],
  [
    "topic=a/b",
    'kafka.properties:1: topic cannot be "a/b"',
    "Give letters, digits, dots, - and _",
  ],
  [
    "ssl.keystore.type=JKS",
    'kafka.properties:1: ssl.keystore.type cannot be "JKS"',
    KEYTOOL,
  ],
  [
    "ssl.truststore.type=PKCS12",
    'kafka.properties:1: ssl.truststore.type cannot be "PKCS12"',
    KEYTOOL,
  ],
  [
    "ssl.endpoint.identification.algorithm=",
    'kafka.properties:1: ssl.endpoint.identification.algorithm cannot be ""',
    "Give https, or leave it out: a broker is never trusted blindly",
  ],
  [
    "enable.ssl.certificate.verification=false",
    'kafka.properties:1: enable.ssl.certificate.verification cannot be "false"',
    "Give true, or leave it out: a broker is never trusted blindly",
  ],
];

for (const [text, first, second] of REFUSED) {
  Deno.test(`kafka.properties may not say ${JSON.stringify(text)}`, () => {
    assert.throws(() => read(text), { message: first, hint: second, kind: "usage" });
  });
}

Deno.test("a secret on the command line is refused", async () => {
  for (const name of ["password", "pem"]) {
    const { code, stdout, stderr } = await runHere([
      "produce",
      `--ssl-key-${name}`,
      "S3CRET",
    ]);
    assert.equal(
      stderr,
      `error: --ssl-key-${name} does not belong on a command line\n` +
        "       Others can read it there: set the variable " +
        `COHORT_SSL_KEY_${name.toUpperCase()}\n`,
    );
    assert.deepEqual([code, stdout], [2, ""]);
  }
  const close = await runHere(["produce", "--ssl-key-passwort", "x"]);
  assert.doesNotMatch(close.stderr, /password/, "it is no flag to be suggested");
});

/** Writes the files that a client needs. */
function putCertificates(folder: string, { authority, service }: Certificates): void {
  put(folder, "ca.pem", authority);
  put(folder, "service.cert", service.certificate);
  put(folder, "service.key", service.key);
  Deno.chmodSync(`${folder}/service.key`, 0o600);
}

const made = await makeCertificates({ hosts: ["localhost"], days: 30, now: NOW });
const other = await makeCertificates({ hosts: ["localhost"], days: 30, now: NOW });
const encrypted = createPrivateKey(made.service.key).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "S3CRET",
}) as string;

/** Runs `produce --dry-run` with the files of a folder; nothing listens at its address. */
function dryRun(
  folder: string,
  lines: readonly string[] = [],
  world: Parameters<typeof runHere>[1] = {},
): Promise<Ran> {
  const config = put(
    folder,
    "my.properties",
    [
      "bootstrap.servers=127.0.0.1:1",
      `ssl.ca.location=${folder}/ca.pem`,
      `ssl.certificate.location=${folder}/service.cert`,
      `ssl.key.location=${folder}/service.key`,
      ...lines,
    ].join("\n"),
  );
  if (Deno.build.os !== "windows") Deno.chmodSync(config, 0o600);
  return runHere(["produce", "--dry-run", "--config", config], world);
}

type FileCase = readonly [
  what: string,
  change: (folder: string) => void,
  lines: readonly string[],
  first: string,
  second: string,
];

const NEW_ONES = "make new ones with: deno task certs --force";
const PASSWORD = "Give it as ssl.key.password in kafka.properties, or as the variable " +
  "COHORT_SSL_KEY_PASSWORD";

const FILES: readonly FileCase[] = [
  [
    "a certificate that is not there",
    (folder) => Deno.removeSync(`${folder}/ca.pem`),
    [],
    "Cannot read {dir}/ca.pem: it does not exist",
    "Make it with deno task certs, or say where yours is with ssl.ca.location",
  ],
  [
    "a key that is not there",
    (folder) => Deno.removeSync(`${folder}/service.key`),
    [],
    "Cannot read {dir}/service.key: it does not exist",
    "Make it with deno task certs, or say where yours is with ssl.key.location",
  ],
  [
    "a certificate that is no PEM",
    (folder) => put(folder, "service.cert", "DER\x00\x01"),
    [],
    "Cannot use {dir}/service.cert: it holds no PEM certificate",
    "It must have a line -----BEGIN CERTIFICATE-----; from DER: openssl x509 -inform der",
  ],
  [
    "a certificate that is PEM of nonsense",
    (folder) =>
      put(
        folder,
        "ca.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
      ),
    [],
    "Cannot use {dir}/ca.pem: it holds no PEM certificate",
    "It must have a line -----BEGIN CERTIFICATE-----; from DER: openssl x509 -inform der",
  ],
  [
    "a certificate in the key's place",
    (folder) => put(folder, "service.key", made.service.certificate),
    [],
    "Cannot use {dir}/service.key: it holds no PEM key",
    "It must have a line -----BEGIN PRIVATE KEY-----; from DER: openssl pkey -inform der",
  ],
  [
    "a key of nonsense",
    (folder) =>
      put(folder, "service.key", made.service.key.replace(/\n.*\n/, "\nS3CRETAAAA\n")),
    [],
    "Cannot use {dir}/service.key: it holds no PEM key",
    "It must have a line -----BEGIN PRIVATE KEY-----; from DER: openssl pkey -inform der",
  ],
  [
    "the key of another certificate",
    (folder) => put(folder, "service.key", other.service.key),
    [],
    "The key {dir}/service.key is not the key of {dir}/service.cert",
    `Take the two that were made together, or ${NEW_ONES}`,
  ],
  [
    "an encrypted key without its password",
    (folder) => put(folder, "service.key", encrypted),
    [],
    "The key {dir}/service.key needs its password",
    PASSWORD,
  ],
  [
    "an encrypted key with another password",
    (folder) => put(folder, "service.key", encrypted),
    ["ssl.key.password=S3CRET2"],
    "The password does not open the key {dir}/service.key",
    PASSWORD,
  ],
  [
    "a key without a certificate",
    () => {},
    ["ssl.certificate.location="],
    "A certificate and its key go together",
    "Set ssl.certificate.location and ssl.key.location, or make both empty",
  ],
  [
    "no authority",
    () => {},
    ["ssl.ca.location="],
    "ssl.ca.location is empty",
    "Name the authorities that we trust, for a broker is never trusted blindly",
  ],
  [
    "a certificate twice",
    () => {},
    ["ssl.ca.pem=x"],
    "ssl.ca.location and ssl.ca.pem are both set",
    "Leave one of them out",
  ],
];

for (const [what, change, lines, first, second] of FILES) {
  diskTest(`${what} is refused before any connection`, async (folder) => {
    putCertificates(folder, made);
    change(folder);
    const { code, stdout, stderr } = await dryRun(folder, lines);
    const text = `error: ${first}\n       ${second}\n`.replaceAll("{dir}", folder);
    assert.equal(stderr, text);
    assert.equal(code, 2);
    assert.doesNotMatch(stdout + stderr, /S3CRET/);
  });
}

diskTest(
  "a certificate that is not good now is refused before any connection",
  async (folder) => {
    putCertificates(folder, made);
    const cases = [
      ["2026-04-01", "has expired on 2026-03-02"],
      ["2026-01-01", "is good only from 2026-01-31 on"],
    ];
    for (const [today, what] of cases) {
      const { code, stderr } = await dryRun(folder, [], { now: () => new Date(today!) });
      assert.equal(
        stderr,
        `error: The certificate ${folder}/service.cert ${what}\n` +
          `       Check this machine's clock, ask for a new certificate, or ${NEW_ONES}\n`,
      );
      assert.equal(code, 2);
    }
  },
);

diskTest(
  "a key that everybody may read is refused with what mends it",
  async (folder) => {
    if (Deno.build.os === "windows") return;
    const odd = `${folder}/it's here`;
    Deno.mkdirSync(odd);
    putCertificates(odd, made);
    for (const mode of [0o644, 0o604, 0o602]) {
      Deno.chmodSync(`${odd}/service.key`, mode);
      const { code, stderr } = await dryRun(odd);
      assert.equal(
        stderr,
        `error: Everybody on this machine may read the key ${odd}/service.key\n` +
          `       Mend it with: chmod 600 '${folder}/it'\\''s here/service.key'\n`,
      );
      assert.equal(code, 2);
    }
    for (const mode of [0o600, 0o400, 0o640]) {
      Deno.chmodSync(`${odd}/service.key`, mode);
      assert.equal(
        (await dryRun(odd)).code,
        5,
        "refused only by Kafka, which is not there",
      );
    }
  },
);

diskTest(
  "a kafka.properties with a secret that everybody may read is refused",
  async (folder) => {
    if (Deno.build.os === "windows") return;
    const config = put(folder, "k.properties", "ssl.key.password=S3CRET\n");
    Deno.chmodSync(config, 0o644);
    const { code, stderr } = await runHere(["produce", "--config", config]);
    assert.equal(
      stderr,
      `error: Everybody on this machine may read ssl.key.password in ${config}\n` +
        `       Mend it with: chmod 600 ${config}\n`,
    );
    assert.equal(code, 2);
  },
);

diskTest("a kafka.properties that is named and not there is refused", async (folder) => {
  const { code, stderr } = await runHere(["produce", "--config", `${folder}/x`]);
  assert.equal(stderr, `error: Cannot read ${folder}/x: it does not exist\n`);
  assert.equal(code, 2);
});

diskTest(
  "--dry-run shows each setting and where it comes from, but no secret",
  async (folder) => {
    putCertificates(folder, made);
    put(folder, "service.key", encrypted);
    const env = { COHORT_SSL_KEY_PASSWORD: "S3CRET", COHORT_TOPIC: "variable" };
    const { code, stdout, stderr } = await dryRun(folder, ["client.id=me"], { env });
    const rows = new Map(
      stdout.trim().split("\n").map((line) => line.split(/ {2,}/))
        .map(([name, ...rest]) => [name!, rest]),
    );
    assert.deepEqual(rows.get("topic"), ["variable", "COHORT_TOPIC"]);
    assert.deepEqual(rows.get("client.id"), [
      "me",
      `${folder}/my.properties:5: client.id`,
    ]);
    assert.deepEqual(rows.get("security.protocol"), ["ssl", "default"]);
    assert.deepEqual(rows.get("ssl.key.password"), ["hidden", "COHORT_SSL_KEY_PASSWORD"]);
    assert.equal(rows.get("ssl.key.location")![0], `${folder}/service.key`);
    assert.ok(!rows.has("ssl.key.pem") && !rows.has("debug") && !rows.has("dry-run"));
    assert.doesNotMatch(stdout + stderr, /S3CRET/);
    assert.equal(code, 5, "it goes on to check the connection");
  },
);

diskTest("no key and no password appears with --debug either", async (folder) => {
  putCertificates(folder, made);
  const secrets = [
    ...made.service.key.split("\n").filter((line) => line.length > 40),
    "S3CRET",
  ];
  const worlds: readonly Readonly<Record<string, string>>[] = [
    {},
    { COHORT_SSL_KEY_PASSWORD: "S3CRET" },
    { COHORT_SSL_KEY_PEM: made.service.key },
    { COHORT_SSL_KEY_PEM: encrypted, COHORT_SSL_KEY_PASSWORD: "S3CRET" },
    { COHORT_SSL_KEY_PEM: made.service.key.slice(0, 100) },
    { COHORT_SSL_KEY_PEM: other.service.key },
    { COHORT_SSL_KEY_LOCATION: `${folder}/no` },
  ];
  for (const env of worlds) {
    const { code, stdout, stderr } = await runHere([
      ...["produce", "--debug", "--dry-run", "--bootstrap-servers", "127.0.0.1:1"],
      ...["--ssl-ca-location", `${folder}/ca.pem`],
      ...["--ssl-certificate-location", `${folder}/service.cert`],
      ...env.COHORT_SSL_KEY_PEM ? [] : ["--ssl-key-location", `${folder}/service.key`],
    ], { env });
    assert.ok(code === 2 || code === 5);
    for (const secret of [...secrets, ...other.service.key.split("\n", 2).slice(1)]) {
      assert.ok(!(stdout + stderr).includes(secret), stderr);
    }
  }
});

diskTest(
  "connectionOf() takes a key and certificates as texts, and Java's one file of both",
  (folder) => {
    const values = (text: string, env: Readonly<Record<string, string>> = {}) =>
      read(text, { env }) as Parameters<typeof connectionOf>[0];
    const expected = {
      authorities: made.authority,
      identity: { certificate: made.service.certificate, key: made.service.key },
    };
    const texts = {
      COHORT_SSL_CA_PEM: made.authority,
      COHORT_SSL_CERTIFICATE_PEM: made.service.certificate,
      COHORT_SSL_KEY_PEM: made.service.key,
    };
    assert.deepEqual(connectionOf(values("", texts), NOW).tls, expected);

    const both = put(folder, "both.pem", made.service.key + made.service.certificate);
    Deno.chmodSync(both, 0o600);
    const ca = put(folder, "ca.pem", `an explanation\n${made.authority}`);
    const java = `ssl.keystore.location=${both}\nssl.truststore.location=${ca}\n`;
    const { tls } = connectionOf(values(java), NOW);
    assert.equal(tls?.identity?.key, made.service.key);
    assert.match(tls?.identity?.certificate ?? "", /BEGIN CERTIFICATE/);

    const encryptedEnv = { ...texts, COHORT_SSL_KEY_PEM: encrypted };
    const opened = connectionOf(values("ssl.key.password=S3CRET", encryptedEnv), NOW);
    assert.equal(opened.tls?.identity?.key, made.service.key);
  },
);

Deno.test("connectionOf() reads no file for a connection without TLS", () => {
  const values = read("security.protocol=PLAINTEXT\nssl.ca.location=nowhere");
  assert.deepEqual(connectionOf(values as Parameters<typeof connectionOf>[0], NOW), {
    servers: [{ host: "127.0.0.1", port: 9093 }],
    clientId: "cohort",
  });
});
