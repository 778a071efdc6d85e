/**
 * What the tests with a real Spark share: one server for a file of tests, sessions on it, and
 * what the rows of a query say.
 */
import { parseAddress } from "../../lib/spark/address.ts";
import { columnOf } from "../../lib/spark/arrow.ts";
import {
  openSession,
  type SessionOptions,
  type SparkSession,
} from "../../lib/spark/session.ts";
import {
  type SparkOptions,
  type SparkServer,
  startSpark,
} from "../../tools/spark/spark.ts";
import { hasProcesses, hasProgram, isGate } from "../support.ts";

/** Whether a server can be run: there are Java and Maven, or the gate wants to know. */
export const hasSpark = hasProcesses &&
  (["java", "mvn"].every((name) => hasProgram(name)) || isGate);

/** A test that needs a server: left out with a reason without Java or Maven. */
export function sparkTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasSpark, fn });
}

/** A server for all tests of a file. */
export interface Cluster {
  /** A folder for whatever the tests write; it goes with the server. */
  readonly folder: string;
  readonly server: SparkServer;
}

/** Starts a server before the tests of the file and ends it after them. */
export function useSpark(
  prepare: (folder: string) => Partial<SparkOptions> = () => ({}),
): () => Cluster {
  let cluster: Cluster | undefined;
  Deno.test.beforeAll(async () => {
    if (!hasSpark) return;
    const folder = await Deno.makeTempDir({ prefix: "cohort-spark-" });
    cluster = { folder, server: await startTestSpark(folder, prepare(folder)) };
  });
  Deno.test.afterAll(async () => {
    await cluster?.server.kill();
    if (cluster !== undefined) await Deno.remove(cluster.folder, { recursive: true });
  });
  return () => cluster!;
}

/** Starts a server that is small and soon there. */
export function startTestSpark(
  folder: string,
  options: Partial<SparkOptions> = {},
): Promise<SparkServer> {
  const path = Deno.env.get("PATH") ?? "";
  return startSpark({
    ...{ folder: `${folder}/server`, path, memoryMb: 512, isHasty: true },
    ...options,
  });
}

/** Opens a session on the server. */
export function connect(
  { server }: Cluster,
  options: SessionOptions = {},
): Promise<SparkSession> {
  return openSession(parseAddress(server.address), options);
}

/** Returns the texts that a query of one column answers. */
export async function texts(answer: AsyncIterable<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  const found: string[] = [];
  for await (const arrow of answer) {
    for (const value of columnOf(arrow)) found.push(decoder.decode(value));
  }
  return found;
}

const ONE_TEXT = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\u0001'";

/** Returns the query that pipes some rows through a shell command; it holds no quote. */
export function script(command: string, from = "range(1)"): string {
  return `SELECT TRANSFORM(string(id)) ${ONE_TEXT} USING '${command}' ` +
    `AS (v STRING) ${ONE_TEXT} FROM ${from}`;
}

/** Resolves when the condition holds; fails when that takes half a minute. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`not yet: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
