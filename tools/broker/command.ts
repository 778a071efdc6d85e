/**
 * `broker`: a real Kafka broker for trying things on, until Ctrl-C.
 */
import { z } from "zod";
import type { Command } from "../../lib/cli/command.ts";
import { complain, type Effects, print, printable } from "../../lib/cli/effects.ts";
import {
  readSettings,
  toggle,
  type Values,
  wholeNumber,
} from "../../lib/cli/settings.ts";
import { PipelineError } from "../../lib/errors.ts";
import { aborted } from "../java/aborted.ts";
import { startBroker } from "./broker.ts";

const settings = {
  port: {
    value: "N",
    help: "Where it listens on 127.0.0.1 (9093)",
    schema: wholeNumber(1, 65_535).default(9093),
  },
  topic: {
    value: "NAME",
    help: "The topic that it has (ibtissam)",
    schema: z.string().regex(/^[\w.-]{1,249}$/, "letters, digits, dots, - and _")
      .default("ibtissam"),
  },
  partitions: {
    value: "N",
    help: "How many partitions the topic has at least (1)",
    schema: wholeNumber(1, 1000).default(1),
  },
  data: {
    value: "FOLDER",
    help: "Where its data are (data/broker)",
    // Kafka reads the folder as a list
    schema: z.string().regex(/^[^,]+$/, "a folder without a comma in its name")
      .default("data/broker"),
  },
  certs: {
    value: "FOLDER",
    help: "Where deno task certs has put the certificates (certs)",
    schema: z.string().min(1, "a folder").default("certs"),
  },
  reset: toggle("Drop the data of earlier runs"),
  debug: toggle("Show where an error comes from"),
} as const;

/** The command. */
export const brokerCommand: Command = {
  summary: "Runs a Kafka broker on this machine, with mutual TLS, until Ctrl-C.",
  settings,
  run: (args, effects) =>
    run(readSettings(settings, { args, env: effects.env }), effects),
};

async function run(
  { certs: certificates, ...options }: Values<typeof settings>,
  effects: Effects,
): Promise<void> {
  const { topic, data } = options;
  const { signal } = effects;
  await using broker = await startBroker({
    ...options,
    certificates,
    signal,
    onFetch: () => complain(effects, "Fetching Kafka with Maven …\n"),
  });
  print(
    effects.stdout,
    `Kafka answers at 127.0.0.1:${broker.port}, topic ${topic}; Ctrl-C stops it\n`,
  );
  await Promise.race([broker.ended, aborted(signal)]);
  const hint = `Its data stay in ${printable(data)}; --reset drops them`;
  if (!signal.aborted) {
    throw new PipelineError("kafka", "The broker has ended by itself", {
      hint: `See ${data}/broker.log`,
    });
  }
  const { kind, message } = signal.reason as PipelineError;
  throw new PipelineError(kind, message, { hint });
}
