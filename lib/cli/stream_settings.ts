/**
 * The settings of `stream`.
 */
import { resolve } from "node:path";
import { z } from "zod";
import { PipelineError } from "../errors.ts";
import type { Start } from "../stream/start.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import { kafkaSettings } from "./kafka.ts";
import { consumerSettings } from "./kafka_settings.ts";
import { refuseStore } from "./report_stores.ts";
import { toggle, type Values, wholeNumber } from "./settings.ts";

const { debug, "dry-run": isDryRun, ...connectionFlags } = kafkaSettings;

const STARTS = "earliest, latest, stored, an offset, or a time such as 2026-11-22T08:00Z";

/** What `stream` can be told. */
export const streamSettings = {
  store: {
    value: "FOLDER",
    help: "Where the students, the rejects and the offsets go (data/live)",
    schema: z.string().min(1, "a folder").default("data/live"),
  },
  from: {
    value: "PLACE",
    help: `Where to begin: ${STARTS} (stored)`,
    schema: z.string().refine((text) => parseStart(text) !== undefined, `Give ${STARTS}`)
      .transform((text) => parseStart(text)!).default("stored"),
  },
  "until-end": toggle("Read what the topic holds now, then write the report and end"),
  out: {
    value: "FOLDER",
    help: "Where --until-end writes the report (reports)",
    schema: z.string().min(1, "a folder").default("reports"),
  },
  "max-records": {
    value: "N",
    help: "End after so many records",
    schema: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  },
  for: {
    value: "TIME",
    help: "End after so long: 90s, 10m, 2h",
    schema: z.string().refine(
      (text) => parseDuration(text) !== undefined,
      "Give a time from 1s to 500h, such as 90s, 10m or 2h",
    ).transform((text) => parseDuration(text)!).optional(),
  },
  "older-than": {
    value: "YEARS",
    help: `Keep students older than this (${OLDER_THAN})`,
    schema: wholeNumber(-1, 150).default(OLDER_THAN),
  },
  "dead-letters": {
    value: "TOPIC",
    help: "Send the rejects to this topic too, at least once each",
    schema: z.string().regex(/^[\w.-]{1,249}$/, "letters, digits, dots, - and _")
      .optional(),
  },
  serve: {
    value: "PORT",
    help: "Serve a live page, metrics and health on 127.0.0.1; 0 is any free port",
    schema: wholeNumber(0, 65_535).optional(),
  },
  lang: {
    value: "en|fr",
    help: "Language of the live page and of the report (en)",
    schema: z.enum(["en", "fr"], { error: "en or fr" }).optional(),
  },
  ...connectionFlags,
  ...consumerSettings,
  quiet: toggle("Print nothing but errors"),
  "dry-run": isDryRun,
  debug,
} as const;

/** The values of {@linkcode streamSettings}. */
export type StreamValues = Values<typeof streamSettings>;

/** Returns where to begin, or undefined where the text does not say. */
export function parseStart(text: string): Start | undefined {
  if (text === "stored" || text === "earliest" || text === "latest") return text;
  if (/^[0-9]{1,18}$/.test(text)) return BigInt(text);
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;
  const time = new Date(text);
  return isTime.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** The longest time, in ms: a timer of more than 24 days would end at once. */
const LONGEST_MS = 500 * UNIT_MS.h!;

/** Returns the milliseconds of `90s`, `10m`, `2h`; undefined of what is no such time. */
function parseDuration(text: string): number | undefined {
  if (!/^[0-9]{1,9}[smh]$/.test(text)) return undefined;
  const ms = Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1)]!;
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}

/**
 * Checks what does not go together.
 *
 * @throws {PipelineError} If rejects would come back as messages, or the report would be
 * written over the store.
 */
export function checkStreamValues(values: StreamValues): void {
  const { topic, store, out, "dead-letters": letters, "until-end": isUntilEnd } = values;
  if (letters === topic) {
    throw new PipelineError("usage", `--dead-letters cannot be ${topic} itself`, {
      hint: "Each reject would come back as a message, without end: give another topic",
    });
  }
  if (!isUntilEnd) return;
  refuseStore(out);
  if (resolve(out) !== resolve(store)) return;
  throw new PipelineError("usage", `--out cannot be ${out}: that is --store`, {
    hint: "The report would take the place of its files: give another folder",
  });
}
