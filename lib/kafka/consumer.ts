/**
 * A member of a consumer group: the partitions that the group gives us, batch by batch, from
 * exactly the offsets that we name. Of the client nothing else is handed on, so that another
 * one could take its place.
 */
import { Assignment } from "./assignment.ts";
import type { Consumer, EachBatchPayload } from "./client.ts";
import type { Connection } from "./connection.ts";
import { Contact } from "./contact.ts";
import { givenUp, isTransient } from "./crash.ts";
import { type GroupClientOptions, HEARTBEAT_MS, openConsumer } from "./group_client.ts";
import { GroupOffsets } from "./group_offsets.ts";
import { Handover } from "./handover.ts";
import { Lease } from "./lease.ts";
import { damagedError, damageOf, messagesOf, sizeOf } from "./messages.ts";
import type { FetchedMessages, PartitionReader } from "./reader.ts";
import { WRONG_OFFSETS } from "./record_batch.ts";

/** What a member of a group needs to know. */
export interface MemberOptions extends GroupClientOptions {
  readonly topic: string;
  readonly reader: PartitionReader;
}

/** How long leaving the group may take, in ms. */
const FAREWELL_MS = 4000;
/** How long it waits after the client has given up, in ms. */
const RUN_AGAIN_MS = 300;

/** An answer without messages. */
interface EmptyBatch {
  readonly partition: number;
  /** Null where all that came is below the offset that was asked for. */
  readonly firstOffset: string | null;
  readonly lastOffset: string;
  readonly highWatermark: string;
}

/** A member of a group; dispose of it to leave. */
export class GroupMember implements AsyncDisposable {
  readonly #consumer: Consumer;
  readonly #options: MemberOptions;
  readonly #lease: Lease;
  readonly #contact = new Contact(Date.now);
  readonly #offsets: GroupOffsets;
  readonly #handover = new Handover();
  /** Undefined between two shares: what was handed over meanwhile is dropped. */
  #assignment: Assignment | undefined;
  #hasEnded = false;

  private constructor(consumer: Consumer, options: MemberOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#offsets = new GroupOffsets(options.topic);
    this.#lease = new Lease(options.sessionTimeoutMs, Date.now);
  }

  /** Joins the group; batches come from now on, after the reader was told where to begin. */
  static async join(
    connection: Connection,
    options: MemberOptions,
  ): Promise<GroupMember> {
    let onMissed = (): void => {};
    let onJoin = (): void => {};
    const consumer = await openConsumer(connection, options, {
      onMissed: () => onMissed(),
      onJoin: () => onJoin(),
    });
    const member = new GroupMember(consumer, options);
    onMissed = () => member.#contact.missed();
    onJoin = () => member.#assignment = undefined; // not always after REBALANCING
    member.#listen(); // before run: the first share must not be missed
    void member.#run().catch((error) => member.#crashed(error));
    return member;
  }

  async #run(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#options.topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false, // the store's commit counts; it would also commit when we seek
      eachBatchAutoResolve: false,
      eachBatch: (batch) => this.#eachBatch(batch),
    });
  }

  /** Goes on, or ends, after the client has given up. */
  async #crashed(error: Error): Promise<void> {
    try {
      if (!isTransient(error)) throw error;
      this.#contact.missed();
      this.#options.reader.onJoining();
      await wait(RUN_AGAIN_MS);
      if (!this.#hasEnded) await this.#run();
    } catch (cause) {
      this.#fail(givenUp(this.#options.topic, cause as Error));
    }
  }

  /** Whether the partitions are still ours, as far as can be known here. */
  get isOwner(): boolean {
    return this.#assignment !== undefined && this.#lease.isHeld;
  }

  /** Looks whether no broker has answered for a while: see {@linkcode Contact.look}. */
  looksAway(options: { readonly isDue: boolean }): boolean {
    return this.#contact.look(options);
  }

  /** Tells the group how far we are, for those who watch its lag; nobody waits for it. */
  commitOffsets(offsets: ReadonlyMap<number, bigint>): void {
    this.#offsets.send(offsets);
  }

  /** Looks anew for where to read the partitions, after what was taken had to be dropped. */
  takeAgain(): void {
    if (this.#assignment !== undefined) this.#assign(this.#assignment.partitions);
  }

  /** Takes nothing more. */
  stop(): void {
    this.#hasEnded = true;
  }

  /** Tells how far we are and leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#hasEnded = true;
    const leave = async (): Promise<void> => {
      await this.#offsets.close();
      await this.#consumer.disconnect();
    };
    const { promise: isTooLong, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, FAREWELL_MS);
    await Promise.race([leave().catch(() => {}), isTooLong]); // nobody may be there
    clearTimeout(timer);
  }

  #listen(): void {
    const consumer = this.#consumer;
    const { topic, reader } = this.#options;
    const { events } = consumer;
    consumer.on(events.REQUEST, ({ payload: { apiName, sentAt } }) => {
      this.#contact.answered();
      this.#lease.answered(apiName, sentAt);
    });
    consumer.on(events.REQUEST_TIMEOUT, () => this.#contact.missed());
    consumer.on(events.HEARTBEAT, () => this.#lease.extend("Heartbeat"));
    consumer.on(events.REBALANCING, () => {
      this.#giveUp();
      if (!this.#hasEnded) reader.onJoining();
      void this.#offsets.sendNow(); // reaches the coordinator before the request to join
    });
    // synchronous up to the seek: the client asks for messages at once
    consumer.on(events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.#lease.extend("SyncGroup");
      this.#offsets.clear();
      if (!this.#hasEnded) reader.onJoining(); // a member that was forgotten hears no other
      this.#assign(memberAssignment[topic] ?? []);
    });
    consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#skip(payload);
    });
    consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart && !this.#hasEnded) void this.#crashed(error);
    });
  }

  /** Passes over what is no message: the marks of transactions, what they have undone. */
  #skip({ partition, firstOffset, lastOffset, highWatermark }: EmptyBatch): void {
    const assignment = this.#assignment;
    // the client has gone on by itself, and so has to be told where to read
    if (!assignment?.isSettled) return assignment?.moved(partition);
    void this.#handOver(assignment, 0, () => {
      // of an answer that is not empty some offset is one that was asked for
      if (firstOffset === null) {
        const place = `${this.#options.topic}/${partition}`;
        throw damagedError({ place, offset: lastOffset, damage: WRONG_OFFSETS });
      }
      const [at, end] = [
        this.#options.reader.positions.get(partition),
        BigInt(lastOffset) + 1n,
      ];
      if (at === undefined || at >= end) return;
      const nothing = { values: [], offsets: [] };
      return { partition, from: at, end, high: BigInt(highWatermark), ...nothing };
    });
  }

  /** Lets the reader take messages behind those before, if the partitions still are ours. */
  #handOver(
    assignment: Assignment,
    size: number,
    messages: () => FetchedMessages | undefined,
  ): Promise<void> {
    const isOurs = (): boolean => this.#assignment === assignment && !this.#hasEnded;
    return this.#handover.put(size, async () => {
      let found: FetchedMessages | undefined;
      try {
        found = isOurs() ? messages() : undefined;
      } catch (error) {
        this.#giveUp(); // what came before is sound
        this.#fail(error);
      }
      if (found === undefined) return;
      try {
        await this.#options.reader.take(found, isOurs);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Makes durable what was taken, and takes nothing more of these partitions. */
  #giveUp(): void {
    try {
      if (!this.#hasEnded) this.#options.reader.handOver();
    } catch (error) {
      this.#fail(error);
    }
    this.#assignment = undefined;
  }

  #assign(partitions: readonly number[]): void {
    if (this.#hasEnded) return;
    const { topic, reader } = this.#options;
    const assignment: Assignment = new Assignment(partitions, {
      reader,
      seek: (partition, at) => this.#consumer.seek({ topic, partition, offset: `${at}` }),
      isCurrent: () => this.#assignment === assignment && !this.#hasEnded,
    });
    this.#assignment = assignment;
    assignment.settle().catch((error) => this.#fail(error));
  }

  async #eachBatch({ batch, ...client }: EachBatchPayload): Promise<void> {
    this.#offsets.sender = client.commitOffsetsIfNecessary;
    const assignment = this.#assignment;
    while (assignment?.isSettled === false && !this.#hasEnded) {
      await wait(5);
      await client.heartbeat(); // throws when the group shares out anew
    }
    if (assignment === undefined || this.#assignment !== assignment) return;
    if (this.#hasEnded || client.isStale()) return;
    if (!this.isOwner) {
      await client.heartbeat();
      if (this.isOwner && this.#assignment === assignment) this.takeAgain();
      return;
    }
    const damaged = damageOf(batch);
    if (damaged !== undefined) {
      return await this.#handOver(assignment, 0, () => {
        throw damagedError(damaged);
      });
    }
    client.resolveOffset(batch.lastOffset()); // the next ones are asked for behind it
    const beat = setInterval(() => void client.heartbeat().catch(() => {}), HEARTBEAT_MS);
    try {
      const messages = messagesOf(batch);
      await this.#handOver(assignment, sizeOf(messages), () => messages);
    } finally {
      clearInterval(beat);
    }
    await client.heartbeat();
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.reader.onFailure(error);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
