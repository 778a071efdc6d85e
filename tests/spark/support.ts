/**
 * What the tests with a real Spark share: one server for a file of tests, sessions on it, and
 * what the rows of a query say.
 */
import { parseAddress } from "../../lib/spark/address.ts";
import { openSession, type SparkSession } from "../../lib/spark/session.ts";
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
export function useSpark(options: Partial<SparkOptions> = {}): () => Cluster {
  let cluster: Cluster | undefined;
  Deno.test.beforeAll(async () => {
    if (!hasSpark) return;
    const folder = await Deno.makeTempDir({ prefix: "cohort-spark-" });
    cluster = { folder, server: await startTestSpark(folder, options) };
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
  options: { readonly signal?: AbortSignal } = {},
): Promise<SparkSession> {
  return openSession(parseAddress(server.address), options);
}
