/**
 * The job on a topic, read through Spark's own Kafka source: bounded, and over the same mutual
 * TLS as any other client of ours.
 */
import { type Connection, formatServer } from "../kafka/connection.ts";
import type { Result } from "../report/result.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import type { Assembly } from "./assembly.ts";
import { checkRanges, type TopicRange } from "./offsets.ts";
import { piped, SETTINGS, workerCommand } from "./plan.ts";
import { runOnCluster, sendWorker, type SparkReportOptions } from "./report.ts";
import type { SparkSession, ViewSource } from "./session.ts";
import { inKafkasWords, type ReadTopic } from "./topic_failures.ts";
import { TO_WORKER } from "./worker/protocol.ts";

/** A topic, how its cluster is reached from Spark's machines, and which messages of it. */
export interface SparkTopic extends ReadTopic, TopicRange {
  readonly connection: Connection;
}

/**
 * Cleans the messages on the cluster and writes the five files here, whole or not at all; the
 * rows by partition and offset.
 *
 * @returns The result, as `report.json` holds it.
 * @throws {PipelineError} If the cluster fails, the outputs cannot be written, or a sum of the
 * funnel is off. Then the earlier outputs are untouched.
 */
export async function writeTopicReport(
  session: SparkSession,
  source: SparkTopic,
  options: SparkReportOptions = {},
): Promise<Result> {
  const { topic } = source;
  const { olderThan = OLDER_THAN } = options;
  return await inKafkasWords(source, async () => {
    await session.config(SETTINGS);
    await session.createView("cohort_messages", messagesOf(source));
    await sendWorker(session, { olderThan, topic, sources: [] }, options);
    const query = cleanedMessages(source, workerCommand(session, options.deno));
    const sources = [{ name: `kafka://${topic}`, topic }];
    const check = ({ ranges }: Pick<Assembly, "ranges">): void =>
      checkRanges(source, ranges, options.onWarning);
    return (await runOnCluster(session, { query, sources, options, check })).result;
  });
}

/** Returns the query that lets the workers clean the messages. */
function cleanedMessages({ from, to }: TopicRange, worker: string): string {
  const text = "CAST(value AS STRING)";
  const isPlain = `is_valid_utf8(${text}) AND NOT startswith(${text}, '\\u0001')
    AND NOT contains(${text}, '\\n')`;
  const line = `concat(partition, '\\t', offset, '\\t', CASE
    WHEN value IS NULL THEN '\\u0001${TO_WORKER.tombstone}'
    WHEN ${isPlain} THEN ${text}
    ELSE concat('\\u0001${TO_WORKER.bytes}', hex(value)) END)`;
  const bounds = [
    ...(typeof from === "bigint" ? [`offset >= ${from}`] : []),
    ...(typeof to === "bigint" ? [`offset < ${to}`] : []),
  ];
  const where = bounds.length === 0 ? "" : `WHERE ${bounds.join(" AND ")}`;
  // a shuffle in between: Kafka's consumer must not run in the thread that feeds the worker
  const sorted = `(SELECT * FROM cohort_messages ${where}
    DISTRIBUTE BY partition SORT BY partition, offset)`;
  return piped(line, worker, sorted);
}

/** How long a broker may be away until Spark gives up, in ms; else it is minutes. */
const PATIENCE = {
  "kafka.request.timeout.ms": "15000",
  "kafka.default.api.timeout.ms": "20000",
  "kafkaConsumer.pollTimeoutMs": "30000",
} as const;

/** Returns the topic as Spark's Kafka source takes it. */
function messagesOf({ connection, topic, from, to }: SparkTopic): ViewSource {
  const { servers, tls } = connection;
  return {
    format: "kafka",
    options: {
      "kafka.bootstrap.servers": servers.map(formatServer).join(","),
      "kafka.isolation.level": "read_committed",
      subscribe: topic,
      failOnDataLoss: "true",
      ...PATIENCE,
      ...(from instanceof Date && {
        startingTimestamp: String(from.getTime()),
        startingOffsetsByTimestampStrategy: "latest",
      }),
      ...(to instanceof Date && { endingTimestamp: String(to.getTime()) }),
      ...(tls !== undefined && {
        "kafka.security.protocol": "SSL",
        "kafka.ssl.truststore.type": "PEM",
        "kafka.ssl.truststore.certificates": tls.authorities,
      }),
      ...(tls?.identity !== undefined && {
        "kafka.ssl.keystore.type": "PEM",
        "kafka.ssl.keystore.certificate.chain": tls.identity.certificate,
        "kafka.ssl.keystore.key": tls.identity.key,
      }),
    },
    columns: ["partition", "offset", "value"],
  };
}
