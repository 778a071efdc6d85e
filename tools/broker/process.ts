/**
 * Kafka as a process: formatted, started, waited for, ended.
 */
import type { PipelineError } from "../../lib/errors.ts";
import { explain } from "../../lib/kafka/check.ts";
import type { Connection } from "../../lib/kafka/connection.ts";
import { askBroker, StrangerError } from "../../lib/kafka/probe.ts";
import {
  type JavaProcess,
  readIfThere,
  type Reason,
  startError,
  startJava,
  TOO_OLD,
} from "../java/process.ts";
import type { Product } from "../java/product.ts";

/** What the broker is. */
export const KAFKA: Product = {
  name: "Kafka",
  server: "broker",
  kind: "kafka",
  pom: new URL("pom.xml", import.meta.url),
};

/** What each of Kafka's programs is started with. */
export interface Java {
  /** The folder of the jars. */
  readonly jars: string;
  /** The folder with `server.properties`, the log and `broker.log`. */
  readonly folder: string;
  /** The most memory for objects, in MB. */
  readonly heapMb: number;
}

/** How long a broker may take until it answers, in ms: 1 GB to recover takes a minute. */
const PATIENCE_MS = 120_000;

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
  const id = clusterId(crypto.getRandomValues(new Uint8Array(16)));
  const { child, complaints } = startProgram(java, "kafka.tools.StorageTool", [
    ...["format", "--cluster-id", id, "--config"],
    `${java.folder}/server.properties`,
  ]);
  if (!(await child.status).success) throw await failure(java.folder, complaints);
}

/**
 * Returns a cluster id of 16 drawn bytes: Base64 for URLs, 22 characters. It begins with no
 * dash, which `StorageTool` would take for a flag.
 */
export function clusterId(drawn: Uint8Array): string {
  const bytes = Uint8Array.from(drawn);
  bytes[0]! &= 0x7f; // the first digit is one of A to f
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Starts the broker, and keeps others away from its folder until it has ended.
 *
 * @throws {PipelineError} If Java is missing, or another broker uses the folder.
 */
export function startKafka(java: Java): JavaProcess {
  const lock = claim(java.folder);
  try {
    const kafka = startProgram(java, "kafka.Kafka", [`${java.folder}/server.properties`]);
    lock.truncateSync();
    lock.writeSync(new TextEncoder().encode(`${kafka.child.pid}`));
    kafka.child.status.then(() => lock.close());
    return kafka;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Refuses a folder that another broker uses.
 *
 * @throws {PipelineError} If one does.
 */
export function refuseUsedFolder(folder: string): void {
  claim(folder).close();
}

function claim(folder: string): Deno.FsFile {
  const path = `${folder}/lock`;
  const lock = Deno.openSync(path, { create: true, write: true });
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  const [what, hint] = IN_USE;
  throw startError(KAFKA, [`${what}, process ${readIfThere(path)}`, hint]);
}

function startProgram(
  { jars, folder, heapMb }: Java,
  program: string,
  args: readonly string[],
): JavaProcess {
  return startJava(KAFKA, {
    args: [
      `-Xmx${heapMb}m`,
      ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"], // for a fast start
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
      `-Dorg.slf4j.simpleLogger.logFile=${folder}/broker.log`,
      ...["-cp", `${jars}/*`, program, ...args],
    ],
  });
}

/**
 * Resolves when the broker answers.
 *
 * @throws {PipelineError} If it ends instead, or takes too long.
 */
export async function untilItAnswers(
  { child, complaints }: JavaProcess,
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
      const isStarting = error instanceof Deno.errors.ConnectionRefused ||
        error instanceof StrangerError;
      if (!isStarting || performance.now() > deadline) {
        throw explain(servers[0]!, tls, error);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const IN_USE: Reason = [
  "another broker uses its data",
  "Stop that one, or choose another folder with --data",
];

const PORT_TAKEN = /Address already in use/;

/** Whether the last broker of the folder could not listen where it was to. */
export function hasFoundPortTaken(folder: string): boolean {
  return PORT_TAKEN.test(readIfThere(`${folder}/broker.log`));
}

/** What Kafka and Java say, and what it means. */
const MEANINGS: readonly (readonly [RegExp, Reason])[] = [
  TOO_OLD,
  [/Failed to acquire lock on file/, IN_USE], // of a broker that nobody looks after any more
  [/No space left on device/, [
    "the disk is full",
    "Make room, or drop its data with --reset",
  ]],
  [PORT_TAKEN, ["a port that it needs is taken", "Start it again: it takes other ports"]],
];

/** Returns why Kafka ended, as far as its log tells. */
export function reasonIn(log: string, folder: string): Reason {
  const found = MEANINGS.find(([pattern]) => pattern.test(log));
  return found?.[1] ?? ["Kafka ended at once", `See ${folder}/broker.log`];
}

async function failure(
  folder: string,
  complaints: Promise<string>,
): Promise<PipelineError> {
  const log = `${await complaints}\n${readIfThere(`${folder}/broker.log`)}`;
  return startError(KAFKA, reasonIn(log, folder), new Error(log.slice(-4000)));
}
