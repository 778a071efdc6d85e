/**
 * What the server's Java and its Spark are told: a driver that is its own executor, or has
 * some as processes of their own, on 127.0.0.1 alone, with all that it writes below one
 * folder.
 */
import { fileURLToPath } from "node:url";

/** What the settings are made of. */
export interface JavaOptions {
  /** The folder of the jars. */
  readonly jars: string;
  /** Where its log and its temporary files go. */
  readonly folder: string;
  readonly port: number;
  /** How many tasks run at a time. */
  readonly cores: number;
  /** How many executors there are beside the server; 0: it does the work itself. */
  readonly executors: number;
  /** The most memory for the objects of each Java, in MB. */
  readonly memoryMb: number;
  /** More settings of Spark's. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether Java compiles in haste: it starts in two thirds of the time, and works slower. */
  readonly isHasty: boolean;
}

const LOG4J = fileURLToPath(new URL("log4j2.properties", import.meta.url));

/** Returns the arguments of Java. */
export function javaArguments(options: JavaOptions): string[] {
  const { jars, folder, memoryMb, isHasty } = options;
  const properties = {
    "log4j2.configurationFile": LOG4J,
    "cohort.log": `${folder}/spark.log`,
    "java.io.tmpdir": `${folder}/scratch`,
    ...NETTY,
    ...sparkSettings(options),
  };
  return [
    `-Xmx${memoryMb}m`,
    "-XX:+UseSerialGC",
    ...(isHasty ? ["-XX:TieredStopAtLevel=1"] : []),
    ...OPENED.flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]),
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    ...["-cp", `${jars}/*`],
    "org.apache.spark.sql.connect.service.SparkConnectServer",
  ];
}

/** What Spark's libraries need of Java since version 17: those that Spark's own start opens. */
const OPENED: readonly string[] = [
  ...["java.io", "java.lang", "java.lang.invoke", "java.lang.reflect", "java.net"],
  ...["java.nio", "java.util", "java.util.concurrent", "java.util.concurrent.atomic"],
  ...["jdk.internal.ref", "sun.nio.ch", "sun.nio.cs", "sun.security.action"],
  "sun.util.calendar",
];

const NETTY = {
  "io.netty.tryReflectionSetAccessible": "true",
  "jdk.reflect.useDirectMethodHandle": "false",
};

/** Where Spark looks for its jars when it starts executors, and lets them work. */
export function sparkHome(folder: string): string {
  return `${folder}/scratch/home`;
}

function sparkSettings(options: JavaOptions): Record<string, string> {
  const { folder, port, settings } = options;
  return {
    ...whoWorks(options),
    "spark.app.name": "cohort",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.grpc.binding.port": `${port}`,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.local.dir": `${folder}/scratch`,
    "spark.sql.warehouse.dir": `${folder}/scratch/warehouse`,
    // the client takes rows home as they come, so that they need not all have room here
    "spark.driver.maxResultSize": "0",
    ...settings,
  };
}

/** Returns who cleans: the server in threads of its own, or executors that it starts. */
function whoWorks(
  { cores, executors, memoryMb, isHasty }: JavaOptions,
): Record<string, string> {
  if (executors === 0) return { "spark.master": `local[${cores}]` };
  const each = Math.ceil(cores / executors);
  const flags = ["-XX:+UseSerialGC", ...(isHasty ? ["-XX:TieredStopAtLevel=1"] : [])];
  return {
    "spark.master": `local-cluster[${executors},${each},${memoryMb}]`,
    "spark.executor.memory": `${memoryMb}m`,
    "spark.executor.extraJavaOptions": flags.join(" "),
  };
}
