/**
 * The settings of all commands that talk to Kafka: flags, variables and the keys of
 * `kafka.properties` alike. `--group-id` is `COHORT_GROUP_ID` and the key `group.id`.
 */
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import { type Connection, parseServers } from "../kafka/connection.ts";
import { parseTls, type Pem, readPem, refuseOpenFile } from "../kafka/tls.ts";
import { type Setting, type Values, wholeNumber } from "./settings.ts";

/** Where `deno task certs` puts what the settings name. */
const PLACES = {
  "ssl-ca": "certs/ca.pem",
  "ssl-certificate": "certs/service.cert",
  "ssl-key": "certs/service.key",
} as const;

function pemFile(what: string, place: string): Setting<string | undefined> {
  return { value: "FILE", help: `${what} (${place})`, schema: z.string().optional() };
}

function secret(help: string): Setting<string | undefined> {
  const schema = z.string().min(1, "a text that is not empty").optional();
  return { value: "TEXT", help, isSecret: true, schema };
}

function name(value: string, help: string, fallback: string): Setting<string> {
  const schema = z.string().min(1, "a name").default(fallback);
  return { value, help: `${help} (${fallback})`, schema };
}

const SERVERS = "servers with commas between them: kafka.example:9093,127.0.0.1:9094";

/** How the cluster is reached, and the topic. */
export const connectionSettings = {
  "bootstrap-servers": {
    value: "LIST",
    help: "Servers of the cluster, with commas between them (127.0.0.1:9093)",
    schema: z.string().refine(
      (list) => parseServers(list) !== undefined,
      `Give ${SERVERS}`,
    )
      .default("127.0.0.1:9093"),
  },
  topic: {
    value: "NAME",
    help: "The topic of the records (ibtissam)",
    schema: z.string().regex(/^[\w.-]{1,249}$/, "letters, digits, dots, - and _")
      .default("ibtissam"),
  },
  "security-protocol": {
    value: "ssl|plaintext",
    help: "Whether the connection is encrypted (ssl)",
    schema: z.string().transform((text) => text.toLowerCase())
      .pipe(z.enum(["ssl", "plaintext"], { error: "ssl or plaintext" })).default("ssl"),
  },
  "ssl-ca-location": pemFile("Authorities that we trust", PLACES["ssl-ca"]),
  "ssl-certificate-location": pemFile("Our certificate", PLACES["ssl-certificate"]),
  "ssl-key-location": pemFile("Its key", PLACES["ssl-key"]),
  "ssl-key-password": secret("The password of the key, where it is encrypted"),
  "ssl-ca-pem": secret("The authorities themselves instead of a file"),
  "ssl-certificate-pem": secret("Our certificate itself instead of a file"),
  "ssl-key-pem": secret("The key itself instead of a file"),
  "client-id": name("NAME", "What the broker's logs call us", "cohort"),
} as const;

/** How a group of consumers shares the topic. */
export const consumerSettings = {
  "group-id": name("NAME", "The group that shares the partitions", "cohort"),
  "auto-offset-reset": {
    value: "earliest|latest",
    help: "Where a partition begins that nobody has read yet (earliest)",
    schema: z.string().transform((text) => OFFSET_RESETS[text.toLowerCase()] ?? text)
      .pipe(z.enum(["earliest", "latest"], { error: "earliest or latest" }))
      .default("earliest"),
  },
  "session-timeout-ms": {
    value: "MS",
    help: "After so long a silence the others take over our partitions (10000)",
    schema: wholeNumber(1000, 1_800_000).default(10_000),
  },
} as const;

/** librdkafka's other words for the same. */
const OFFSET_RESETS: Readonly<Record<string, string>> = {
  earliest: "earliest",
  smallest: "earliest",
  beginning: "earliest",
  latest: "latest",
  largest: "latest",
  end: "latest",
};

/** What {@linkcode connectionSettings} give. */
export type ConnectionValues = Values<typeof connectionSettings>;

/** Returns the key of a flag in `kafka.properties`: `group-id` → `group.id`. */
export function propertyOf(flag: string): string {
  return flag.replaceAll("-", ".");
}

/**
 * Returns the connection that the settings describe, with its files read and checked.
 *
 * @param now For certificates whose time is over.
 * @throws {PipelineError} If one of the files cannot be used.
 */
export function connectionOf(values: ConnectionValues, now: Date): Connection {
  const connection = {
    servers: parseServers(values["bootstrap-servers"])!,
    clientId: values["client-id"],
  };
  if (values["security-protocol"] === "plaintext") return connection;
  const authorities = findPem("ssl-ca", values);
  if (authorities === undefined) {
    throw new PipelineError("usage", "ssl.ca.location is empty", {
      hint: "Name the authorities that we trust, for a broker is never trusted blindly",
    });
  }
  const texts = { authorities, password: values["ssl-key-password"] };
  const [certificate, key] = [
    findPem("ssl-certificate", values),
    findPem("ssl-key", values),
  ];
  if ((certificate === undefined) !== (key === undefined)) {
    throw new PipelineError("usage", "A certificate and its key go together", {
      hint: "Set ssl.certificate.location and ssl.key.location, or make both empty",
    });
  }
  const identity = certificate && key && { certificate, key };
  return {
    ...connection,
    tls: parseTls(identity ? { ...texts, identity } : texts, now),
  };
}

/** Returns where the PEM files are that the settings name, or leave to the defaults. */
export function placesOf(values: ConnectionValues): Partial<ConnectionValues> {
  const whats = Object.keys(PLACES) as (keyof typeof PLACES)[];
  return Object.fromEntries(
    whats.filter((what) => values[`${what}-pem`] === undefined)
      .map((what) => [`${what}-location`, values[`${what}-location`] ?? PLACES[what]]),
  );
}

/** Returns the text that the settings name; undefined where they name none. */
function findPem(what: keyof typeof PLACES, values: ConnectionValues): Pem | undefined {
  const [location, text] = [values[`${what}-location`], values[`${what}-pem`]];
  const setting = propertyOf(`${what}-location`);
  const inline = propertyOf(`${what}-pem`);
  if (location !== undefined && text !== undefined) {
    throw new PipelineError("usage", `${setting} and ${inline} are both set`, {
      hint: "Leave one of them out",
    });
  }
  if (text !== undefined) return { name: inline, text };
  const path = location ?? PLACES[what];
  if (path === "") return undefined;
  const pem = readPem(path, setting);
  if (what === "ssl-key") refuseOpenFile(path, "the key ");
  return pem;
}
