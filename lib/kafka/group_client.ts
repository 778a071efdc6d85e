/**
 * The client of a group's member, set up so that it never gives up by itself: it tries again
 * until the broker is back, commits nothing, and hands on whole batches.
 */
import {
  type Consumer,
  fetchBatchwise,
  loadKafkajs,
  type LogEntry,
  openClient,
  type PartitionAssigner,
} from "./client.ts";
import type { Connection } from "./connection.ts";

/** What the client of a group's member needs to know. */
export interface GroupClientOptions {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** Told what the client would print. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** What is heard of nowhere but in what the client prints and asks. */
export interface GroupClientHooks {
  /** A broker could not be reached. */
  readonly onMissed: () => void;
  /** The group is about to be asked to join. */
  readonly onJoin: () => void;
}

/** How often it tries again: for ever, as far as a person can tell. */
const FOR_EVER = 100_000;
/** How often it tells the group that it lives, in ms. */
export const HEARTBEAT_MS = 500;
/** After so long a partition that was added to the topic is found, in ms. */
const METADATA_MS = 3000;
/** The most that one answer brings of a partition: some 15,000 messages. */
const FETCH_BYTES = 512 * 1024;

/** Returns the client, which is not connected yet. */
export async function openConsumer(
  connection: Connection,
  { groupId, sessionTimeoutMs: sessionTimeout, onLog }: GroupClientOptions,
  { onMissed, onJoin }: GroupClientHooks,
): Promise<Consumer> {
  await fetchBatchwise();
  const { PartitionAssigners: { roundRobin } } = await loadKafkajs();
  const client = await openClient(connection, {
    retries: FOR_EVER,
    onLog: (entry) => {
      if (entry.level === "error" && /connect/i.test(entry.message)) onMissed();
      onLog?.(entry);
    },
  });
  return client.consumer({
    ...{ groupId, sessionTimeout, heartbeatInterval: HEARTBEAT_MS },
    maxWaitTimeInMs: 200,
    minBytes: 1,
    metadataMaxAge: METADATA_MS,
    maxBytesPerPartition: FETCH_BYTES,
    allowAutoTopicCreation: false,
    partitionAssigners: [telling(roundRobin, onJoin)],
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: FOR_EVER },
  });
}

/** Returns an assigner that tells of every request to join, right before it is sent. */
function telling(makeAssigner: PartitionAssigner, onJoin: () => void): PartitionAssigner {
  return (config) => {
    const assigner = makeAssigner(config);
    const protocol: typeof assigner.protocol = (subscription) => {
      onJoin();
      return assigner.protocol(subscription);
    };
    return { ...assigner, protocol };
  };
}
