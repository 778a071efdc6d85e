/**
 * Cleaning in several threads. This one reads, writes and keeps the order; the others clean.
 *
 * A block can be cleaned before the one in front of it is, because nearly every block begins
 * where a record does. Where that turns out wrong, because a record goes on from one block
 * into the next, what was counted of the next one is taken back and it is cleaned again.
 */
import type { AgesByField } from "../analyse/ages.ts";
import { type Block, BlockCutter } from "../transform/blocks.ts";
import { type Cleaned, fastCleaning } from "../transform/clean.ts";
import type { CleanedBlock } from "../transform/cleaned.ts";
import { countLines } from "../transform/kernel/lines.ts";
import { type ReaderState, startOf } from "../transform/records.ts";
import type { Batch, BytesBatch, Input } from "../transform/types.ts";
import type { Engine } from "./engine.ts";
import { type BlockAnswer, type BlockJob, Pool, roomFor } from "./pool.ts";

/** What the threads need to know. */
export interface ThreadOptions {
  readonly olderThan: number;
  /** How many threads there are, this one included: 1 cleans here. */
  readonly threads: number;
  /** From so many bytes on other threads are worth their start; 64 MiB by default. */
  readonly largeBytes?: number;
  /** How long a block is; 384 KiB by default. */
  readonly blockBytes?: number;
  /** The module that the threads run. */
  readonly worker?: URL;
}

const LARGE_BYTES = 64 * 1024 * 1024;
/** Some are under way at once: longer ones would only need more memory. */
const BLOCK_BYTES = 384 * 1024;
/** Blocks under way for each other thread, so that none waits for its next. */
const BLOCKS_PER_THREAD = 2;

/** Cleans in this thread until there is enough work for several. */
export class Threads implements Engine {
  readonly #options: ThreadOptions;
  readonly #here;
  #pool: Pool | undefined;
  #bytes = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#here = fastCleaning(options.olderThan);
  }

  get name(): string {
    const { threads } = this.#options;
    return this.#pool ? `${this.#here.engine}, ${threads} threads` : this.#here.engine;
  }

  async *clean(batches: AsyncIterable<Batch>, size = 0): AsyncGenerator<Cleaned> {
    let blocks: OrderedBlocks | undefined;
    for await (const batch of batches) {
      if ("values" in batch) yield this.#here.cleaning.cleanValues(batch);
      else {
        blocks ??= new OrderedBlocks(batch, this.#options);
        for (const block of blocks.cut(batch, this.#pool !== undefined)) {
          yield* this.#take(blocks, block, size);
        }
        if (batch.isLast) yield* blocks.finish(this.#pool);
      }
    }
  }

  async *#take(
    blocks: OrderedBlocks,
    block: Block,
    size: number,
  ): AsyncGenerator<Cleaned> {
    this.#bytes += block.own;
    const { threads, olderThan, largeBytes = LARGE_BYTES, worker } = this.#options;
    if (threads > 1 && Math.max(size, this.#bytes) >= largeBytes) {
      this.#pool ??= new Pool(threads - 1, olderThan, worker);
      yield* blocks.hand(block, this.#pool);
    } else {
      yield blocks.settled(
        this.#here.cleaning.cleanBlock(blocks.input, block, blocks.state),
      );
    }
  }

  async ages(): Promise<AgesByField> {
    const ages: AgesByField = new Map();
    this.#here.cleaning.takeAges(ages);
    await this.#pool?.takeAges(ages);
    for (const [field, counts] of ages) {
      // counted in a block that was cleaned again
      if (counts.every((count) => count === 0)) ages.delete(field);
    }
    return ages;
  }

  [Symbol.dispose](): void {
    this.#pool?.[Symbol.dispose]();
  }
}

/** A block under way. */
interface Pending {
  /** Where it was taken to begin. */
  readonly state: ReaderState;
  readonly answer: Promise<BlockAnswer>;
}

/** The blocks of one input, handed to threads and put back into order. */
class OrderedBlocks {
  readonly input: Input;
  /** Where the block after the last settled one begins. */
  state: ReaderState;
  readonly #cutter: BlockCutter;
  readonly #blockBytes: number;
  readonly #most: number;
  readonly #pending: Pending[] = [];
  /** Where the block after the last one under way is taken to begin. */
  #expected: ReaderState;
  /** Memory to use again. */
  readonly #spareBlocks: Uint8Array[] = [];
  readonly #spareResults: Uint8Array[] = [];

  constructor(
    { input, byteOffset }: BytesBatch,
    { threads, blockBytes = BLOCK_BYTES }: ThreadOptions,
  ) {
    this.input = input;
    this.state = this.#expected = startOf(input.layout, byteOffset);
    this.#blockBytes = blockBytes;
    this.#cutter = new BlockCutter(input.layout.lineEnd, blockBytes);
    this.#most = BLOCKS_PER_THREAD * (threads - 1);
  }

  /** Cuts a batch; blocks that are handed over are worth it only at their full length. */
  cut({ bytes, isLast }: BytesBatch, isHandedOver: boolean): Generator<Block> {
    return this.#cutter.cut(bytes, isLast, isHandedOver ? this.#blockBytes : 1);
  }

  /** Takes note of where the next block begins. */
  settled(cleaned: CleanedBlock): CleanedBlock {
    this.state = cleaned.state;
    return cleaned;
  }

  /** Hands a block to the threads; yields what became of earlier ones. */
  async *hand(block: Block, pool: Pool): AsyncGenerator<Cleaned> {
    if (this.#pending.length === 0) this.#expected = this.state;
    const state = this.#expected;
    const own = block.bytes.subarray(0, block.own);
    this.#expected = {
      line: state.line + countLines(own, this.input.layout.lineEnd),
      byteOffset: state.byteOffset + block.own,
      isHeaderNext: false,
      skip: 0,
    };
    this.#pending.push({
      state,
      answer: pool.clean(this.#job(this.#copy(block), state)),
    });
    while (this.#pending.length >= this.#most) yield* this.#settle(pool);
  }

  /** Yields what became of the blocks that are still under way. */
  async *finish(pool: Pool | undefined): AsyncGenerator<Cleaned> {
    while (this.#pending.length > 0) yield* this.#settle(pool!);
  }

  async *#settle(pool: Pool): AsyncGenerator<Cleaned> {
    const { state, answer } = this.#pending.shift()!;
    let done = await answer;
    if (!isSame(state, this.state)) {
      const undone = await pool.clean({ ...this.#job(done.block, state), weight: -1 });
      this.#spareResults.push(done.memory, undone.memory);
      done = await pool.clean(this.#job(undone.block, this.state));
    }
    yield this.settled(done.cleaned);
    this.#spareBlocks.push(wholeOf(done.block.bytes));
    this.#spareResults.push(done.memory);
  }

  #job(block: Block, state: ReaderState): BlockJob {
    const spare = this.#spareResults.pop();
    return { input: this.input, block, state, weight: 1, ...(spare && { spare }) };
  }

  /** Returns the block in memory of its own, which can be handed over. */
  #copy({ bytes, own, isEnd }: Block): Block {
    const spare = this.#spareBlocks.pop();
    const memory = roomFor(bytes.length, spare);
    memory.set(bytes);
    return { bytes: memory.subarray(0, bytes.length), own, isEnd };
  }
}

function wholeOf({ buffer }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer);
}

/** Whether a block begins where it was taken to begin. */
function isSame(expected: ReaderState, found: ReaderState): boolean {
  return expected.line === found.line && expected.byteOffset === found.byteOffset &&
    expected.isHeaderNext === found.isHeaderNext && expected.skip === found.skip &&
    found.long === undefined;
}
