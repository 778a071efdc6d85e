/**
 * A store on a disk that fails: the Nth write, flush, cut or commit, before, in the middle of
 * or after its work. Whatever fails, the store goes on from what is on disk, exactly.
 */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import { type Disk, localDisk } from "../lib/stream/disk.ts";
import { checkStore, ingestInto, messages, openHere } from "./store_support.ts";
import { diskTest } from "./support.ts";

type Step = "write" | "flush" | "cut" | "commit" | "statement";
type When = "before" | "halfway" | "after";

/** What the system says where a disk fails. */
function ioError(): Error {
  return Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
}

/**
 * A disk whose nth step of a kind fails, none for 0. It leaves out what only a power failure
 * would show: flushes.
 */
function failingDisk(step: Step, nth: number, when: When): Disk {
  let count = 0;
  const doing = <T>(kind: Step, work: () => T, half: () => void = work): T => {
    if (kind !== step || ++count !== nth) return work();
    if (when === "halfway") half();
    if (when === "after") work();
    throw ioError();
  };
  return {
    openFile(path) {
      const file = localDisk.openFile(path);
      return {
        readSync: (bytes) => file.readSync(bytes),
        seekSync: (offset, whence) => file.seekSync(offset, whence),
        statSync: () => file.statSync(),
        close: () => file.close(),
        writeSync: (bytes) =>
          doing(
            "write",
            () => file.writeSync(bytes),
            () => file.writeSync(bytes.subarray(0, bytes.length / 2)),
          ),
        syncDataSync: () => doing("flush", () => {}),
        truncateSync: (length) => doing("cut", () => file.truncateSync(length)),
      };
    },
    async openDatabase(path) {
      const database = await localDisk.openDatabase(path);
      return {
        exec: (sql) =>
          sql === "COMMIT"
            ? doing("commit", () => database.exec(sql))
            : database.exec(sql.replace("synchronous = FULL", "synchronous = OFF")),
        prepare(sql) {
          const statement = database.prepare(sql);
          const run = statement.run.bind(statement);
          statement.run =
            ((...values: Parameters<typeof run>) =>
              doing("statement", () => run(...values))) as typeof run;
          return statement;
        },
        close: () => database.close(),
      };
    },
  };
}

const STEPS: readonly (readonly [step: Step, when: When])[] = [
  ["write", "before"],
  ["write", "halfway"],
  ["write", "after"],
  ["flush", "before"],
  ["flush", "after"],
  ["commit", "before"],
  ["commit", "after"],
  ["statement", "before"],
  ["statement", "after"],
];
const TIMES = 50;

/** Adds batches of two partitions, in turns, until the disk fails. */
function addUntilFailure(ingest: ReturnType<typeof ingestInto>): PipelineError {
  for (let i = 0; i < 2000; i++) {
    const partition = i % 2;
    const at = Number(ingest.positions.get(partition));
    try {
      ingest.add(messages(partition, at, at + 1 + i % 5));
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      return error;
    }
  }
  assert.fail("no step failed");
}

for (const [step, when] of STEPS) {
  diskTest(
    `Store goes on exactly where the nth ${step} failed ${when} its work, n = 1 to ${TIMES}`,
    async (dir) => {
      const path = `${dir}/live`;
      let last = 0n;
      for (let nth = 1; nth <= TIMES; nth++) {
        const disk = failingDisk(step, nth, when);
        let failure: unknown;
        try {
          using store = await openHere(path, { disk });
          const ingest = ingestInto(store, { partitions: [0, 1] });
          failure = addUntilFailure(ingest);
          for (
            const action of [() => ingest.commit(), () => ingest.add(messages(0, 0, 1))]
          ) {
            assert.throws(action, (error) => error === failure);
          }
        } catch (error) { // opening it failed
          failure = error;
        }
        assert.ok(failure instanceof PipelineError, String(failure));
        assert.match(
          failure.message,
          /^Cannot write .*live\/.*: the disk reports a read or write error$/,
        );
        assert.equal(failure.exitCode, 6);
        (await openHere(path, { disk: failingDisk(step, 0, when) }))[Symbol.dispose]();
        if (nth % 5 > 0) continue; // what is wrong once stays wrong
        const ends = await checkStore(path);
        const next = BigInt([...ends.values()].reduce((sum, end) => sum + end, 0));
        assert.ok(next >= last, "a checkpoint never goes back");
        last = next;
      }
      assert.ok(last > 100n, `${last} messages`);
    },
  );
}

/** Returns a disk that notes its steps: file and what was done, or "commit". */
function notingDisk(steps: string[]): Disk {
  return {
    openFile(path) {
      const file = localDisk.openFile(path);
      const name = path.endsWith(".csv") ? "rows" : "rejects";
      const noted = <A extends unknown[], R>(step: string, work: (...args: A) => R) =>
      (
        ...args: A
      ): R => {
        steps.push(`${step} ${name}`);
        return work(...args);
      };
      return {
        readSync: (bytes) => file.readSync(bytes),
        seekSync: (offset, whence) => file.seekSync(offset, whence),
        statSync: () => file.statSync(),
        close: () => file.close(),
        truncateSync: noted("cut", (length?: number) => file.truncateSync(length)),
        writeSync: noted("write", (bytes: Uint8Array) => file.writeSync(bytes)),
        syncDataSync: noted("flush", () => file.syncDataSync()),
      };
    },
    async openDatabase(path) {
      const database = await localDisk.openDatabase(path);
      return {
        exec(sql) {
          if (sql === "COMMIT") steps.push("commit");
          database.exec(sql);
        },
        prepare: (sql) => database.prepare(sql),
        close: () => database.close(),
      };
    },
  };
}

diskTest(
  "a commit comes after the flush of all that was written before it",
  async (dir) => {
    const steps: string[] = [];
    {
      using store = await openHere(dir, { disk: notingDisk(steps) });
      const ingest = ingestInto(store, { commitBytes: 2000, commitMs: 1e9 });
      for (let at = 0; at < 400; at += 20) ingest.add(messages(0, at, at + 20));
      ingest.commit();
    }
    const unflushed = new Set<string>();
    let commits = 0;
    for (const step of steps) {
      const [what, name] = step.split(" ");
      if (what === "write") unflushed.add(name!);
      if (what === "flush") unflushed.delete(name!);
      if (what === "commit") {
        assert.deepEqual([...unflushed], []);
        commits++;
      }
    }
    assert.ok(commits > 5, `${commits} commits`);
    assert.ok(steps.filter((step) => step.startsWith("write")).length > 2 * commits);
  },
);
