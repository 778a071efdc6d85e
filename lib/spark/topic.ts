/**
 * The job on a topic, read through Spark's own Kafka source: bounded, and over the same mutual
 * TLS as any other client of ours.
 */
import { type Connection, formatServer } from "../kafka/connection.ts";
import type { Result } from "../report/result.ts";
import { OLDER_THAN } from "../transform/clean.ts";
import { piped, SETTINGS, workerCommand } from "./plan.ts";
import { runOnCluster, sendWorker, type SparkReportOptions } from "./report.ts";
import type { SparkSession, ViewSource } from "./session.ts";
import { TO_WORKER } from "./worker/protocol.ts";

/** Which messages of a topic. */
export interface TopicRange {
  /** The first offset of each partition, or the time of the first message; the first it has. */
  readonly from?: bigint | Date | undefined;
  /** The offset, or the time, before which it ends; by default with what it holds now. */
  readonly to?: bigint | Date | undefined;
}

/** A topic and how its cluster is reached from Spark's machines. */
export interface SparkTopic extends TopicRange {
  readonly connection: Connection;
  readonly topic: string;
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
  await session.config(SETTINGS);
  await session.createView("cohort_messages", messagesOf(source));
  const { olderThan = OLDER_THAN } = options;
  await sendWorker(session, { olderThan, topic, sources: [] }, options);
  const query = cleanedMessages(source, workerCommand(session, options.deno));
  const sources = [{ name: `kafka://${topic}`, topic }];
  return (await runOnCluster(session, { query, sources, options })).result;
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
