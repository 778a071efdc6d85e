/**
 * `generate`: makes as many student records as wanted, the same for the same seed.
 */
import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers";
import { z } from "zod";
import { OutputFolder } from "../export/folder.ts";
import { generate } from "../generate/records.ts";
import { type Effects, writeAll } from "./effects.ts";
import type { Command } from "./command.ts";
import { readSettings, toggle, type Values, wholeNumber } from "./settings.ts";

const settings = {
  records: {
    value: "N",
    help: "How many records (2000)",
    schema: wholeNumber(0, 2 ** 32 - 1).default(2000),
  },
  seed: {
    value: "S",
    help: "The same seed gives the same bytes (1)",
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
  },
  out: {
    value: "FILE",
    help: "Where they go; - for standard output (-)",
    schema: z.string().min(1, "a file").default("-"),
  },
  debug: toggle("Show where an error comes from"),
} as const;

/** The command. */
export const generateCommand: Command = {
  summary: "Makes student records, good ones and bad ones, to try things on.",
  settings,
  run: (args, effects) =>
    run(readSettings(settings, { args, env: effects.env }), effects),
};

async function run(
  { records, seed, out }: Values<typeof settings>,
  { stdout, signal }: Effects,
): Promise<void> {
  if (out === "-") {
    for (const chunk of generate({ records, seed })) {
      if (!writeAll(stdout, chunk)) return;
      await breathe(signal);
    }
    return;
  }
  const name = basename(out);
  using folder = OutputFolder.open(dirname(out), [name]);
  const file = folder.create(name);
  for (const chunk of generate({ records, seed })) {
    file.write(chunk);
    await breathe(signal);
  }
  folder.commit();
}

/** Lets a signal come through. */
async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
