/**
 * The goals of the stream, and its tables.
 */
import { type Verdict, verdict } from "../goals.ts";
import { median } from "../measure.ts";
import { table } from "../tables.ts";
import {
  COUNTED,
  DURABLE,
  PARTITIONS,
  PLAIN,
  type RateRow,
  type StreamResults,
} from "./stream.ts";

/** Returns each goal of the stream with what was measured. */
export function judgeStream(results: StreamResults): readonly Verdict[] {
  const { rates, delaysMs, restartSeconds, memory } = results;
  const rate = (wanted: string, count: number): number | undefined =>
    median(rates.find(isOf(wanted, count))?.perSecond ?? []);
  const ratios = [COUNTED, PLAIN].flatMap((base) =>
    PARTITIONS.map((partitions) => {
      const [durable, counted] = [rate(DURABLE, partitions), rate(base, partitions)];
      const value = durable && counted && durable / counted;
      const name = `durable / ${base}, ${partitions} partition${
        partitions > 1 ? "s" : ""
      }`;
      return verdict(name, value, "×", { least: 0.8 });
    })
  );
  const peaks = rates.filter(({ name }) => name === DURABLE)
    .flatMap(({ megabytes }) => megabytes);
  return [
    ...ratios,
    verdict("produced to durable at 1,000/s, p50", quantile(delaysMs, 0.5), "ms", {
      most: 250,
    }),
    verdict("produced to durable at 1,000/s, p99", quantile(delaysMs, 0.99), "ms", {
      most: 250,
    }),
    verdict("restart to the first new row", median(restartSeconds), "s", { most: 3 }),
    verdict(
      "highest peak of the stream",
      peaks.length ? Math.max(...peaks) : undefined,
      "MB",
      {
        most: 250,
      },
    ),
    ...memory.map(({ messages, megabytes }) =>
      verdict(`peak over ${messages.toLocaleString("en")} messages`, megabytes, "MB", {
        most: 250,
      })
    ),
    ...memory.map(({ messages, megabytes, earlyMegabytes }) =>
      verdict(
        `peak over ${messages.toLocaleString("en")} messages / over their first tenth`,
        megabytes / earlyMegabytes,
        "×",
        { most: 1.1 },
      )
    ),
  ];
}

function quantile(sorted: readonly number[], p: number): number | undefined {
  return sorted[Math.round(p * (sorted.length - 1))];
}

function isOf(name: string, partitions: number): (row: RateRow) => boolean {
  return (row) => row.name === name && row.partitions === partitions;
}

/** Returns every way to read the topics with its medians. */
export function ratesTable(rates: readonly RateRow[]): string {
  return table(
    ["what", "partitions", "thousands a second", "MB of memory", "× counted only"],
    rates.map(({ name, partitions, perSecond, megabytes }) => {
      const rate = median(perSecond)!;
      const counted = rates.find(isOf(COUNTED, partitions));
      const share = rate / median(counted?.perSecond ?? [rate])!;
      const memory = median(megabytes)?.toFixed(0) ?? "–";
      return [name, `${partitions}`, (rate / 1000).toFixed(0), memory, share.toFixed(2)];
    }),
  );
}
