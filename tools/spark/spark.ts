/**
 * A real Spark Connect server on 127.0.0.1, as an object: the `spark` task, the tests and
 * the benchmarks share it. It is a cluster of one machine: what drives the work does it.
 *
 * ```ts ignore
 * await using server = await startSpark({ folder: "data/spark", path });
 * await using session = await openSession(parseAddress(server.address));
 * await server.kill(); // kill -9
 * await server.stop(); // SIGTERM; leaving the block does it too
 * ```
 */
import { delimiter, dirname, resolve } from "node:path";
import { PipelineError } from "../../lib/errors.ts";
import { parseAddress } from "../../lib/spark/address.ts";
import { openSession } from "../../lib/spark/session.ts";
import { findJars } from "../java/jars.ts";
import { freePorts, refuseTakenPort } from "../java/ports.ts";
import {
  end,
  type JavaProcess,
  readIfThere,
  type Reason,
  startError,
  startJava,
  TOO_OLD,
} from "../java/process.ts";
import type { Product } from "../java/product.ts";
import { javaArguments, sparkHome } from "./settings.ts";

/** What the server is. */
export const SPARK: Product = {
  name: "Spark",
  server: "server",
  kind: "engine",
  pom: new URL("pom.xml", import.meta.url),
};

/** What a server needs to know. */
export interface SparkOptions {
  /** Where its log goes, and its temporary files while it runs. */
  readonly folder: string;
  /** Where scripts on its executor find programs; Deno's own folder is put before it. */
  readonly path: string;
  /** Where it listens; a free port where absent. */
  readonly port?: number;
  /** How many tasks run at a time; 2 by default. */
  readonly cores?: number;
  /** How many executors do the work as processes of their own; 0, the default: the server. */
  readonly executors?: number;
  /** The most memory for the objects of each Java, in MB; 1024 by default. */
  readonly memoryMb?: number;
  /** More settings of Spark's, such as `spark.ui.enabled`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether it is to start soon rather than to work fast, as in tests. */
  readonly isHasty?: boolean;
  /** Told before Spark is fetched, which takes a while the first time. */
  readonly onFetch?: () => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** A server that answers. */
export interface SparkServer extends AsyncDisposable {
  readonly port: number;
  /** Its connection string: `sc://127.0.0.1:15002`. */
  readonly address: string;
  readonly pid: number;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Lets it end its work and remove its temporary files; does nothing where it has ended. */
  stop(): Promise<void>;
  /** Ends it at once, as kill -9 does. */
  kill(): Promise<void>;
}

/** How long a server may take until it answers, in ms. */
const PATIENCE_MS = 120_000;

/**
 * Starts a server; resolves when it answers.
 *
 * @throws {PipelineError} If Java or Maven is missing, the port is taken, or the server does
 * not come up.
 */
export async function startSpark(options: SparkOptions): Promise<SparkServer> {
  const { cores = 2, executors = 0, memoryMb = 1024, isHasty = false } = options;
  const { path, signal, settings = {} } = options;
  const port = options.port ?? freePorts(1)[0]!;
  refuseTakenPort(port, SPARK);
  const jars = await findJars(SPARK, options.onFetch ?? (() => {}));
  const folder = resolve(options.folder, `${port}`); // whose port is free, so is its folder
  const scratch = `${folder}/scratch`;
  removeIfThere(scratch); // of one that was killed
  const home = sparkHome(folder);
  Deno.mkdirSync(home, { recursive: true });
  if (executors > 0) Deno.symlinkSync(jars, `${home}/jars`, { type: "dir" });
  const shape = { cores, executors, memoryMb, settings, isHasty };
  const server = startJava(SPARK, {
    args: javaArguments({ jars, folder, port, ...shape }),
    cwd: scratch,
    env: {
      PATH: `${dirname(Deno.execPath())}${delimiter}${path}`,
      SPARK_LOCAL_IP: "127.0.0.1",
      SPARK_HOME: home,
      SPARK_SCALA_VERSION: "2.13", // which it would else look for in its own source
    },
  });
  const stop = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    await end(server, signal);
    await removePatiently(scratch);
  };
  const address = `sc://127.0.0.1:${port}`;
  try {
    await untilItAnswers(server, { address, folder, signal });
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return {
    port,
    address,
    pid: server.child.pid,
    ended: server.child.status,
    stop: () => stop("SIGTERM"),
    kill: () => stop("SIGKILL"),
    [Symbol.asyncDispose]: () => stop("SIGTERM"),
  };
}

/** Resolves when the server answers a question. */
async function untilItAnswers(
  { child, complaints }: JavaProcess,
  { address, folder, signal }: {
    readonly address: string;
    readonly folder: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    signal?.throwIfAborted();
    if (hasEnded) {
      const log = `${await complaints}\n${readIfThere(`${folder}/spark.log`)}`;
      throw startError(SPARK, reasonIn(log, folder), new Error(log.slice(-4000)));
    }
    try {
      await using _session = await openSession(
        parseAddress(address),
        signal ? { signal } : {},
      );
      return;
    } catch (error) {
      const isStarting = error instanceof PipelineError &&
        /(nothing listens there|hung up without an answer)$/.test(error.message);
      if (!isStarting || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** What Java and Spark say when they cannot start, and what it means. */
const MEANINGS: readonly (readonly [RegExp, Reason])[] = [
  TOO_OLD,
  [/No space left on device/, ["the disk is full", "Make room"]],
  [
    /System memory \d+ must be at least|Too small (initial|maximum) heap/,
    ["it has too little memory", "Give it 512m or more with --memory"],
  ],
  [
    /Could not reserve enough space|unable to allocate|Cannot allocate memory/,
    ["this machine has less memory", "Give it less with --memory"],
  ],
];

/** Returns why Spark ended, as far as its log tells. */
export function reasonIn(log: string, folder: string): Reason {
  const found = MEANINGS.find(([pattern]) => pattern.test(log));
  return found?.[1] ?? ["Spark ended at once", `See ${folder}/spark.log`];
}

/** How often a folder that is still written into is removed, and how long is waited, in ms. */
const REMOVALS = { most: 50, pauseMs: 100 };

/** Removes the folder: executors outlive a server that was killed, and write for a moment. */
async function removePatiently(folder: string): Promise<void> {
  for (let times = 1;; times++) {
    try {
      return removeIfThere(folder);
    } catch (error) {
      if (times === REMOVALS.most) throw error;
      await new Promise((resolve) => setTimeout(resolve, REMOVALS.pauseMs));
    }
  }
}

function removeIfThere(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
