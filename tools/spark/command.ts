/**
 * `spark`: a real Spark Connect server for trying things on, until Ctrl-C.
 */
import { z } from "zod";
import type { Command } from "../../lib/cli/command.ts";
import { complain, type Effects, print } from "../../lib/cli/effects.ts";
import {
  readSettings,
  toggle,
  type Values,
  wholeNumber,
} from "../../lib/cli/settings.ts";
import { PipelineError } from "../../lib/errors.ts";
import { aborted } from "../java/aborted.ts";
import { startSpark } from "./spark.ts";

const MEMORY = "so many megabytes or gigabytes: 512m, 2g";

const settings = {
  port: {
    value: "N",
    help: "Where it listens on 127.0.0.1 (15002)",
    schema: wholeNumber(1, 65_535).default(15_002),
  },
  cores: {
    value: "N",
    help: "How many tasks run at a time (2)",
    schema: wholeNumber(1, 1024).default(2),
  },
  executors: {
    value: "N",
    help: "How many processes share the tasks; 0: the server itself does them (0)",
    schema: wholeNumber(0, 64).default(0),
  },
  memory: {
    value: "SIZE",
    help: "The most memory for each Java: 512m, 4g (2g)",
    schema: z.string().regex(/^[1-9][0-9]{0,5}[mg]$/i, MEMORY).transform((size) =>
      Number.parseInt(size) * (/g$/i.test(size) ? 1024 : 1)
    ).pipe(z.number().min(512, "512m or more")).default(2048),
  },
  data: {
    value: "FOLDER",
    help: "Where its log and its temporary files go (data/spark)",
    schema: z.string().min(1, "a folder").default("data/spark"),
  },
  debug: toggle("Show where an error comes from"),
} as const;

/** The command. */
export const sparkCommand: Command = {
  summary: "Runs a Spark Connect server on this machine until Ctrl-C.",
  settings,
  run: (args, effects) =>
    run(readSettings(settings, { args, env: effects.env }), effects),
};

async function run(
  { port, cores, executors, memory: memoryMb, data: folder }: Values<typeof settings>,
  effects: Effects,
): Promise<void> {
  const { signal } = effects;
  await using server = await startSpark({
    ...{ port, cores, executors, memoryMb, folder, signal },
    path: effects.env("PATH") ?? "",
    onFetch: () => complain(effects, "Fetching Spark with Maven …\n"),
  });
  print(effects.stdout, `Spark answers at ${server.address}; Ctrl-C stops it\n`);
  await Promise.race([server.ended, aborted(signal)]);
  if (!signal.aborted) {
    throw new PipelineError("engine", "The server has ended by itself", {
      hint: `See ${folder}/${port}/spark.log`,
    });
  }
  const { kind, message } = signal.reason as PipelineError;
  throw new PipelineError(kind, message, { hint: "What was running on it has ended" });
}
