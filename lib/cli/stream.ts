/**
 * `stream`: reads the topic into a store, each message exactly once, through crashes.
 */
import config from "../../deno.json" with { type: "json" };
import { PipelineError } from "../errors.ts";
import { checkConnection } from "../kafka/check.ts";
import type { Connection } from "../kafka/connection.ts";
import { openProducer, type RecordProducer } from "../kafka/producer.ts";
import { type LiveServer, serveLive } from "../serve/server.ts";
import { DeadLetters } from "../stream/dead_letters.ts";
import { StreamMonitor } from "../stream/status.ts";
import { stream } from "../stream/stream.ts";
import { fastCleaner } from "../transform/clean.ts";
import type { Command } from "./command.ts";
import { complain, type Effects, print, printable } from "./effects.ts";
import { connect, dryRun, findSettings, logOf } from "./kafka.ts";
import { liveView } from "./live_view.ts";
import { reportCommand } from "./report.ts";
import { readSettings, variableOf } from "./settings.ts";
import { formatEnd, formatShare, printLines } from "./stream_lines.ts";
import {
  checkStreamValues,
  streamSettings,
  type StreamValues,
} from "./stream_settings.ts";
import { Unhurried } from "./unhurried.ts";

/** The command. */
export const streamCommand: Command = {
  summary: "Reads the topic into a store, each record exactly once, until Ctrl-C.",
  settings: streamSettings,
  async run(args, effects) {
    const given = findSettings(streamSettings, args, effects);
    const values = readSettings(streamSettings, given);
    checkStreamValues(values);
    if (values["dry-run"]) {
      await dryRun({ settings: streamSettings, given, values }, effects);
    } else await run(values, effects);
  },
};

async function run(values: StreamValues, effects: Effects): Promise<void> {
  const { topic, store, quiet, "group-id": group, "older-than": olderThan } = values;
  const monitor = new StreamMonitor({
    ...{ topic, group, store, olderThan },
    version: config.version,
    now: effects.now,
  });
  {
    await using watched = watch(values, monitor, effects);
    await using server = startServer(values, monitor, watched.effects);
    if (server !== undefined) watched.say(`Live page at ${server.url}`);
    await read(values, monitor, watched.effects);
  }
  if (!quiet) print(effects.stdout, formatEnd(monitor.read()));
  if (effects.signal.aborted) throw stopped(effects.signal.reason);
  if (values["until-end"]) await report(values, effects);
}

/** Serves the live page where the user wants it. */
function startServer(
  { serve, lang }: StreamValues,
  monitor: StreamMonitor,
  effects: Effects,
): LiveServer | undefined {
  if (serve === undefined) return undefined;
  const onError = (error: unknown): void =>
    complain(effects, `warning: the live page failed: ${printable(String(error))}\n`);
  return serveLive(monitor.read, { port: serve, onError, ...(lang && { lang }) });
}

/** How somebody follows the stream, and where what else is told goes meanwhile. */
interface Watched extends AsyncDisposable {
  readonly say: (message: string) => void;
  readonly effects: Effects;
}

/** Shows the stream on a terminal, as lines elsewhere, or not at all. */
function watch(
  { quiet, "session-timeout-ms": sessionTimeoutMs }: StreamValues,
  monitor: StreamMonitor,
  effects: Effects,
): Watched {
  const { terminal } = effects;
  if (quiet || terminal === undefined || !effects.stderr.isTerminal()) {
    const opened = new AsyncDisposableStack();
    const stderr = opened.use(new Unhurried(effects.stderr));
    const unhurried = { ...effects, stderr };
    if (!quiet) opened.use(printLines(monitor.read, sessionTimeoutMs, unhurried));
    return {
      say: (message) => complain(unhurried, `${printable(message)}\n`),
      effects: unhurried,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  }
  const view = liveView(monitor.read, { ...effects, terminal });
  // the view owns the screen: what others write to it is told by the view
  const said = {
    isTerminal: () => true,
    writeSync(bytes: Uint8Array): number {
      view.say(new TextDecoder().decode(bytes).trimEnd());
      return bytes.length;
    },
  };
  return {
    say: view.say,
    effects: { ...effects, stderr: said },
    [Symbol.asyncDispose]: () => view[Symbol.asyncDispose](),
  };
}

/** Reads until the user, the time or the end says stop. */
async function read(
  values: StreamValues,
  monitor: StreamMonitor,
  effects: Effects,
): Promise<void> {
  const { topic, store, "dead-letters": letters, for: durationMs } = values;
  const { now } = effects;
  const onLog = logOf(values, effects);
  const { connection, partitions } = await connect(values, effects);
  await using producer = letters === undefined
    ? undefined
    : await openLetters(connection, letters, onLog);
  const { "older-than": olderThan } = values;
  const deadLetters = producer &&
    new DeadLetters(producer, fastCleaner({ olderThan }));
  using time = timeLimit(durationMs);
  await stream({
    ...{ connection, topic, store, olderThan, monitor, deadLetters, onLog, now },
    groupId: values["group-id"],
    sessionTimeoutMs: values["session-timeout-ms"],
    start: values.from,
    reset: values["auto-offset-reset"],
    isUntilEnd: values["until-end"],
    maxRecords: values["max-records"],
    signal: AbortSignal.any([effects.signal, time.signal]),
  });
  const share = formatShare(monitor.read(), partitions);
  if (values["until-end"] && !values.quiet && share !== undefined) {
    complain(effects, `warning: ${share}\n`);
  }
}

async function openLetters(
  connection: Connection,
  topic: string,
  onLog: ReturnType<typeof logOf>,
): Promise<RecordProducer> {
  const { partitions } = await checkConnection(connection, topic);
  return await openProducer(connection, {
    ...{ topic, partitions, compression: "none", onLog },
  });
}

/** Returns a signal that comes after that time; never where there is none. */
function timeLimit(
  ms: number | undefined,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = ms === undefined ? undefined : setTimeout(() => controller.abort(), ms);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** Writes the report on the store, as `report --input` does. */
async function report(
  { store, out, lang, quiet, debug }: StreamValues,
  effects: Effects,
): Promise<void> {
  const args = ["--input", store, "--out", out];
  if (lang !== undefined) args.push("--lang", lang);
  if (quiet) args.push("--quiet");
  if (debug) args.push("--debug");
  // the same variable means another thing there
  const env = (name: string): string | undefined =>
    name === variableOf("from") ? undefined : effects.env(name);
  await reportCommand.run(args, { ...effects, env });
}

/** Returns the end by a signal, after which nothing is lost. */
function stopped({ kind, message, cause }: PipelineError): PipelineError {
  return new PipelineError(kind, message, {
    hint: "All that came is in the store; the next start goes on from there",
    cause,
  });
}
