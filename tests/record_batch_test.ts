/** Record batches as brokers send them: which records are read, and what is no whole batch. */
import assert from "node:assert/strict";
import { crc32, gunzipSync, gzipSync } from "node:zlib";
import { loadCrc32c } from "../lib/kafka/checksum.ts";
import { decodeFetchResponse } from "../lib/kafka/fetch_response.ts";
import { readBatches } from "../lib/kafka/record_batch.ts";
import { RecordReader } from "../lib/kafka/record_reader.ts";

const UTF8 = new TextEncoder();
const unpackers = {
  1: () => ({
    // deno-lint-ignore require-await -- what it throws is to be a rejection
    decompress: async (bytes: Uint8Array): Promise<Uint8Array> => gunzipSync(bytes),
  }),
};
/** Beyond all records of the tests. */
const options = { unpackers, end: 2n ** 50n };
const crc32c = await loadCrc32c();

interface Made {
  readonly base?: bigint;
  readonly deltas?: readonly number[];
  readonly lastDelta?: number;
  readonly attributes?: number;
  readonly magic?: number;
}

/** A signed number as a record has it: the sign in the lowest bit, seven bits a byte. */
function varint(number: number): number[] {
  const bytes: number[] = [];
  let left = ((number << 1) ^ (number >> 31)) >>> 0;
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128);
  return [...bytes, left];
}

function part(text: string | null): number[] {
  if (text === null) return varint(-1);
  const bytes = UTF8.encode(text);
  return [...varint(bytes.length), ...bytes];
}

function record(delta: number, key: string | null, value: string | null): number[] {
  const header = [...varint(1), ...part("h"), ...part("x")];
  const time = [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]; // beyond 32 bits
  const body = [0, ...time, ...varint(delta), ...part(key), ...part(value), ...header];
  return [...varint(body.length), ...body];
}

/** Returns a batch, its records' values their offsets. */
function batch(
  { base = 0n, deltas = [0], lastDelta, attributes = 0, magic = 2 }: Made = {},
): Uint8Array {
  const bytes = Uint8Array.from(
    deltas.flatMap((delta) => record(delta, "key", `${base + BigInt(delta)}`)),
  );
  const records = (attributes & 7) === 1 ? gzipSync(bytes) : bytes;
  const made = new Uint8Array(61 + records.length);
  const view = new DataView(made.buffer);
  view.setBigInt64(0, base);
  view.setInt32(8, made.length - 12);
  view.setInt8(16, magic);
  view.setInt16(21, attributes);
  view.setInt32(23, lastDelta ?? deltas.at(-1) ?? 0);
  view.setBigInt64(43, 77n);
  view.setInt32(57, deltas.length);
  made.set(records, 61);
  return sealed(made);
}

/** Gives a batch the checksum that goes with its bytes. */
function sealed(made: Uint8Array): Uint8Array {
  const view = new DataView(made.buffer, made.byteOffset);
  if (made[16]! < 2) view.setUint32(12, crc32(made.subarray(16)));
  else view.setUint32(17, crc32c(made.subarray(21)));
  return made;
}

/** Returns the batches; fails where one is damaged. */
async function batchesOf(bytes: Uint8Array) {
  const { batches, damage } = (await readBatches(bytes, options))!;
  assert.equal(damage, undefined);
  return batches;
}

function together(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((bytes) => [...bytes]));
}

const whole = batch({ base: 5n, deltas: [0, 1, 3], lastDelta: 4 });
const CASES: readonly (readonly [name: string, bytes: Uint8Array, offsets: bigint[]])[] =
  [
    ["nothing", new Uint8Array(0), []],
    ["a batch with a gap", whole, [5n, 6n, 8n]],
    ["two batches", together(whole, batch({ base: 10n })), [5n, 6n, 8n, 10n]],
    ["a batch that is cut", together(whole, whole.subarray(0, -1)), [5n, 6n, 8n]],
    ["a head that is cut", together(whole, whole.subarray(0, 40)), [5n, 6n, 8n]],
    ["a few bytes", together(whole, whole.subarray(0, 3)), [5n, 6n, 8n]],
    ["a packed batch", batch({ base: 300n, deltas: [0, 200], attributes: 1 }), [
      300n,
      500n,
    ]],
    ["a batch that was emptied", batch({ base: 9n, deltas: [], lastDelta: 4 }), []],
    ["offsets beyond 32 bits", batch({ base: 2n ** 40n }), [2n ** 40n]],
  ];

for (const [name, bytes, offsets] of CASES) {
  Deno.test(`readBatches() reads ${name}`, async () => {
    const read: bigint[] = [];
    for (const batch of await batchesOf(bytes)) {
      const reader = new RecordReader(batch);
      while (reader.next()) {
        read.push(reader.offset);
        assert.equal(new TextDecoder().decode(reader.value!), `${reader.offset}`);
        assert.equal(new TextDecoder().decode(reader.key!), "key");
      }
    }
    assert.deepEqual(read, offsets);
  });
}

Deno.test("readBatches() tells where a batch ends and what it is", async () => {
  const bytes = together(whole, batch({ base: 10n, attributes: 0x30 }));
  const [first, second] = await batchesOf(bytes);
  assert.deepEqual(
    [first!.last, first!.isControl, first!.isTransactional, first!.producerId],
    [9n, false, false, 77n],
  );
  assert.deepEqual([second!.isControl, second!.isTransactional], [true, true]);
});

Deno.test("a value of no bytes is not a tombstone", () => {
  const values = [...record(0, null, null), ...record(1, null, "")];
  const reader = new RecordReader({
    ...{ base: 0n, last: 1n, count: 2, producerId: -1n },
    ...{ isControl: false, isTransactional: false },
    records: Uint8Array.from(values),
  });
  reader.next();
  assert.deepEqual([reader.key, reader.value], [null, null]);
  reader.next();
  assert.deepEqual([reader.key, reader.value], [null, new Uint8Array(0)]);
});

const CHECKSUM = "its bytes do not match their checksum";
const OFFSETS = "its offsets cannot be true";
const FOREIGN = "it is no batch of records";
const CUT = "it is cut short";

/** What may be said of a byte that is not what it was, by its place in the batch. */
function saidOf(at: number): readonly (string | undefined)[] {
  if (at < 12) return [CUT, FOREIGN, CHECKSUM]; // the length
  if (at < 16) return [undefined]; // nobody reads which leader has written it
  return at === 16 ? [FOREIGN, CHECKSUM] : [CHECKSUM];
}

for (const attributes of [0, 1]) {
  Deno.test(`readBatches() finds each byte that is wrong, compression ${attributes}`, async () => {
    const sound = batch({ base: 5n, deltas: [0, 1, 3], attributes });
    for (let at = 8; at < sound.length; at++) {
      for (const bit of [0x01, 0x10, 0x80]) {
        const name = `byte ${at}, bit ${bit}`;
        const bytes = sound.with(at, sound[at]! ^ bit);
        const alone = (await readBatches(bytes, options))!;
        assert.ok(saidOf(at).includes(alone.damage), `${name}: ${alone.damage}`);
        const behind = (await readBatches(together(batch(), bytes), options))!;
        const isRead = alone.damage === undefined;
        assert.equal(behind.batches.length, isRead ? 2 : 1, name);
      }
    }
  });
}

const DAMAGED: readonly (readonly [what: string, bytes: Uint8Array, damage: string])[] = [
  ["begins before the last one ends", together(whole, batch({ base: 9n })), OFFSETS],
  ["begins behind all", batch({ base: options.end + 1n }), OFFSETS],
  ["begins below 0", batch({ base: -1n }), OFFSETS],
  ["ends before it begins", batch({ lastDelta: -1 }), OFFSETS],
  ["is all that came, and cut", whole.subarray(0, -1), CUT],
  ["is all that came, a few bytes", whole.subarray(0, 10), CUT],
  ["is of no format", batch({ magic: 3 }), FOREIGN],
  ["is of an older format, and damaged", batch({ magic: 1 }).fill(7, 30, 31), CHECKSUM],
  ["is of no length", new Uint8Array(61), FOREIGN],
  [
    "is packed, but not as it says",
    sealed(batch({ attributes: 1 }).fill(0, 61, 63)),
    "its records cannot be unpacked: incorrect header check",
  ],
  [
    "is packed as nobody knows",
    batch({ attributes: 6 }),
    "its records cannot be unpacked: compression 6",
  ],
];

for (const [what, bytes, damage] of DAMAGED) {
  Deno.test(`readBatches() says what is wrong with a batch that ${what}`, async () => {
    const read = (await readBatches(bytes, options))!;
    assert.equal(read.damage, damage);
    assert.equal(read.batches.length, bytes.length > 150 ? 1 : 0);
  });
}

Deno.test("readBatches() takes what came while the broker answered, without a gap", async () => {
  const bases = [options.end - 1n, options.end + 1n];
  const came = together(...bases.map((base) => batch({ base, deltas: [0, 1] })));
  const { batches, damage } = (await readBatches(came, options))!;
  assert.deepEqual([batches.map(({ base }) => base), damage], [bases, undefined]);
  const later = together(came, batch({ base: options.end + 4n }));
  assert.equal((await readBatches(later, options))!.damage, OFFSETS);
});

/** Returns an answer about one partition of the topic `t`. */
function answer(records: Uint8Array, aborted = -1): Uint8Array {
  const head = new Uint8Array(72 + (aborted > 0 ? 16 : 0));
  const view = new DataView(head.buffer);
  view.setInt32(10, 1); // topics
  view.setInt16(14, 1);
  head[16] = 116;
  view.setInt32(17, 1); // partitions
  view.setInt32(21, 3);
  view.setBigInt64(27, 99n); // where it ends
  view.setBigInt64(35, 98n);
  view.setInt32(51, aborted);
  if (aborted > 0) {
    view.setBigInt64(55, 77n);
    view.setBigInt64(63, 5n);
  }
  const at = head.length - 17;
  view.setInt32(at, -1);
  view.setInt32(at + 4, records.length);
  return together(head.subarray(0, at + 8), records);
}

for (const aborted of [-1, 0, 1]) {
  Deno.test(`decodeFetchResponse() has a message a batch, ${aborted} aborted`, async () => {
    const decoded = await decodeFetchResponse(answer(whole, aborted), unpackers);
    const [{ topicName, partitions: [partition] }] = // deno-lint-ignore no-explicit-any
      (decoded as any).responses;
    const { messages, ...rest } = partition;
    assert.equal(topicName, "t");
    assert.deepEqual(rest, {
      ...{ partition: 3, errorCode: 0, highWatermark: "99", lastStableOffset: "98" },
      ...{ lastStartOffset: "0", preferredReadReplica: -1 },
      abortedTransactions: aborted > 0 ? [{ producerId: "77", firstOffset: "5" }] : [],
    });
    assert.deepEqual(messages.map(({ offset }: { offset: string }) => offset), ["9"]);
  });
}

Deno.test("decodeFetchResponse() leaves what is older than magic 2 to the client", async () => {
  const short = batch({ magic: 0 }).slice(0, 30); // with magic 2 it would be cut
  new DataView(short.buffer).setInt32(8, short.length - 12);
  for (const bytes of [batch({ magic: 1 }), sealed(short)]) {
    assert.equal(await decodeFetchResponse(answer(bytes), unpackers), undefined);
  }
});

Deno.test("decodeFetchResponse() tells of damage only at the head of an answer", async () => {
  const wrong = whole.with(80, whole[80]! ^ 1);
  const messagesOf = async (records: Uint8Array) => {
    const decoded = await decodeFetchResponse(answer(records), unpackers);
    // deno-lint-ignore no-explicit-any
    return (decoded as any).responses[0].partitions[0].messages;
  };
  const [message, ...others] = await messagesOf(together(wrong, batch({ base: 10n })));
  assert.deepEqual([message.damage, message.offset], [CHECKSUM, "99"]);
  assert.deepEqual(others, []);
  const [sound, ...more] = await messagesOf(together(batch(), wrong));
  assert.deepEqual([sound.damage, sound.offset], [undefined, "0"]);
  assert.deepEqual(more, []);
});
