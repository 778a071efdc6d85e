/**
 * A stream's numbers in Prometheus' text format 0.0.4: counts, offsets and times only, never
 * a record.
 */
import { REASONS } from "../transform/types.ts";
import type { Latencies } from "../stream/latencies.ts";
import { isReady } from "../stream/health.ts";
import type { StreamState, StreamStatus } from "../stream/status.ts";

/** The media type of the format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** All of them: a missing one is a type error. */
const STATES: Readonly<Record<StreamState, true>> = {
  connecting: true,
  joining: true,
  reading: true,
  "waiting for the broker": true,
  "caught up": true,
  stopping: true,
};

type Labels = Readonly<Record<string, string | number>>;

/** One number, told apart from others of its metric by labels. */
interface Sample {
  /** What is added to the metric's name: `_bucket`. */
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number | bigint;
}

interface Metric {
  /** With its unit at the end, and `_total` where it only ever grows. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Returns the page that Prometheus reads. */
export function formatMetrics(status: StreamStatus): string {
  return metricsOf(status).map(formatMetric).join("");
}

function metricsOf(status: StreamStatus): readonly Metric[] {
  const { state, topic, partitions, counts, reasons, commits, rebalances } = status;
  const ofPartitions = (field: "checkpoint" | "end" | "lag"): readonly Sample[] =>
    partitions.map((one) => ({
      labels: { topic, partition: one.partition },
      value: one[field],
    }));
  const outcomes = ["blank", "rejected", "filtered", "kept"] as const;
  return [
    gauge("cohort_build_info", "The version of cohort, always 1.", [
      { labels: { version: status.version }, value: 1 },
    ]),
    gauge("cohort_start_time_seconds", "When the process began, in Unix time.", [
      { value: status.started.getTime() / 1000 },
    ]),
    gauge("cohort_ready", "1 if partitions are assigned and the broker answers.", [
      { value: isReady(status) ? 1 : 0 },
    ]),
    gauge(
      "cohort_state",
      "1 for what the stream is doing, 0 for the rest.",
      Object.keys(STATES).map((one) => ({
        labels: { state: one },
        value: one === state ? 1 : 0,
      })),
    ),
    counter(
      "cohort_records_total",
      "Records in the store by what became of them.",
      outcomes.map((outcome) => ({ labels: { outcome }, value: counts[outcome] })),
    ),
    counter(
      "cohort_rejects_total",
      "Refused records in the store by reason.",
      REASONS.map((reason) => ({ labels: { reason }, value: reasons.get(reason) ?? 0 })),
    ),
    gauge(
      "cohort_checkpoint_offset",
      "The next offset to read; all before it is durable.",
      ofPartitions("checkpoint"),
    ),
    gauge(
      "cohort_end_offset",
      "The offset of the topic's next message, as far as is known.",
      ofPartitions("end"),
    ),
    gauge(
      "cohort_lag_records",
      "Messages of the topic that are not in the store yet.",
      ofPartitions("lag"),
    ),
    counter("cohort_commits_total", "Commits of this process.", [
      { value: commits.count },
    ]),
    {
      name: "cohort_commit_duration_seconds",
      type: "histogram",
      help: "How long flushing and committing took.",
      samples: histogram(commits),
    },
    counter(
      "cohort_rebalances_total",
      "How often the group has shared out the partitions since this process joined.",
      [{ value: rebalances }],
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "counter", help, samples };
}

function histogram({ buckets, sumMs, count }: Latencies): readonly Sample[] {
  return [
    ...buckets.map(({ atMostMs, count }) => ({
      suffix: "_bucket",
      labels: { le: atMostMs === Infinity ? "+Inf" : atMostMs / 1000 },
      value: count,
    })),
    { suffix: "_sum", value: sumMs / 1000 },
    { suffix: "_count", value: count },
  ];
}

function formatMetric({ name, type, help, samples }: Metric): string {
  if (samples.length === 0) return "";
  const lines = samples.map(({ suffix = "", labels = {}, value }) =>
    `${name}${suffix}${formatLabels(labels)} ${value}\n`
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escapeLabel(String(value))}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
