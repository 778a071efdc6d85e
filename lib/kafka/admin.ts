/**
 * Topics: which there are, how many partitions, from which offset to which; made and removed.
 */
import { openClient } from "./client.ts";
import type { Connection } from "./connection.ts";

/** What a partition holds. */
export interface PartitionOffsets {
  readonly partition: number;
  /** The first offset that is still there. */
  readonly start: bigint;
  /** The offset that the next message will have. */
  readonly end: bigint;
}

/** What {@linkcode KafkaAdmin.createTopic} needs to know. */
export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** The topic's own settings, by Kafka's names: `compression.type`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Looks after topics; dispose of it to hang up. */
export interface KafkaAdmin extends AsyncDisposable {
  /** The names of all topics that we may see, Kafka's own left out. */
  topics(): Promise<string[]>;
  /** How many partitions the topic has. */
  partitions(topic: string): Promise<number>;
  /** The offsets of each partition, by number. */
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /** By partition, the first offset whose message is not older than that; else the end. */
  offsetsAt(topic: string, time: Date): Promise<ReadonlyMap<number, bigint>>;
  /** By partition, the offset that the group has committed, where it has one. */
  groupOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  createTopic(topic: NewTopic): Promise<void>;
  /** Gives the topic so many partitions in all; they cannot become fewer. */
  setPartitions(topic: string, count: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /** Deletes the messages below an offset, by partition. */
  deleteMessages(topic: string, below: ReadonlyMap<number, bigint>): Promise<void>;
}

/**
 * Connects; all that it does ends within seconds, well or not.
 *
 * @param options `retries`: how often it tries again; 5 by default.
 * @throws {Error} The client's own, here and in all that it does.
 */
export async function openAdmin(
  connection: Connection,
  { retries = 5 }: { readonly retries?: number } = {},
): Promise<KafkaAdmin> {
  const admin = (await openClient(connection, { retries })).admin();
  await admin.connect();
  const countPartitions = (topic: string): Promise<number> =>
    patiently(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.length;
    });
  return {
    topics: async () =>
      (await admin.listTopics()).filter((topic) => !topic.startsWith("__")),
    partitions: countPartitions,
    offsets: async (topic) => {
      const found = await patiently(() => admin.fetchTopicOffsets(topic));
      return found.map(({ partition, low, high }) => ({
        partition,
        start: BigInt(low),
        end: BigInt(high),
      })).sort((a, b) => a.partition - b.partition);
    },
    offsetsAt: async (topic, time) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, time.getTime());
      return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
    groupOffsets: async (groupId, topic) => {
      await countPartitions(topic); // the client must know the servers
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const committed = found!.partitions.map(({ partition, offset }) =>
        [partition, BigInt(offset)] as const
      );
      return new Map(committed.filter(([, offset]) => offset >= 0n));
    },
    createTopic: async ({ topic, partitions: numPartitions, config = {} }) => {
      const configEntries = Object.entries(config).map(([name, value]) => ({
        name,
        value,
      }));
      await admin.createTopics({
        topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }],
        waitForLeaders: false, // it gives up where the topic is not yet known everywhere
      });
      await countPartitions(topic);
    },
    setPartitions: async (topic, count) => {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    deleteMessages: async (topic, below) => {
      const partitions = [...below].map(([partition, offset]) => ({
        partition,
        offset: `${offset}`,
      }));
      await admin.fetchTopicOffsets(topic); // the client must know who leads them
      await admin.deleteTopicRecords({ topic, partitions });
    },
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}

/** How long a cluster may take to settle: to choose leaders after a start, say. */
const SETTLING = { times: 20, everyMs: 100 };

/** Tries again while the cluster says that it will soon know better. */
async function patiently<T>(action: () => Promise<T>): Promise<T> {
  for (let time = 1;; time++) {
    try {
      return await action();
    } catch (error) {
      const { retriable } = error as { readonly retriable?: boolean };
      if (!retriable || time === SETTLING.times) throw error;
      await new Promise((resolve) => setTimeout(resolve, SETTLING.everyMs));
    }
  }
}
