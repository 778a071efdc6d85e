/**
 * `produce`: sends the records of CSV files to the topic.
 */
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import { COMPRESSIONS, openProducer } from "../kafka/producer.ts";
import { Outbox, type ProduceCounts } from "../stream/outbox.ts";
import { produce } from "../stream/produce.ts";
import type { Command } from "./command.ts";
import { complain, type Effects, print, printable } from "./effects.ts";
import { inputSettings, openSources } from "./input_settings.ts";
import { connect, dryRun, findSettings, kafkaSettings, logOf } from "./kafka.ts";
import { progressPrinter } from "./progress.ts";
import { readSettings, toggle, type Values, wholeNumber } from "./settings.ts";

const { debug, "dry-run": isDryRun, ...connectionFlags } = kafkaSettings;

const settings = {
  ...inputSettings,
  rate: {
    value: "N",
    help: "At most so many records a second (as fast as the broker takes them)",
    schema: wholeNumber(1, 10_000_000).optional(),
  },
  loop: toggle("Send the files again and again, until Ctrl-C"),
  key: {
    value: "name|field",
    help: "Send the records of one student, or of one field, to one partition",
    schema: z.enum(["name", "field"], { error: "name or field" }).optional(),
  },
  compression: {
    value: "TYPE",
    help: `How batches are packed: ${COMPRESSIONS.join(", ")} (none)`,
    schema: z.enum(COMPRESSIONS, { error: `one of ${COMPRESSIONS.join(", ")}` })
      .default("none"),
  },
  ...connectionFlags,
  quiet: toggle("Print nothing but errors"),
  "dry-run": isDryRun,
  debug,
} as const;

/** The command. */
export const produceCommand: Command = {
  summary: "Sends the records of CSV files to the topic, each exactly once.",
  settings,
  async run(args, effects) {
    const given = findSettings(settings, args, effects);
    const values = readSettings(settings, given);
    if (values.loop && values.input.includes("-")) {
      throw new PipelineError("usage", "--loop does not go with --input -", {
        hint: "Standard input can be read only once",
      });
    }
    if (values["dry-run"]) await dryRun({ settings, given, values }, effects);
    else await run(values, effects);
  },
};

async function run(values: Values<typeof settings>, effects: Effects): Promise<void> {
  const { quiet, topic, compression, loop: isEndless, rate, key } = values;
  const { signal } = effects;
  const progress = quiet ? undefined : progressPrinter(effects);
  const warn = (message: string): void => {
    progress?.clear();
    if (!quiet) complain(effects, `warning: ${printable(message)}\n`);
  };
  const { connection, partitions } = await connect(values, effects);
  const onLog = logOf(values, effects);
  await using producer = await openProducer(connection, {
    ...{ topic, partitions, compression, onLog },
  });
  const started = performance.now();
  const outbox = new Outbox(producer, {
    ...{ rate, signal },
    onWaiting: (isWaiting) =>
      warn(isWaiting ? "Kafka does not answer: trying again" : "Kafka answers again"),
  });
  try {
    await produce(() => openSources(values, effects, warn), outbox, {
      ...{ isEndless, key, signal, onProgress: progress?.show },
    });
  } finally {
    progress?.clear();
    const seconds = (performance.now() - started) / 1000;
    if (!quiet) print(effects.stdout, formatCounts(outbox.counts, { topic, seconds }));
    warningsOf(outbox.counts).forEach(warn);
  }
  if (signal.aborted) throw stopped(signal.reason);
}

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

function formatCounts(
  { sent, acknowledged }: ProduceCounts,
  { topic, seconds }: { readonly topic: string; readonly seconds: number },
): string {
  const width = number.format(sent).length;
  const rate = number.format(acknowledged / seconds);
  return `Sent          ${number.format(sent)} ${
    sent === 1 ? "record" : "records"
  } to ${topic}\n` +
    `Acknowledged  ${number.format(acknowledged).padStart(width)}\n` +
    `Done in ${seconds.toFixed(2)} s, ${rate} records/s\n`;
}

function warningsOf(
  { sent, acknowledged, altered, cut }: ProduceCounts,
): readonly string[] {
  const cases: readonly (readonly [count: number, one: string, many: string])[] = [
    [
      sent - acknowledged,
      "record was not acknowledged: the topic may hold it or not",
      "records were not acknowledged: the topic may hold them or not",
    ],
    [
      altered,
      `record is not the student of the file: ${UNSPEAKABLE}`,
      `records are not the students of the file: ${UNSPEAKABLE}`,
    ],
    [
      cut,
      "record is longer than a message can be, and was sent without its end",
      "records are longer than a message can be, and were sent without their ends",
    ],
  ];
  return cases.filter(([count]) => count > 0)
    .map(([count, one, many]) => `${number.format(count)} ${count === 1 ? one : many}`);
}

const UNSPEAKABLE = "a message knows no first name of several words, and no comma in a " +
  "first or last name";

/** Returns the end by a signal, which is none of the outputs' business here. */
function stopped({ kind, message, cause }: PipelineError): PipelineError {
  return new PipelineError(kind, message, {
    hint: "The topic holds what is acknowledged above",
    cause,
  });
}
