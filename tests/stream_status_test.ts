/** The state of a stream as data, and what else of a stream needs no broker. */
import assert from "node:assert/strict";
import { parseStart } from "../lib/cli/stream_settings.ts";
import { Lease } from "../lib/kafka/lease.ts";
import { noAges } from "../lib/analyse/ages.ts";
import { LatencyHistogram } from "../lib/stream/latencies.ts";
import { LastRejects } from "../lib/stream/last_rejects.ts";
import { cut, Limits } from "../lib/stream/limits.ts";
import { checkEnd } from "../lib/stream/offsets.ts";
import { RateMeter } from "../lib/stream/rate.ts";
import { Contact } from "../lib/kafka/contact.ts";
import { findStarts, type Start } from "../lib/stream/start.ts";
import { StreamMonitor } from "../lib/stream/status.ts";
import { formatEnd, formatLine } from "../lib/cli/stream_lines.ts";

const COUNTS = { read: 10, blank: 1, rejected: 2, filtered: 3, kept: 4 };

function monitor(): {
  readonly monitor: StreamMonitor;
  readonly later: (ms: number) => void;
} {
  let ms = Date.parse("2026-01-31T12:00:00Z");
  const facts = {
    topic: "t",
    group: "g",
    store: "data/li\x1bve",
    olderThan: 20,
    version: "1",
  };
  return {
    monitor: new StreamMonitor({ ...facts, now: () => new Date(ms) }),
    later: (by) => ms += by,
  };
}

Deno.test("StreamMonitor adds commits to what the store held", () => {
  const { monitor: made, later } = monitor();
  assert.equal(made.read().state, "connecting");
  const ages = new Map([["LAW", noAges().with(30, 7)]]);
  const reasons = new Map([["empty", 2] as const]);
  made.opened({ counts: COUNTS, reasons, ages });
  made.phase = "reading";
  made.ends(1, 25n);
  made.assigned(new Map([[1, 5n], [0, 7n]]));
  assert.equal(made.read().state, "reading");
  later(2000);
  made.committed({
    ...{ counts: COUNTS, reasons, ages, records: 10, latencyMs: 3 },
    checkpoints: new Map([[1, 15n]]),
  });
  const status = made.read();
  assert.deepEqual(status.partitions, [
    { partition: 0, checkpoint: 7n, end: 7n, lag: 0n },
    { partition: 1, checkpoint: 15n, end: 25n, lag: 10n },
  ]);
  assert.deepEqual(status.counts, {
    read: 20,
    blank: 2,
    rejected: 4,
    filtered: 6,
    kept: 8,
  });
  assert.equal(status.reasons.get("empty"), 4);
  assert.equal(status.ages.get("LAW")![30], 14);
  assert.deepEqual([status.commits.count, status.commits.sumMs], [1, 3]);
  assert.equal(status.rebalances, 1);
  assert.equal(
    formatLine(status),
    "20 records, 8 kept, 4 refused; 40/s; lag 10; reading",
  );
  made.ends(1, 15n); // what was known of the end before cannot make a lag
  assert.equal(made.read().state, "caught up");
  assert.match(
    formatEnd(status),
    /^Read +20\n.*Kept +8\nStore data\/li\\u\{1b\}ve of topic t, /s,
  );
});

Deno.test("LatencyHistogram counts each bucket with those below", () => {
  const histogram = new LatencyHistogram();
  for (const ms of [0.5, 1, 1.5, 9000]) histogram.add(ms);
  const { count, sumMs, buckets } = histogram.read();
  assert.deepEqual([count, sumMs], [4, 9003]);
  assert.deepEqual(buckets.slice(0, 2), [
    { atMostMs: 1, count: 2 },
    { atMostMs: 2, count: 3 },
  ]);
  assert.deepEqual(buckets.at(-1), { atMostMs: Infinity, count: 4 });
});

Deno.test("RateMeter forgets what is more than seconds ago", () => {
  const meter = new RateMeter();
  assert.equal(meter.perSecond(0), 0);
  meter.add(100, 1000);
  meter.add(100, 2000);
  assert.equal(meter.perSecond(3000), 100);
  assert.equal(meter.perSecond(6900), 20);
  assert.equal(meter.perSecond(60_000), 0);
});

Deno.test("LastRejects keeps the last ten, the newest last", () => {
  const rejects = new LastRejects();
  const line = (offset: number): string =>
    JSON.stringify({ topic: "é", partition: 0, offset, reason: "empty", raw: "" }) + "\n";
  const bytes = new TextEncoder().encode([1, 2, 3, 4].map(line).join(""));
  rejects.add(bytes);
  bytes.fill(0); // the cleaner uses its memory again
  rejects.add(new Uint8Array());
  rejects.add(new TextEncoder().encode([5, 6, 7, 8, 9, 10, 11, 12].map(line).join("")));
  assert.deepEqual(rejects.lines().map(({ offset }) => offset), [
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
  ]);
});

Deno.test("Lease runs from when the answered request was sent", () => {
  let now = 1000;
  const lease = new Lease(500, () => now);
  assert.equal(lease.isHeld, false);
  lease.answered("SyncGroup", 1000);
  lease.extend("SyncGroup");
  assert.equal(lease.isHeld, true);
  now = 3000; // stopped meanwhile; the answer to what was sent before comes only now
  lease.answered("Heartbeat", 1100);
  lease.extend("Heartbeat");
  assert.equal(lease.isHeld, false);
  lease.answered("Heartbeat", 3000);
  assert.equal(lease.isHeld, false, "answered, but not well");
  lease.extend("Heartbeat");
  assert.equal(lease.isHeld, true);
  now = 2000; // the clock was set back
  assert.equal(lease.isHeld, false);
});

Deno.test("cut takes no more than the limit, and knows where it ends", () => {
  const offsets = [5n, 6n, 9n, 12n];
  const messages = {
    ...{ partition: 0, from: 5n, end: 14n, high: 20n, offsets },
    values: offsets.map(() => null),
  };
  const cases:
    readonly (readonly [records: number, end: bigint | undefined, bigint[], bigint])[] = [
      [Infinity, undefined, offsets, 14n],
      [Infinity, 20n, offsets, 14n],
      [Infinity, 11n, [5n, 6n, 9n], 11n],
      [Infinity, 5n, [], 5n],
      [2, undefined, [5n, 6n], 9n],
      [0, undefined, [], 5n],
      [3, 7n, [5n, 6n], 7n],
    ];
  for (const [records, end, expected, next] of cases) {
    const taken = cut(messages, { records, end });
    assert.deepEqual([taken.offsets, taken.end], [expected, next], `${records} ${end}`);
    assert.equal(taken.values.length, expected.length);
  }
});

Deno.test("Limits are reached at the first end of all partitions or after the records", () => {
  const limits = new Limits({ isUntilEnd: true });
  limits.ends(0, 10n);
  limits.ends(0, 99n);
  assert.equal(limits.areReached(new Map([[0, 9n]])), false);
  assert.equal(limits.areReached(new Map([[0, 10n]])), true);
  assert.equal(limits.areReached(new Map()), false, "no partition, and so no end");
  const few = new Limits({ isUntilEnd: false, maxRecords: 5 });
  few.count(4);
  assert.equal(few.areReached(new Map([[0, 99n]])), false);
  few.count(1);
  assert.equal(few.areReached(new Map()), true);
});

Deno.test("parseStart knows places, offsets and times", () => {
  assert.equal(parseStart("earliest"), "earliest");
  assert.equal(parseStart("42"), 42n);
  assert.deepEqual(parseStart("2026-11-22T08:00Z"), new Date("2026-11-22T08:00:00Z"));
  assert.deepEqual(
    parseStart("2026-11-22T08:00:00.5+01:00"),
    new Date("2026-11-22T07:00:00.5Z"),
  );
  for (const text of ["", "-1", "first", "2026-13-01", "2026", "08:00", "1e3"]) {
    assert.equal(typeof parseStart(text), text === "2026" ? "bigint" : "undefined", text);
  }
});

/** Returns where partition 0 begins, of which the broker holds 10 to 20. */
async function startOf(
  start: Start,
  { group, own, reset = "earliest" }: {
    readonly group?: bigint;
    readonly own?: bigint;
    readonly reset?: "earliest" | "latest";
  } = {},
): Promise<bigint> {
  const map = (offset?: bigint) => new Map(offset === undefined ? [] : [[0, offset]]);
  const admin = {
    groupOffsets: () => Promise.resolve(map(group)),
    offsetsAt: () => Promise.resolve(map(15n)),
    offsets: () => Promise.resolve([{ partition: 0, start: 10n, end: 20n }]),
  };
  const { starts } = await findStarts({
    ...{ admin, topic: "t", groupId: "g", start, reset, checkpoints: map(own) },
  });
  return starts.get(0)!;
}

Deno.test("findStarts: the group, else the store, else the reset; or what the user says", async () => {
  assert.equal(await startOf("stored"), 10n);
  assert.equal(await startOf("stored", { reset: "latest" }), 20n);
  assert.equal(await startOf("stored", { group: 12n, reset: "latest" }), 12n);
  assert.equal(await startOf("stored", { own: 13n, reset: "latest" }), 13n);
  assert.equal(await startOf("earliest", { group: 12n }), 10n);
  assert.equal(await startOf("latest", { group: 12n }), 20n);
  assert.equal(await startOf(3n), 10n);
  assert.equal(await startOf(14n), 14n);
  assert.equal(await startOf(99n), 20n);
  assert.equal(await startOf(new Date(0)), 15n);
  await assert.rejects(startOf("stored", { group: 21n }), {
    kind: "kafka",
    message: "Group g has read t/0 up to 21, but the broker ends at 20",
    hint:
      "The topic has lost messages: say where to begin with --from earliest, or take " +
      "another --group-id",
  });
});

Deno.test("findStarts asks for the ends after the group's offsets, which grow", async () => {
  let end = 20n;
  const { starts } = await findStarts({
    admin: {
      groupOffsets: () => Promise.resolve(new Map([[0, end = 25n]])),
      offsetsAt: () => assert.fail("nobody has named a time"),
      offsets: () => Promise.resolve([{ partition: 0, start: 10n, end }]),
    },
    ...{ topic: "t", groupId: "g", start: "stored", reset: "latest" },
    checkpoints: new Map(),
  });
  assert.deepEqual(starts, new Map([[0, 25n]]));
});

Deno.test("Contact looks away after a second without a broker, or 3 without an answer", () => {
  let now = 0;
  const contact = new Contact(() => now);
  const looks = (count: number, isDue = true): boolean => {
    let isAway = false;
    for (let i = 0; i < count; i++) isAway = contact.look({ isDue });
    return isAway;
  };
  assert.equal(looks(30), false);
  assert.equal(looks(1), true);
  contact.answered();
  assert.equal(looks(30), false);
  assert.equal(looks(1, false), false); // it joins again, and others may take their time
  assert.equal(looks(30), false);
  now = 100_000; // a process that was stopped
  contact.answered();
  contact.missed();
  now += 1000;
  assert.equal(looks(1, false), false);
  now += 1;
  assert.equal(looks(1, false), true);
  contact.answered();
  assert.equal(looks(1), false);
});

Deno.test("checkEnd refuses a partition that has become shorter", () => {
  checkEnd("t/0", 5n, 5n);
  assert.throws(() => checkEnd("t/0", 6n, 5n), {
    kind: "kafka",
    message: "t/0 is read up to 6, but the broker ends at 5 now",
    hint:
      "The topic has lost messages: start over in another folder with --store; this one " +
      "can still be reported on",
  });
});
