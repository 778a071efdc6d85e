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
import { end } from "../java/process.ts";
import {
  format,
  isFormatted,
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
  const { certificates, heapMb = 256, extra = [], settings, signal } = options;
  const [controllerPort, free, ...more] = freePorts(2 + extra.length);
  const port = options.port ?? free!;
  const ports = new Map(extra.map(({ name }, i) => [name, more[i]!]));
  const connection = connectionTo(port, certificates);
  refuseTakenPort(port, KAFKA);
  const jars = await findJars(KAFKA, options.onFetch ?? (() => {}));
  const folder = resolve(options.data);
  Deno.mkdirSync(folder, { recursive: true });
  refuseUsedFolder(folder);
  if (options.reset) drop(folder);
  Deno.mkdirSync(`${folder}/log`, { recursive: true });
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
  const java = { jars, folder, heapMb };
  if (!isFormatted(folder)) await format(java);

  let kafka = startKafka(java);
  const answers = async (): Promise<void> => {
    try {
      await untilItAnswers(kafka, connection, { folder, signal });
    } catch (error) {
      await end(kafka, "SIGKILL");
      throw error;
    }
  };
  await answers();
  const stop = (): Promise<void> => end(kafka, "SIGTERM");
  if (options.topic !== undefined) {
    const { topic, partitions = 1 } = options;
    await makeTopic(connection, topic, partitions).catch(async (error) => {
      await stop();
      throw error;
    });
  }
  return {
    port,
    ports,
    connection,
    get pid() {
      return kafka.child.pid;
    },
    get ended() {
      return kafka.child.status;
    },
    stop,
    kill: () => end(kafka, "SIGKILL"),
    start: async () => {
      kafka = startKafka(java);
      await answers();
    },
    [Symbol.asyncDispose]: stop,
  };
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
