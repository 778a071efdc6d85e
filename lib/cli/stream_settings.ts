/**
 * The settings of `stream`.
 */
import { z } from "zod";
import type { Start } from "../stream/start.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import { kafkaSettings } from "./kafka.ts";
import { consumerSettings } from "./kafka_settings.ts";
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
    schema: z.string().refine((text) => parseStart(text) !== undefined, STARTS)
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
    schema: z.string().regex(/^[0-9]{1,6}(s|m|h)$/, "a time such as 90s, 10m or 2h")
      .transform(parseDuration).optional(),
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

/** Returns the milliseconds of `90s`, `10m`, `2h`. */
function parseDuration(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1)]!;
}
