/**
 * What reads the partitions of a group's member: messages as they come, and what it is told.
 */

/** Messages of one partition that came together. */
export interface FetchedMessages {
  readonly partition: number;
  /** The offset that was asked of the broker; some after it may hold no message. */
  readonly from: bigint;
  /** The offset after all that the broker has answered with. */
  readonly end: bigint;
  /** Where the partition ended when the broker answered. */
  readonly high: bigint;
  /** Null: a tombstone. */
  readonly values: readonly (Uint8Array | null)[];
  readonly offsets: readonly bigint[];
}

/** What a member of a group does with its partitions. */
export interface PartitionReader {
  /** Where each partition was durably read up to, those of earlier runs among them. */
  readonly checkpoints: ReadonlyMap<number, bigint>;
  /** Where each of our partitions is to be read next. */
  readonly positions: ReadonlyMap<number, bigint>;
  /**
   * Finds where the partitions are to be read at least; tried again after any error but a
   * {@linkcode PipelineError}, which ends all.
   */
  findStarts(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>;
  /** Takes the partitions over; returns where each is to be read. */
  assign(starts: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint>;
  /** Takes what came; an error ends all. `isOurs` tells whether the partition still is. */
  take(messages: FetchedMessages, isOurs: () => boolean): void | Promise<void>;
  /** Makes durable what it has, at the last moment before others may get the partitions. */
  handOver(): void;
  /** Told that the group shares the partitions out anew. */
  onJoining(): void;
  /** Told that nothing more will come. */
  onFailure(error: unknown): void;
}
