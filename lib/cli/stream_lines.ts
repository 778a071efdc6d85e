/**
 * What `stream` says where nobody watches a terminal: a plain line every few seconds, and one
 * whenever its state changes.
 */
import type { StatusReader, StreamState, StreamStatus } from "../stream/status.ts";
import { complain, type Effects, printable } from "./effects.ts";

/** How often it is looked whether the state has changed, in ms. */
const LOOK_MS = 100;
/** How often a line is printed, in ms. */
const EVERY_MS = 5000;
/** How long joining the group may take before it is explained, in ms. */
const PATIENCE_MS = 2000;

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** Prints lines about a stream until it is disposed of. */
export function printLines(
  read: StatusReader,
  sessionTimeoutMs: number,
  effects: Effects,
): Disposable {
  const say = (text: string): void => complain(effects, `${text}\n`);
  let [state, since, isExplained]: [StreamState, number, boolean] = [
    "connecting",
    0,
    false,
  ];
  let rebalances = 0;
  let next = effects.now().getTime() + EVERY_MS;
  const look = (): void => {
    const status = read();
    const now = status.at.getTime();
    if (status.state !== state) {
      const line = changeOf(state, status);
      if (line !== undefined) say(line);
      [state, since, isExplained] = [status.state, now, false];
    }
    if (status.rebalances !== rebalances && state !== "joining") {
      rebalances = status.rebalances;
      say(sharesOf(status));
    }
    if (state === "joining" && !isExplained && now - since > PATIENCE_MS) {
      isExplained = true;
      const seconds = Math.ceil(sessionTimeoutMs / 1000);
      say(
        `Waiting for group ${status.group}: where a member has crashed, its partitions ` +
          `are free after ${seconds} s at most (session.timeout.ms)`,
      );
    }
    if (now < next) return;
    next = now + EVERY_MS;
    say(formatLine(status));
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

/** Returns what to say of a change, where it is worth a line. */
function changeOf(before: StreamState, status: StreamStatus): string | undefined {
  if (status.state === "waiting for the broker") {
    return "Kafka does not answer: trying again";
  }
  if (before === "waiting for the broker") return "Kafka answers again";
  return status.state === "joining" && before !== "connecting"
    ? "The group shares the partitions out anew"
    : undefined;
}

/** Returns what the group has given to us. */
function sharesOf({ topic, partitions }: StreamStatus): string {
  if (partitions.length === 0) {
    return `Other members read all partitions of ${topic}: waiting until one is free`;
  }
  const list = partitions.map(({ partition }) => partition).join(", ");
  return `Reading ${topic}, ${
    partitions.length === 1 ? "partition" : "partitions"
  } ${list}`;
}

/** Returns the line that tells how far a stream is. */
export function formatLine(status: StreamStatus): string {
  const { state, counts, recordsPerSecond, partitions } = status;
  const lag = partitions.reduce((sum, { lag }) => sum + lag, 0n);
  return `${number.format(counts.read)} records, ${number.format(counts.kept)} kept, ` +
    `${number.format(counts.rejected)} refused; ${number.format(recordsPerSecond)}/s; ` +
    `lag ${number.format(lag)}; ${state}`;
}

/** Returns what others have read of the topic's partitions; undefined where nobody has. */
export function formatShare(
  { topic, group, partitions: ours }: StreamStatus,
  partitions: number,
): string | undefined {
  if (ours.length >= partitions) return undefined;
  return `${ours.length} of ${partitions} partitions of ${topic} were read: ` +
    `other members of group ${printable(group)} have the others`;
}

/** Returns what a stream has done, when it ends. */
export function formatEnd({ counts, store, topic, started, at }: StreamStatus): string {
  const { read, blank, rejected, filtered, kept } = counts;
  const rows: readonly (readonly [string, number])[] = [
    ["Read", read],
    ["Blank", blank],
    ["Refused", rejected],
    ["Filtered", filtered],
    ["Kept", kept],
  ];
  const width = Math.max(...rows.map(([, count]) => number.format(count).length));
  const lines = rows.map(([name, count]) =>
    `${name.padEnd(9)} ${number.format(count).padStart(width)}\n`
  );
  const seconds = (at.getTime() - started.getTime()) / 1000;
  return `${lines.join("")}Store ${printable(store)} of topic ${topic}, after ${
    seconds.toFixed(1)
  } s\n`;
}
