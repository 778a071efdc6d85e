/**
 * What all commands that talk to Kafka have in common: how their settings are read, shown and
 * checked.
 */
import { z } from "zod";
import { checkConnection } from "../kafka/check.ts";
import type { LogEntry } from "../kafka/client.ts";
import { type Connection, formatServer } from "../kafka/connection.ts";
import { complain, type Effects, print, printable } from "./effects.ts";
import { KAFKA_CONFIG, readKafkaConfig } from "./kafka_config.ts";
import {
  connectionOf,
  connectionSettings,
  consumerSettings,
  placesOf,
  propertyOf,
} from "./kafka_settings.ts";
import {
  type Given,
  originsOf,
  readFlags,
  type Settings,
  toggle,
  type Values,
} from "./settings.ts";

/** What every command that talks to Kafka has. */
export const kafkaSettings = {
  ...connectionSettings,
  config: {
    value: "FILE",
    help: `Read the settings of Kafka from it (${KAFKA_CONFIG} if it exists)`,
    schema: z.string().min(1, "a file").optional(),
  },
  "dry-run": toggle("Show the settings, check them and the connection, and end"),
  debug: toggle("Show where an error comes from, and what the Kafka client says"),
} as const;

/** The values of {@linkcode kafkaSettings}. */
export type KafkaValues = Values<typeof kafkaSettings>;

/**
 * Returns where the settings of a command come from, `kafka.properties` among it.
 *
 * @throws {PipelineError} If that cannot be read.
 */
export function findSettings(
  settings: Settings,
  args: readonly string[],
  { env }: Effects,
): Given {
  const config = readKafkaConfig(readFlags(settings, args).get("config")?.at(-1));
  return { args, env, config };
}

/** A connection that works, and what the topic is like. */
export interface Connected {
  readonly connection: Connection;
  readonly partitions: number;
}

/**
 * Returns the connection that the settings describe, once it has been tried.
 *
 * @throws {PipelineError} If a file cannot be used, or Kafka refuses us, within 5 s.
 */
export async function connect(
  values: KafkaValues,
  { now }: Effects,
): Promise<Connected> {
  const connection = connectionOf(values, now());
  return { connection, ...await checkConnection(connection, values.topic) };
}

/**
 * Shows each setting with where it comes from, secrets left out, and tries the connection.
 *
 * @throws {PipelineError} As {@linkcode connect}.
 */
export async function dryRun(
  { settings, given, values }: {
    readonly settings: Settings;
    readonly given: Given;
    readonly values: KafkaValues;
  },
  effects: Effects,
): Promise<void> {
  const shown = { ...values, ...placesOf(values) };
  const rows = originsOf(settings, given, shown)
    .filter(({ flag, value }) => !OF_NO_INTEREST.includes(flag) && value !== "false")
    .map(({ flag, value, from }) => [nameOf(flag), printable(value), printable(from)]);
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  for (const [name, value, from] of rows) {
    print(
      effects.stdout,
      `${name!.padEnd(widths[0]!)}  ${value!.padEnd(widths[1]!)}  ${from}\n`,
    );
  }
  const { connection, partitions } = await connect(values, effects);
  print(
    effects.stdout,
    `Kafka answers at ${connection.servers.map(formatServer).join(",")}; ` +
      `partitions of ${values.topic}: ${partitions}\n`,
  );
}

const OF_NO_INTEREST: readonly string[] = ["config", "dry-run", "debug"];

/** Returns how the setting is called where it is mostly set. */
function nameOf(flag: string): string {
  const isKafkas = flag in connectionSettings || flag in consumerSettings;
  return isKafkas ? propertyOf(flag) : flag;
}

/** Returns what shows the words of the Kafka client, or nothing where nobody wants them. */
export function logOf(
  { debug }: Pick<KafkaValues, "debug">,
  effects: Effects,
): ((entry: LogEntry) => void) | undefined {
  if (!debug) return undefined;
  return ({ level, message }) =>
    complain(effects, `kafka ${level}: ${printable(message)}\n`);
}
