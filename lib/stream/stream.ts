/**
 * A stream: the messages of a topic into a store, each exactly once, until somebody says
 * stop. The store's own offsets are the truth; those of the group follow them, for the tools
 * that watch its lag and for whoever takes a partition over.
 */
import type { LogEntry } from "../kafka/client.ts";
import type { Connection } from "../kafka/connection.ts";
import { GroupMember } from "../kafka/consumer.ts";
import { totalCounts } from "./contents.ts";
import type { DeadLetters } from "./dead_letters.ts";
import { identityOf, retried } from "./patience.ts";
import { Run } from "./run.ts";
import { readStore } from "./snapshot.ts";
import type { Start } from "./start.ts";
import type { StreamMonitor } from "./status.ts";
import { Store } from "./store.ts";

/** What a stream needs to know. */
export interface StreamOptions {
  readonly connection: Connection;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** The folder of the store. */
  readonly store: string;
  /** Students older than this many years are kept. */
  readonly olderThan: number;
  /** Where to begin, the first time that the group gives us partitions. */
  readonly start: Start;
  /** Where a partition begins that nobody has read yet. */
  readonly reset: "earliest" | "latest";
  /** Whether it ends when all is read that the topic holds at the beginning. */
  readonly isUntilEnd: boolean;
  /** After how many records it ends; absent: never. */
  readonly maxRecords?: number | undefined;
  /** Takes the rejects too. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told what happens. */
  readonly monitor: StreamMonitor;
  /** Told what the client would print. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** The clock. */
  readonly now: () => Date;
}

/**
 * Reads messages into the store until the signal, the end or the limit; then what has come is
 * durable and the group is left.
 *
 * @throws {PipelineError} If the store cannot be used or written, it does not go with the
 * topic, or Kafka refuses us. What was committed is safe.
 */
export async function stream(options: StreamOptions): Promise<void> {
  const { connection, topic, groupId, olderThan, signal, monitor, now } = options;
  const ids = await retried(topic, () => identityOf(connection, topic));
  const identity = { ...ids, topic, groupId, olderThan };
  using store = await Store.open(options.store, identity, { now });
  const { contents, ages } = await readStore(options.store);
  const counts = totalCounts(contents.partitions.values());
  monitor.opened({ counts, reasons: contents.reasons, ages });
  const run = new Run(store, options);
  await run.checkStart();
  if (signal.aborted) return;
  monitor.phase = "joining";
  const { sessionTimeoutMs, onLog } = options;
  await using member = await GroupMember.join(connection, {
    ...{ topic, groupId, sessionTimeoutMs, onLog, reader: run },
  });
  await run.untilDone(member);
}
