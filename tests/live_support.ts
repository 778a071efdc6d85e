/**
 * Streams to look at: the program's own monitor, told of records that its own rules cleaned.
 */
import { countAge } from "../lib/analyse/ages.ts";
import { type Added, type StreamFacts, StreamMonitor } from "../lib/stream/status.ts";
import { textCleaner } from "../lib/transform/clean.ts";
import { PLAIN_LAYOUT, type Reason } from "../lib/transform/types.ts";

/** The facts of every stream here; its clock stands still. */
export const FACTS: StreamFacts = {
  topic: "ibtissam",
  group: "cohort",
  store: "data/live",
  olderThan: 20,
  version: "0.1.0",
  now: () => new Date("2026-11-22T12:00:00Z"),
};

/** Tells the monitor of records that have become durable, as a stream does. */
export function feed(
  monitor: StreamMonitor,
  records: readonly (string | Uint8Array | null)[],
  { partition = 0, offset = 0n, latencyMs = 12 } = {},
): void {
  const cleaner = textCleaner();
  const encoder = new TextEncoder();
  const cleaned = cleaner.clean({
    input: { name: FACTS.topic, layout: PLAIN_LAYOUT },
    partition,
    values: records.map((one) => typeof one === "string" ? encoder.encode(one) : one),
    offsets: records.map((_, i) => offset + BigInt(i)),
  });
  const reasons = new Map<Reason, number>();
  for (const line of new TextDecoder().decode(cleaned.rejects).split("\n")) {
    if (line === "") continue;
    const { reason } = JSON.parse(line) as { reason: Reason };
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  monitor.cleaned(cleaned);
  const added: Added = {
    counts: cleaned.counts,
    reasons,
    ages: cleaner.ages,
    checkpoints: new Map([[partition, offset + BigInt(records.length)]]),
    records: records.length,
    latencyMs,
  };
  monitor.committed(added);
}

/** Records that try to break out of whatever shows them. */
export const HOSTILE_RECORDS: readonly (string | Uint8Array | null)[] = [
  "Eve \x1b[2J\x1b]0;owned\x07, 22, Law",
  "Ada \u202eLovelace, 22, Law",
  "</script><img src=x onerror=alert(1)>, vingt, Law",
  Uint8Array.of(0x4a, 0x9b, 0x33, 0x31, 0x6d, 0xff, 0x0d, 0x0a, 0x2c),
  null,
];

/** Returns the monitor of a stream that has read some fields, good records and bad ones. */
export function busyStream(facts: Partial<StreamFacts> = {}): StreamMonitor {
  const monitor = new StreamMonitor({ ...FACTS, ...facts });
  monitor.opened({ counts: noCounts(), reasons: new Map(), ages: new Map() });
  monitor.phase = "reading";
  monitor.assigned(new Map([[0, 0n], [1, 0n], [2, 1_000_000n]]));
  const records = FIELDS.flatMap((field, f) =>
    Array.from(
      { length: 10 + 7 * f },
      (_, i) => `Ali Bennis, ${18 + (i + f) % 17}, ${field}`,
    )
  );
  feed(monitor, records);
  feed(monitor, ["", ...BAD], { partition: 1, offset: 40n, latencyMs: 30 });
  monitor.ends(0, BigInt(records.length) + 1234n);
  monitor.ends(2, 1_000_007n);
  return monitor;
}

/** Fields as schools write them. */
export const FIELDS: readonly string[] = [
  "Computer Science",
  "Médecine",
  "计算机科学与技术",
  "علوم الحاسوب",
  "Law",
  "Économie et gestion",
];

const BAD: readonly (string | Uint8Array | null)[] = [
  "Ali Bennis, 21.0, Law",
  "Cher, 30, Music",
  ...HOSTILE_RECORDS,
];

function noCounts(): Added["counts"] {
  return { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
}

/** Returns a monitor of one student in each of these fields, whatever they are called. */
export function streamOfFields(names: readonly string[]): StreamMonitor {
  const monitor = new StreamMonitor(FACTS);
  const ages = new Map();
  for (const name of names) for (let i = 0; i < 8; i++) countAge(ages, name, 18 + i);
  const count = names.length * 8;
  const kept = names.length * 5;
  const counts = { read: count, blank: 0, rejected: 0, filtered: count - kept, kept };
  monitor.phase = "reading";
  monitor.assigned(new Map([[0, 0n]]));
  monitor.opened({ counts, reasons: new Map(), ages });
  return monitor;
}
