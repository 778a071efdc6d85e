/**
 * Kafka as a process: formatted, started, waited for, ended.
 */
import { PipelineError, systemReason } from "../../lib/errors.ts";
import type { Connection } from "../../lib/kafka/connection.ts";
import { askBroker } from "../../lib/kafka/probe.ts";

/** What each of Kafka's programs is started with. */
export interface Java {
  /** The folder of the jars. */
  readonly jars: string;
  /** The folder with `server.properties`, the log and `broker.log`. */
  readonly folder: string;
  /** The most memory for objects, in MB. */
  readonly heapMb: number;
}

/** A running broker. */
export interface KafkaProcess {
  readonly child: Deno.ChildProcess;
  /** What Java itself has said; Kafka writes into `broker.log`. */
  readonly complaints: Promise<string>;
}

/** How long a broker may take until it answers, in ms: 1 GB to recover takes a minute. */
const PATIENCE_MS = 120_000;
/** How long it may take to end when it is asked to, in ms. */
const FAREWELL_MS = 20_000;

/** Returns whether a broker's log stands in the folder. */
export function isFormatted(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/log/meta.properties`).isFile;
  } catch {
    return false;
  }
}

/**
 * Makes the log of a new cluster.
 *
 * @throws {PipelineError} If Java is missing or Kafka refuses.
 */
export async function format(java: Java): Promise<void> {
  const id = crypto.getRandomValues(new Uint8Array(16)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const { child, complaints } = startJava(java, "kafka.tools.StorageTool", [
    ...["format", "--cluster-id", id, "--config"],
    `${java.folder}/server.properties`,
  ]);
  if (!(await child.status).success) throw await failure(java.folder, complaints);
}

/** Starts the broker. */
export function startKafka(java: Java): KafkaProcess {
  return startJava(java, "kafka.Kafka", [`${java.folder}/server.properties`]);
}

function startJava(
  { jars, folder, heapMb }: Java,
  program: string,
  args: readonly string[],
): KafkaProcess {
  try {
    const child = new Deno.Command("java", {
      args: [
        `-Xmx${heapMb}m`,
        ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"], // for a fast start
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        `-Dorg.slf4j.simpleLogger.logFile=${folder}/broker.log`,
        ...["-cp", `${jars}/*`, program, ...args],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return { child, complaints: child.stderr.text() };
  } catch (cause) {
    throw new PipelineError("kafka", `Cannot run java: ${systemReason(cause)}`, {
      hint: "Install Java 17 or newer (Debian: apt install default-jre-headless)",
      cause,
    });
  }
}

/**
 * Resolves when the broker answers.
 *
 * @throws {PipelineError} If it ends instead, or takes too long.
 */
export async function untilItAnswers(
  { child, complaints }: KafkaProcess,
  { servers, tls }: Connection,
  options: { readonly folder: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { folder, signal } = options;
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    signal?.throwIfAborted();
    if (hasEnded) throw await failure(folder, complaints);
    try {
      return await askBroker(servers[0]!, { tls, timeoutMs: 2000 });
    } catch (error) {
      if (performance.now() > deadline) throw unanswered(folder, error);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Ends the process and waits until it is gone. */
export async function end(
  { child, complaints }: KafkaProcess,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  const send = (signal: Deno.Signal): void => {
    try {
      child.kill(signal);
    } catch { /* it has ended by itself */ }
  };
  send(signal);
  const timer = setTimeout(() => send("SIGKILL"), FAREWELL_MS);
  await child.status;
  await complaints;
  clearTimeout(timer);
}

function unanswered(folder: string, cause: unknown): PipelineError {
  return new PipelineError("kafka", "The broker has started but does not answer", {
    hint: `See ${folder}/broker.log`,
    cause,
  });
}

/** What Kafka and Java say, and what it means. */
const MEANINGS: readonly (readonly [RegExp, what: string, hint: string])[] = [
  [
    /UnsupportedClassVersionError/,
    "this Java is too old",
    "Install Java 17 or newer (Debian: apt install default-jre-headless)",
  ],
  [
    /Failed to acquire lock on file/,
    "another broker uses its data",
    "Stop that one, or choose another folder with --data",
  ],
  [
    /Address already in use/,
    "its port is taken",
    "Stop what listens there, or choose another with --port",
  ],
  [
    /No space left on device/,
    "the disk is full",
    "Make room, or drop its data with --reset",
  ],
];

/** Returns why Kafka ended, as far as it says. */
async function failure(
  folder: string,
  complaints: Promise<string>,
): Promise<PipelineError> {
  const log = `${await complaints}\n${readIfThere(`${folder}/broker.log`)}`;
  const [, what, hint] = MEANINGS.find(([pattern]) => pattern.test(log)) ??
    [, "Kafka ended at once", `See ${folder}/broker.log`];
  return new PipelineError("kafka", `Cannot start the broker: ${what}`, {
    hint,
    cause: new Error(log.slice(-4000)),
  });
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
