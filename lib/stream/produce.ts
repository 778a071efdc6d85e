/**
 * Sends the records of files to a topic, batch after batch, each acknowledged before the
 * next: what is counted as acknowledged is in the topic, once and in the order of the files.
 */
import type { Source } from "../ingest/source.ts";
import { toMessage } from "../transform/message.ts";
import { BatchReader, type RawRecord } from "../transform/records.ts";
import { judge } from "../transform/rules.ts";
import type { Batch, Layout } from "../transform/types.ts";
import { type Outbox, VALUE_BYTES } from "./outbox.ts";

/** How far a run has come. */
export interface ProduceProgress {
  readonly source: string;
  /** Bytes read in this pass through the files. */
  readonly bytes: number;
  /** Bytes of all files; undefined where nobody knows, or where it goes on for ever. */
  readonly totalBytes: number | undefined;
  /** Records sent so far. */
  readonly records: number;
}

/** What {@linkcode produce} needs to know. */
export interface ProduceOptions {
  /** Whether the files are sent again and again until the signal. */
  readonly isEndless: boolean;
  /** What decides on a record's partition; absent: batches go to the partitions in turn. */
  readonly key?: "name" | "field" | undefined;
  /** Ends the run after the batch that is under way. */
  readonly signal: AbortSignal;
  /** Told after every piece of a file. */
  readonly onProgress?: ((progress: ProduceProgress) => void) | undefined;
}

/**
 * Sends all records; resolves when that is done or the signal has come. The outbox knows
 * the counts, also where it ends with an error.
 *
 * @param open Returns the files, to be read from their start with each call.
 * @throws {PipelineError} If a file cannot be read or the broker refuses.
 */
export async function produce(
  open: () => Promise<readonly Source[]>,
  outbox: Outbox,
  options: ProduceOptions,
): Promise<void> {
  do {
    const before = outbox.counts.sent;
    await sendAll(await open(), outbox, options);
    if (outbox.counts.sent === before) break; // files without records never get any
  } while (options.isEndless && !options.signal.aborted);
}

const NEVER = new AbortController().signal;

async function sendAll(
  sources: readonly Source[],
  outbox: Outbox,
  { signal, key, isEndless, onProgress }: ProduceOptions,
): Promise<void> {
  const total = sources.reduce((sum, { size }) => sum + (size ?? NaN), 0);
  const totalBytes = isEndless || Number.isNaN(total) ? undefined : total;
  let bytesBefore = 0;
  for (const source of sources) {
    const { layout } = source;
    const recordsOf = recordReader(layout);
    // not the signal itself: it would cut a batch short
    for await (const batch of source.read(NEVER)) {
      for (const record of recordsOf(batch)) {
        const message = toMessage(record.bytes, layout);
        const outgoing = {
          value: message.value.slice(), // the batch's memory is used again
          key: key && keyOf(record.bytes, layout, key),
          isAltered: message.isAltered,
          isCut: record.bytes.length < record.length,
        };
        if (!outbox.hasRoomFor(outgoing)) await outbox.send();
        if (signal.aborted) return;
        outbox.add(outgoing);
      }
      await outbox.send(); // a pipe may bring its next bytes much later
      const bytes = bytesBefore + (source.bytesRead?.() ?? 0);
      const records = outbox.counts.sent;
      onProgress?.({ source: source.name, bytes, totalBytes, records });
      if (signal.aborted) return;
    }
    bytesBefore += source.bytesRead?.() ?? 0;
  }
}

/** Returns what yields the records of an input's batches, whole as far as they can be sent. */
function recordReader(
  layout: Layout,
): (batch: Batch) => Iterable<Pick<RawRecord, "bytes" | "length">> {
  const reader = new BatchReader(layout, { keptBytes: VALUE_BYTES });
  return (batch) => {
    if ("bytes" in batch) return reader.read(batch);
    return batch.values.map((value) => {
      const bytes = value ?? new Uint8Array(0);
      return { bytes: bytes.subarray(0, VALUE_BYTES), length: bytes.length };
    });
  };
}

/** Returns what the records of one student, or of one field, have in common. */
function keyOf(
  record: Uint8Array,
  layout: Layout,
  key: "name" | "field",
): string | undefined {
  const verdict = judge(record, layout);
  if (typeof verdict === "string") return undefined;
  return key === "field" ? verdict.field : `${verdict.first} ${verdict.last}`;
}
