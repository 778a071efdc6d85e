/**
 * One stream as long as it runs: it takes the messages of its partitions into the store, and
 * knows when it is done.
 */
import { type KafkaAdmin, openAdmin } from "../kafka/admin.ts";
import type { GroupMember } from "../kafka/consumer.ts";
import { readTopicIdentity, type TopicIdentity } from "../kafka/identity.ts";
import type { FetchedMessages, PartitionReader } from "../kafka/reader.ts";
import { fastCleaner } from "../transform/clean.ts";
import { PLAIN_LAYOUT } from "../transform/types.ts";
import { checkIdentity } from "./identity.ts";
import { Ingest } from "./ingest.ts";
import { cut, Limits } from "./limits.ts";
import { checkEnd, checkOffsets } from "./offsets.ts";
import { identityOf, retried } from "./patience.ts";
import { findStarts, type Start, type Starts } from "./start.ts";
import type { Store } from "./store.ts";
import type { StreamOptions } from "./stream.ts";
import { watchTopic } from "./topic_watch.ts";

/** How often it is looked whether the broker is there, in ms. */
const LOOK_MS = 100;

/** One stream as long as it runs. */
export class Run implements PartitionReader {
  readonly #store: Store;
  readonly #options: StreamOptions;
  readonly #ingest: Ingest;
  readonly #limits: Limits;
  readonly #done = Promise.withResolvers<void>();
  #member: GroupMember | undefined;
  #start: Start;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, options: StreamOptions) {
    const { monitor, olderThan, maxRecords, isUntilEnd } = options;
    this.#store = store;
    this.#options = options;
    this.#start = options.start;
    this.#limits = new Limits({ maxRecords, isUntilEnd });
    this.#done.promise.catch(() => {}); // it is waited for when the group is joined
    this.#ingest = new Ingest(store, {
      cleaner: fastCleaner({ olderThan }),
      isOwner: () => this.#member?.isOwner ?? true,
      onCommit: (commit) => {
        monitor.committed(commit);
        this.#member?.commitOffsets(commit.checkpoints);
      },
    });
  }

  get checkpoints(): ReadonlyMap<number, bigint> {
    return this.#store.checkpoints;
  }

  get positions(): ReadonlyMap<number, bigint> {
    return this.#ingest.positions;
  }

  /**
   * Checks that the broker can go on from every checkpoint.
   *
   * @throws {PipelineError} If not.
   */
  async checkStart(): Promise<void> {
    const { connection, topic } = this.#options;
    await retried(topic, async () => {
      await using admin = await openAdmin(connection);
      await this.#findStarts(admin);
    });
  }

  /** Resolves when the stream is to end, with all that has come made durable. */
  async untilDone(member: GroupMember): Promise<void> {
    const { monitor, signal } = this.#options;
    this.#member = member;
    const end = (): void => this.#done.resolve();
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
    const watch = setInterval(() => this.#showPhase(member), LOOK_MS);
    using _topic = this.#watchTopic();
    try {
      await this.#done.promise;
      monitor.phase = "stopping";
      member.stop();
      this.#ingest.commit();
    } finally {
      member.stop();
      clearInterval(watch);
      clearTimeout(this.#timer);
      signal.removeEventListener("abort", end);
    }
  }

  async findStarts(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const { connection, topic } = this.#options;
    this.#checkTopic(await identityOf(connection, topic));
    await using admin = await openAdmin(connection, { retries: 0 });
    const { starts, held } = await this.#findStarts(admin, partitions);
    for (const partition of partitions) {
      const { high } = held.get(partition)!;
      this.#options.monitor.ends(partition, high);
      this.#limits.ends(partition, high);
    }
    return starts;
  }

  assign(starts: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint> {
    this.#start = "stored";
    const positions = this.#ingest.assign(starts);
    this.#options.monitor.assigned(positions);
    this.#options.monitor.phase = "reading";
    this.#finishIfDone();
    return positions;
  }

  async take(messages: FetchedMessages, isOurs: () => boolean): Promise<void> {
    const { topic, monitor, deadLetters } = this.#options;
    const { partition, high } = messages;
    const position = this.positions.get(partition);
    if (position === undefined) return;
    checkEnd(`${topic}/${partition}`, position, high);
    monitor.ends(partition, high);
    const { values, offsets, from, end } = cut(messages, this.#limits.of(partition));
    const input = { name: topic, layout: PLAIN_LAYOUT };
    const batch = { input, partition, values, offsets };
    await deadLetters?.send(batch);
    if (!isOurs()) return;
    const cleaned = this.#ingest.add(batch, { from, end });
    if (cleaned !== undefined) {
      monitor.cleaned(cleaned);
      this.#limits.count(cleaned.counts.read);
    }
    if (!this.positions.has(partition)) return this.#member?.takeAgain(); // not ours
    this.#commitInTime();
    this.#finishIfDone();
  }

  handOver(): void {
    this.#ingest.commit();
  }

  onJoining(): void {
    this.#options.monitor.phase = "joining";
  }

  onFailure(error: unknown): void {
    this.#done.reject(error);
  }

  #watchTopic(): Disposable {
    const { connection, topic } = this.#options;
    return watchTopic({
      topic,
      read: () => readTopicIdentity(connection, topic),
      check: (now) => this.#checkTopic(now),
      onFailure: (error) => this.#done.reject(error),
    });
  }

  #checkTopic(now: TopicIdentity): void {
    const { identity, path } = this.#store;
    checkIdentity(identity, { ...identity, ...now }, path);
  }

  async #findStarts(admin: KafkaAdmin, partitions?: readonly number[]): Promise<Starts> {
    const { topic, groupId, reset } = this.#options;
    const start = this.#start;
    const { path, identity, checkpoints } = this.#store;
    const found = await findStarts({
      ...{ admin, topic, groupId, start, reset, checkpoints },
      ...(partitions && { partitions }),
    });
    const { starts, held } = found;
    // what others have read meanwhile, or the user leaves out, the broker may have deleted
    const positions = [...checkpoints]
      .filter(([partition]) => starts.has(partition) || !held.has(partition))
      .map(([partition, next]) => {
        const from = starts.get(partition) ?? next;
        return [partition, from > next ? from : next] as const;
      });
    checkOffsets({ path, identity, checkpoints: new Map(positions) }, held);
    return found;
  }

  /** Commits when it is due, even if nothing more comes. */
  #commitInTime(): void {
    const due = this.#ingest.dueInMs;
    if (due === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      try {
        if (!this.#ingest.commit()) this.#member?.takeAgain();
      } catch (error) {
        this.#done.reject(error);
      }
    }, due);
  }

  #finishIfDone(): void {
    if (this.#limits.areReached(this.positions)) this.#done.resolve();
  }

  #showPhase(member: GroupMember): void {
    const { monitor } = this.#options;
    const isWaiting = monitor.phase === "waiting for the broker";
    const isDue = monitor.phase !== "joining";
    if (member.looksAway({ isDue })) monitor.phase = "waiting for the broker";
    else if (isWaiting) monitor.phase = this.positions.size > 0 ? "reading" : "joining";
  }
}
