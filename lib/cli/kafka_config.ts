/**
 * `kafka.properties`: the file from which Kafka's own tools and clients take their settings.
 * The spellings of librdkafka and of Java's clients mean the same.
 */
import { PipelineError } from "../errors.ts";
import { parseProperties, type Property } from "../kafka/properties.ts";
import { refuseOpenFile } from "../kafka/tls.ts";
import { isFile, readText } from "./files.ts";
import { connectionSettings, consumerSettings, propertyOf } from "./kafka_settings.ts";
import { type ConfigFile, nearest, type Settings } from "./settings.ts";

/** The file that is read where there is one. */
export const KAFKA_CONFIG = "kafka.properties";

const settings: Settings = { ...connectionSettings, ...consumerSettings };

/** What the file can say, by its keys: the flags that a key sets. */
const FLAGS: ReadonlyMap<string, readonly string[]> = new Map<string, string[]>([
  ...Object.keys(settings).map((flag) =>
    [propertyOf(flag), [flag]] as [string, string[]]
  ),
  ["metadata.broker.list", ["bootstrap-servers"]],
  ["ssl.truststore.location", ["ssl-ca-location"]],
  ["ssl.truststore.certificates", ["ssl-ca-pem"]],
  ["ssl.keystore.location", ["ssl-certificate-location", "ssl-key-location"]],
  ["ssl.keystore.certificate.chain", ["ssl-certificate-pem"]],
  ["ssl.keystore.key", ["ssl-key-pem"]],
]);

/** Keys that may stand there with one value only, because nothing else can be had. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ["ssl.truststore.type", "PEM"],
  ["ssl.keystore.type", "PEM"],
  ["ssl.endpoint.identification.algorithm", "https"],
  ["enable.ssl.certificate.verification", "true"],
]);

/**
 * Returns the config file that is named, or the usual one if it is there.
 *
 * @throws {PipelineError} If it cannot be read, has a key that does not exist, or holds a
 * secret that everybody may read.
 */
export function readKafkaConfig(named: string | undefined): ConfigFile | undefined {
  if (named === undefined && !isFile(KAFKA_CONFIG)) return undefined;
  const name = named ?? KAFKA_CONFIG;
  const config = parseKafkaConfig(readText(name, "usage"), name);
  const secret = [...config.texts.keys()].find((flag) => settings[flag]?.isSecret);
  if (secret !== undefined) refuseOpenFile(name, `${propertyOf(secret)} in `);
  return config;
}

/**
 * Returns the settings that the text of a `kafka.properties` gives.
 *
 * @param name The file's name, for errors.
 * @throws {PipelineError} If it has a key that does not exist, or a value that cannot be had.
 */
export function parseKafkaConfig(text: string, name: string): ConfigFile {
  const texts = new Map<string, readonly string[]>();
  const places = new Map<string, string>();
  for (const property of parseProperties(text, name)) {
    const { key, value, line } = property;
    if (FIXED.has(key)) refuseOtherValue(property, name);
    else {
      const flags = FLAGS.get(key);
      if (flags === undefined) throw unknownKey(property, name);
      for (const flag of flags) {
        texts.set(flag, [settings[flag]!.isSecret ? value : value.trim()]);
        places.set(flag, `${name}:${line}: ${key}`);
      }
    }
  }
  return { name, texts, places };
}

function refuseOtherValue({ key, value, line }: Property, name: string): void {
  const only = FIXED.get(key)!;
  if (value.trim().toLowerCase() === only.toLowerCase()) return;
  throw new PipelineError("usage", `${name}:${line}: ${key} cannot be "${value}"`, {
    hint: only === "PEM"
      ? "Give PEM; from a Java keystore: keytool -importkeystore, then openssl pkcs12"
      : `Give ${only}, or leave it out: a broker is never trusted blindly`,
  });
}

function unknownKey({ key, line }: Property, name: string): PipelineError {
  const close = nearest(key, [...FLAGS.keys(), ...FIXED.keys()]);
  return new PipelineError("usage", `${name}:${line}: there is no key ${key} here`, {
    hint: close === undefined
      ? `Leave it out; the keys are ${Object.keys(settings).map(propertyOf).join(", ")}`
      : `Did you mean ${close}?`,
  });
}
