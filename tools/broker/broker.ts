/**
 * A real Kafka broker on 127.0.0.1, as an object: the `broker` task, the tests and the
 * benchmarks share it.
 *
 * ```ts ignore
 * await using broker = await startBroker({
 *   data: "data/broker",
 *   certificates: "certs",
 *   topic: "ibtissam",
 * });
 * broker.port;            // its own for as long as the object lives
 * broker.connection;      // for lib/kafka: a client with service.cert and service.key
 * await broker.kill();    // kill -9
 * await broker.start();   // again at the same address, with the data as they were
 * await broker.stop();    // SIGTERM; leaving the block does it too
 * ```
 *
 * Topics are made, widened, removed and measured by `openAdmin(broker.connection)` of
 * `lib/kafka/admin.ts`. For a process of its own, `kafka.properties` names
 * `bootstrap.servers=127.0.0.1:PORT` and the three files in the certificates' folder.
 */
import { resolve } from "node:path";
import { openAdmin } from "../../lib/kafka/admin.ts";
import type { Connection } from "../../lib/kafka/connection.ts";
import { parseTls, readPem } from "../../lib/kafka/tls.ts";
import { findJars } from "../java/jars.ts";
import { freePorts, refuseTakenPort } from "../java/ports.ts";
import { end, type JavaProcess } from "../java/process.ts";
import {
  format,
  hasFoundPortTaken,
  isFormatted,
  type Java,
  KAFKA,
  refuseUsedFolder,
  startKafka,
  untilItAnswers,
} from "./process.ts";
import { type ExtraListener, serverProperties } from "./properties.ts";

/** What a broker needs to know. */
export interface BrokerOptions {
  /** The folder of its data, made where it is missing; for one broker at a time. */
  readonly data: string;
  /** The folder with `ca.pem`, `broker.pem`, `service.cert` and `service.key`. */
  readonly certificates: string;
  /** Where it listens; a free port where absent. */
  readonly port?: number;
  /** A topic to make where it is missing. */
  readonly topic?: string;
  /** How many partitions the topic has at least; 1 by default. */
  readonly partitions?: number;
  /** More ports, such as one without TLS or one with another certificate. */
  readonly extra?: readonly ExtraListener[];
  /** More settings of the broker's own, by Kafka's names. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether what an earlier broker has left in the folder is dropped first. */
  readonly reset?: boolean;
  /** The most memory for Java's objects, in MB; 256 by default. */
  readonly heapMb?: number;
  /** Told before Kafka is fetched, which takes a while the first time. */
  readonly onFetch?: () => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** A broker that answers. */
export interface Broker extends AsyncDisposable {
  readonly port: number;
  /** The extra ports by their names. */
  readonly ports: ReadonlyMap<string, number>;
  /** What a client with the service's certificate needs to reach it. */
  readonly connection: Connection;
  /** The process: another one after each start. */
  readonly pid: number;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Lets it write and close its files, in about 2 s; does nothing where it has ended. */
  stop(): Promise<void>;
  /** Ends it at once, as kill -9 does. */
  kill(): Promise<void>;
  /** Starts it again at the same address, after {@linkcode stop} or {@linkcode kill}. */
  start(): Promise<void>;
}

/**
 * Starts a broker; resolves when it answers and its topic is there.
 *
 * @throws {PipelineError} If Java, Maven or a certificate is missing, the port is taken, or
 * the broker does not come up.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { certificates, heapMb = 256, topic, partitions = 1 } = options;
  if (options.port !== undefined) refuseTakenPort(options.port, KAFKA);
  connectionTo(0, certificates); // no need to fetch Kafka for what cannot be used
  const jars = await findJars(KAFKA, options.onFetch ?? (() => {}));
  const folder = resolve(options.data);
  Deno.mkdirSync(folder, { recursive: true });
  refuseUsedFolder(folder);
  if (options.reset) drop(folder);
  Deno.mkdirSync(`${folder}/log`, { recursive: true });
  const java = { jars, folder, heapMb };
  const { kafka: first, ...place } = await startSomewhere(java, options);
  const { connection } = place;
  let kafka = first;
  const stop = (): Promise<void> => end(kafka, "SIGTERM");
  if (topic !== undefined) {
    await makeTopic(connection, topic, partitions).catch(async (error) => {
      await stop();
      throw error;
    });
  }
  return {
    ...place,
    get pid() {
      return kafka.child.pid;
    },
    get ended() {
      return kafka.child.status;
    },
    stop,
    kill: () => end(kafka, "SIGKILL"),
    start: async () => {
      kafka = await startAnswering(java, connection, options.signal);
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Where a broker listens. */
type Place = Pick<Broker, "port" | "ports" | "connection">;

/** How often other ports are tried where somebody has just taken one of them. */
const TRIES = 3;

/** Starts it at the port that is wanted; what else it needs are ports that are free. */
async function startSomewhere(
  java: Java,
  options: BrokerOptions,
): Promise<Place & { readonly kafka: JavaProcess }> {
  const { certificates, extra = [], settings, signal } = options;
  const { folder } = java;
  for (let tries = 1;; tries++) {
    const [controllerPort, free, ...more] = freePorts(2 + extra.length);
    const port = options.port ?? free!;
    const ports = new Map(extra.map(({ name }, i) => [name, more[i]!]));
    const connection = connectionTo(port, certificates);
    Deno.writeTextFileSync(
      `${folder}/server.properties`,
      serverProperties({
        log: `${folder}/log`,
        certificates: resolve(certificates),
        port,
        controllerPort: controllerPort!,
        settings,
        extra: extra.map((one) => ({ ...one, port: ports.get(one.name)! })),
      }),
    );
    if (!isFormatted(folder)) await format(java);
    try {
      const kafka = await startAnswering(java, connection, signal);
      return { port, ports, connection, kafka };
    } catch (error) {
      if (!hasFoundPortTaken(folder)) throw error;
      if (options.port !== undefined) refuseTakenPort(options.port, KAFKA);
      if (tries === TRIES) throw error;
    }
  }
}

/** Starts it; resolves when it answers. */
async function startAnswering(
  java: Java,
  connection: Connection,
  signal?: AbortSignal,
): Promise<JavaProcess> {
  const kafka = startKafka(java);
  try {
    await untilItAnswers(kafka, connection, { folder: java.folder, signal });
    return kafka;
  } catch (error) {
    await end(kafka, "SIGKILL");
    throw error;
  }
}

/** Removes what a broker has written, and nothing else that may stand in the folder. */
function drop(folder: string): void {
  for (const name of ["log", "server.properties", "broker.log"]) {
    try {
      Deno.removeSync(`${folder}/${name}`, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Returns what the service needs to reach a broker on this machine.
 *
 * @throws {PipelineError} If one of the certificates, the broker's too, cannot be used.
 */
export function connectionTo(port: number, certificates: string): Connection {
  const pem = (name: string) => readPem(`${certificates}/${name}`, "--certs");
  const [authorities, broker] = [pem("ca.pem"), pem("broker.pem")];
  const service = { certificate: pem("service.cert"), key: pem("service.key") };
  const now = new Date();
  // Java would say of the broker's own what is wrong with it, but only in its log
  parseTls({ authorities, identity: { certificate: broker, key: broker } }, now);
  return {
    servers: [{ host: "127.0.0.1", port }],
    clientId: "cohort-broker",
    tls: parseTls({ authorities, identity: service }, now),
  };
}

/** Makes the topic, or gives it the partitions that it lacks. */
async function makeTopic(
  connection: Connection,
  topic: string,
  partitions: number,
): Promise<void> {
  await using admin = await openAdmin(connection);
  if (!(await admin.topics()).includes(topic)) {
    await admin.createTopic({ topic, partitions });
  } else if (await admin.partitions(topic) < partitions) {
    await admin.setPartitions(topic, partitions);
  }
}
