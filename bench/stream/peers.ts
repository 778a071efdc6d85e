/**
 * The stream's peers: kcat, which only copies a topic into a file, and PySpark Structured
 * Streaming, which does the same job with checkpoints of its own.
 */
import { findJars } from "../../tools/java/jars.ts";
import type { Product } from "../../tools/java/product.ts";
import { run } from "../measure.ts";
import { findPython } from "../python.ts";
import type { BenchBroker } from "./processes.ts";

/** A peer that is there. */
export interface StreamPeer {
  readonly name: string;
  /** Reads so many messages of the topic into the folder; returns in how many seconds. */
  readonly run: (topic: string, messages: number, out: string) => Promise<number>;
}

/** How to make a peer ready; it fails where the machine lacks something. */
export type FindPeer = (bench: BenchBroker, home: string) => Promise<StreamPeer>;

/** The peers by name. */
export const STREAM_PEERS: Readonly<Record<string, FindPeer>> = {
  kcat: findKcat,
  "PySpark Structured Streaming, local[2]": findSpark,
};

async function findKcat({ broker, certificates }: BenchBroker): Promise<StreamPeer> {
  await run("kcat", ["-V"]);
  const settings = {
    "security.protocol": "ssl",
    "ssl.ca.location": `${certificates}/ca.pem`,
    "ssl.certificate.location": `${certificates}/service.cert`,
    "ssl.key.location": `${certificates}/service.key`,
  };
  const flags = Object.entries(settings).flatMap(([key, to]) => ["-X", `${key}=${to}`]);
  return {
    name: "kcat to a file, whole command",
    async run(topic, messages, out) {
      const started = performance.now();
      const where = ["-b", `127.0.0.1:${broker.port}`, "-t", topic, ...flags];
      const args = ["-C", ...where, "-o", "beginning", "-c", `${messages}`, "-q"];
      const command = ["-c", 'out=$1; shift; exec kcat "$@" > "$out"', "sh"];
      await run("sh", [...command, `${out}/messages.txt`, ...args]);
      return (performance.now() - started) / 1000;
    },
  };
}

const CONNECTOR: Product = {
  name: "Spark's reader of Kafka",
  server: "none",
  kind: "engine",
  pom: new URL("../peers/spark_kafka/pom.xml", import.meta.url),
};

async function findSpark(
  { broker, certificates }: BenchBroker,
  home: string,
): Promise<StreamPeer> {
  await run("java", ["-version"]);
  const requirements = new URL("requirements.txt", import.meta.url);
  const python = await findPython(home, { name: "venv-stream", requirements });
  const jars = await findJars(
    CONNECTOR,
    () => console.error("fetching Spark's reader of Kafka"),
    `${home}/spark-kafka`,
  );
  const names = [...Deno.readDirSync(jars)].map(({ name }) => `${jars}/${name}`);
  const where = "import pyspark; print(pyspark.__path__[0])";
  const spark = await run(python, ["-c", where]);
  const program = new URL("../peers/stream_spark.py", import.meta.url).pathname;
  return {
    name: "PySpark Structured Streaming, local[2], without its start",
    async run(topic, _messages, out) {
      const printed = await run("env", [
        ...[`SPARK_HOME=${spark}`, `PYSPARK_PYTHON=${python}`],
        ...[`${spark}/bin/spark-submit`, "--master", "local[2]"],
        ...["--driver-memory", "4g", "--jars", names.join(",")],
        ...[program, `${broker.port}`, certificates, topic, out],
      ]);
      return Number(printed.split("\n").at(-1));
    },
  };
}
