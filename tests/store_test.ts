/**
 * Messages into a store: what is taken, trimmed, refused, dropped and committed, and when.
 */
import assert from "node:assert/strict";
import type { PipelineError } from "../lib/errors.ts";
import { writeReport } from "../lib/engine/local.ts";
import { readFiles } from "../lib/ingest/files.ts";
import { checkOffsets } from "../lib/stream/offsets.ts";
import type { Commit } from "../lib/stream/ingest.ts";
import { readStore } from "../lib/stream/snapshot.ts";
import { fastCleaner, textCleaner } from "../lib/transform/clean.ts";
import {
  checkStore,
  ingestInto,
  messages,
  openHere,
  SAMPLE,
  streamSample,
} from "./store_support.ts";
import { diskTest } from "./support.ts";

/** Checks an error for a person: its message, its hint, its exit code. */
function isError(message: string, hint: RegExp, exitCode: number) {
  return (error: PipelineError): true => {
    assert.equal(error.message, message);
    assert.match(error.hint!, hint);
    assert.equal(error.exitCode, exitCode);
    return true;
  };
}

/** Returns the committed ranges of a partition. */
async function rangesOf(path: string, partition = 0): Promise<unknown> {
  return (await readStore(path)).contents.partitions.get(partition)?.ranges;
}

for (const cleaner of [textCleaner, fastCleaner]) {
  diskTest(
    `a CSV's records as messages give the same bytes as report on it, with ${cleaner.name}`,
    async (dir) => {
      await writeReport(await readFiles(SAMPLE), { out: `${dir}/out`, page: false });
      await streamSample(`${dir}/live`, cleaner({}));
      const [live, out] = [`${dir}/live`, `${dir}/out`].map((folder) =>
        Deno.readTextFileSync(`${folder}/etudiants_transformed.csv`)
      );
      assert.ok(live!.length > 10_000);
      assert.equal(live, out);
    },
  );
}

diskTest("Store.open() makes a store that has its header at once", async (dir) => {
  (await openHere(`${dir}/some/live/`))[Symbol.dispose]();
  const path = `${dir}/some/live`;
  const files = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  assert.deepEqual(files, [
    "etudiants_transformed.csv",
    "rejects.jsonl",
    "store.lock",
    "store.sqlite",
  ]);
  await checkStore(path);
});

diskTest("Store.open() cuts off a torn last row and reject", async (dir) => {
  {
    using store = await openHere(dir);
    ingestInto(store).add(messages(0, 0, 40));
  }
  const ends = await checkStore(dir);
  for (const name of ["etudiants_transformed.csv", "rejects.jsonl"]) {
    Deno.writeTextFileSync(`${dir}/${name}`, "ALI,BEN\ntorn", { append: true });
  }
  await checkStore(dir, { isClosed: false });
  (await openHere(dir))[Symbol.dispose]();
  assert.deepEqual(await checkStore(dir), ends);
});

diskTest(
  "Ingest keeps partitions apart that come in turns, over several runs",
  async (dir) => {
    const at = new Map([[0, 0], [1, 0], [7, 0]]);
    for (let run = 0; run < 4; run++) {
      using store = await openHere(dir);
      const ingest = ingestInto(store, { partitions: [...at.keys()], commitBytes: 500 });
      assert.deepEqual(
        ingest.positions,
        new Map([...at].map(([partition, offset]) => [partition, BigInt(offset)])),
      );
      for (let i = 0; i < 30; i++) {
        const partition = [0, 7, 1, 7][i % 4]!;
        const start = at.get(partition)!;
        ingest.add(messages(partition, start, start + i % 6));
        at.set(partition, start + i % 6);
      }
      ingest.commit();
      assert.deepEqual(await checkStore(dir), at);
    }
  },
);

diskTest("Ingest takes each message once that comes twice", async (dir) => {
  using store = await openHere(dir);
  const ingest = ingestInto(store);
  const taken = (start: number, end: number) =>
    ingest.add(messages(0, start, end))?.counts.read;
  assert.equal(taken(0, 10), 10);
  assert.equal(taken(0, 10), undefined);
  assert.equal(taken(3, 5), undefined);
  assert.equal(taken(5, 15), 5);
  assert.equal(taken(0, 16), 1);
  assert.deepEqual(await checkStore(dir), new Map([[0, 16]]));
});

diskTest("Ingest takes a batch of no messages, with and without an end", async (dir) => {
  using store = await openHere(dir);
  const ingest = ingestInto(store);
  assert.equal(ingest.add(messages(0, 0, 0)), undefined);
  assert.deepEqual(ingest.positions, new Map([[0, 0n]]));
  ingest.add(messages(0, 0, 5), { end: 9n });
  ingest.add(messages(0, 0, 0), { end: 12n });
  assert.equal(ingest.add(messages(0, 0, 0), { end: 3n }), undefined);
  assert.deepEqual(await rangesOf(dir), [{ start: 0n, next: 12n }]);
});

diskTest(
  "Ingest covers offsets without messages only where the broker was asked for them",
  async (dir) => {
    using store = await openHere(dir);
    const ingest = ingestInto(store);
    ingest.add(messages(0, 0, 10));
    assert.throws(
      () => ingest.add(messages(0, 12, 20)),
      isError(
        "ibtissam/0@10 to 11 did not come",
        /^If the broker has deleted them, go on behind with --from earliest, or start over/,
        5,
      ),
    );
    assert.throws(
      () => ingest.add(messages(0, 12, 20), { from: 11n }),
      /^PipelineError: ibtissam\/0@10 did not/,
    );
    assert.deepEqual(ingest.positions, new Map([[0, 10n]]));
    ingest.add(messages(0, 12, 20), { from: 10n });
    ingest.add(messages(0, 12, 21), { from: 12n });
    assert.deepEqual(await rangesOf(dir), [{ start: 0n, next: 21n }]);
    assert.equal((await readStore(dir)).contents.partitions.get(0)?.counts.read, 19);
  },
);

diskTest("Ingest refuses a partition that is not assigned", async (dir) => {
  using store = await openHere(dir);
  const ingest = ingestInto(store);
  assert.throws(() => ingest.add(messages(1, 0, 1)), RangeError);
  ingest.assign(new Map([[1, 0n]]));
  assert.throws(() => ingest.add(messages(0, 0, 1)), RangeError);
  ingest.add(messages(1, 0, 1));
});

diskTest(
  "Ingest.assign() goes on at the higher of the checkpoint and the group's offset",
  async (dir) => {
    {
      using store = await openHere(dir);
      ingestInto(store).add(messages(0, 0, 10));
    }
    using store = await openHere(dir);
    assert.deepEqual(store.checkpoints, new Map([[0, 10n]]));
    const ingest = ingestInto(store);
    const seeks = (start: bigint) => ingest.assign(new Map([[0, start]])).get(0);
    assert.deepEqual([seeks(0n), seeks(10n), seeks(25n)], [10n, 10n, 25n]);
    ingest.add(messages(0, 20, 30));
    assert.deepEqual([seeks(5n), seeks(25n)], [30n, 30n]);
    ingest.add(messages(0, 30, 31));
    assert.deepEqual(await rangesOf(dir), [
      { start: 0n, next: 10n },
      { start: 25n, next: 31n },
    ]);
    assert.equal((await readStore(dir)).contents.partitions.get(0)?.counts.read, 16);
  },
);

diskTest(
  "Ingest.assign() drops what is not committed, and it can come again",
  async (dir) => {
    using store = await openHere(dir);
    const ingest = ingestInto(store, { commitMs: 1e9 });
    ingest.add(messages(0, 0, 50));
    ingest.commit();
    ingest.add(messages(0, 50, 90));
    assert.deepEqual(ingest.assign(new Map([[0, 0n]])), new Map([[0, 50n]]));
    ingest.commit();
    assert.deepEqual(await checkStore(dir), new Map([[0, 50]]));
    ingest.add(messages(0, 50, 60));
    ingest.commit();
    assert.deepEqual(await checkStore(dir), new Map([[0, 60]]));
  },
);

diskTest(
  "Ingest.commit() drops what others have taken over, and goes on when assigned anew",
  async (dir) => {
    using store = await openHere(dir);
    let isOwner = true;
    const ingest = ingestInto(store, { commitMs: 1e9, isOwner: () => isOwner });
    ingest.add(messages(0, 0, 50));
    assert.equal(ingest.commit(), true);
    ingest.add(messages(0, 50, 90));
    isOwner = false;
    assert.equal(ingest.commit(), false);
    assert.deepEqual(await checkStore(dir), new Map([[0, 50]]));
    assert.throws(() => ingest.add(messages(0, 90, 91)), RangeError);
    isOwner = true;
    ingest.assign(new Map([[0, 0n]]));
    ingest.add(messages(0, 50, 70));
    assert.equal(ingest.commit(), true);
    assert.deepEqual(await checkStore(dir), new Map([[0, 70]]));
  },
);

diskTest("Ingest.commit() takes back what others took over meanwhile", async (dir) => {
  using store = await openHere(dir);
  // the lease is asked for before the database commits and after it
  let answers: boolean[] = [];
  const isOwner = (): boolean => answers.shift() ?? true;
  const ingest = ingestInto(store, { commitMs: 1e9, isOwner });
  const addLate = (partition: number, start: number, end: number): boolean => {
    ingest.assign(new Map([[0, 0n], [1, 0n]]));
    ingest.add(messages(partition, start, end));
    answers = [true, false];
    return ingest.commit();
  };
  assert.equal(addLate(0, 0, 50), false); // the first range of a partition
  assert.deepEqual(await checkStore(dir), new Map());
  ingest.assign(new Map([[0, 0n]]));
  ingest.add(messages(0, 0, 50));
  assert.equal(ingest.commit(), true);
  assert.equal(addLate(0, 50, 90), false); // one that was carried on
  assert.deepEqual(await checkStore(dir), new Map([[0, 50]]));
  assert.equal(addLate(1, 0, 40), false); // beside another partition
  assert.deepEqual(store.checkpoints, new Map([[0, 50n]]));
  ingest.assign(new Map([[0, 70n]]));
  ingest.add(messages(0, 70, 90));
  answers = [true, false];
  assert.equal(ingest.commit(), false); // one behind a gap
  assert.deepEqual(await checkStore(dir), new Map([[0, 50]]));
});

diskTest("Ingest commits when enough waits or has waited long enough", async (dir) => {
  using store = await openHere(dir);
  let now = 1000;
  const commits: Commit[] = [];
  const onCommit = (commit: Commit) => commits.push(commit);
  const options = { commitMs: 50, commitBytes: 1000, clock: () => now, onCommit };
  const ingest = ingestInto(store, options);
  const add = (start: number, end: number) => {
    ingest.add(messages(0, start, end));
    return commits.map(({ records }) => records);
  };
  assert.equal(ingest.dueInMs, undefined);
  assert.deepEqual(add(0, 3), []);
  assert.equal(ingest.dueInMs, 50);
  now += 49;
  assert.deepEqual(add(3, 5), []);
  assert.equal(ingest.dueInMs, 1);
  now += 1;
  assert.deepEqual(add(5, 6), [6]);
  assert.equal(ingest.dueInMs, undefined);
  assert.deepEqual(add(6, 100), [6, 94]);
  const { checkpoints, records, latencyMs, counts, reasons, ages } = commits.at(-1)!;
  assert.deepEqual([checkpoints, records, latencyMs], [new Map([[0, 100n]]), 94, 0]);
  assert.deepEqual(counts, { read: 94, blank: 5, rejected: 12, filtered: 13, kept: 64 });
  assert.equal([...reasons.values()].reduce((sum, count) => sum + count), 12);
  assert.equal(
    [...ages.values()].flatMap((ages) => [...ages]).reduce((a, b) => a + b),
    77,
  );
  ingest.commit();
  assert.equal(commits.length, 2);
  await checkStore(dir);
});

diskTest("Ingest.add() returns what became of the new messages", async (dir) => {
  using store = await openHere(dir);
  const ingest = ingestInto(store);
  ingest.add(messages(0, 0, 10));
  const added = ingest.add(messages(0, 5, 23))!;
  assert.equal(added.counts.read, 13);
  assert.deepEqual(
    added.reasons,
    new Map([["one_word_name", 1], ["empty", 1]]),
  );
});

const AT_10 = {
  path: "data/live",
  identity: { topic: "ibtissam" },
  checkpoints: new Map([[3, 10n]]),
};
const READ = "Cannot go on with data/live: ibtissam/3 is read up to 10, but the broker";
const DISAGREEMENTS: readonly (readonly [
  held: readonly [low: bigint, high: bigint] | undefined,
  end: string | undefined,
  hint: RegExp,
])[] = [
  [[0n, 10n], undefined, /^/],
  [[10n, 10n], undefined, /^/],
  [
    [0n, 9n],
    "ends at 9",
    /^Check bootstrap\.servers; if .* lost messages, start over in/,
  ],
  [[0n, 0n], "ends at 0", /^Check bootstrap\.servers/],
  [
    [11n, 20n],
    "begins at 11",
    /^It has deleted ibtissam\/3@10: go on behind with --from earliest, or start/,
  ],
  [undefined, "has no such partition", /^Check bootstrap\.servers/],
];

Deno.test("checkOffsets() refuses a checkpoint that the broker cannot go on from", () => {
  for (const [held, end, hint] of DISAGREEMENTS) {
    const broker = new Map(held && [[3, { low: held[0], high: held[1] }]]);
    const check = () => checkOffsets(AT_10, broker);
    if (end === undefined) check();
    else assert.throws(check, isError(`${READ} ${end}`, hint, 5));
  }
});
