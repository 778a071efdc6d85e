/** `report --engine` before a cluster is asked: what goes with what. */
import assert from "node:assert/strict";
import { Assembly } from "../lib/spark/assembly.ts";
import { columnOf } from "../lib/spark/arrow.ts";
import { workerCommand } from "../lib/spark/plan.ts";
import { Spool } from "../lib/spark/spool.ts";
import type { Job } from "../lib/engine/job.ts";
import { formatProgress } from "../lib/cli/progress.ts";
import { bytes, diskTest, put, runHere } from "./support.ts";

const ON = ["--engine", "sc://127.0.0.1:1"];
const TOPIC = ["--input", "kafka://t"];
const MESSAGE = "A message is a record as it stands: name, age, field";
const ONE_TOPIC = "A topic is the only --input, as kafka://NAME";
const NAME = "Its name has letters, digits, dots, - and _";
const A_CLUSTER = "Name a cluster: --engine sc://host:15002";

const USAGE: readonly (readonly [readonly string[], string, string])[] = [
  [["--parts", "x"], "--parts goes with --engine only", A_CLUSTER],
  [["--max-rejects-home", "1"], "--max-rejects-home goes with --engine only", A_CLUSTER],
  [["--to", "5"], "--to goes with --engine only", A_CLUSTER],
  [
    TOPIC,
    "A topic as --input goes with --engine only",
    "Without a cluster: deno task stream --until-end",
  ],
  [
    [...ON, "--threads", "2"],
    "--threads does not go with --engine",
    "It is for work on this machine",
  ],
  [
    [...ON, "--allow-gaps"],
    "--allow-gaps does not go with --engine",
    "It is for work on this machine",
  ],
  [
    [...ON, "--to", "5"],
    "--to goes with a topic only",
    "Name one: --input kafka://ibtissam",
  ],
  [[...ON, ...TOPIC, "--input", "kafka://u"], ONE_TOPIC, NAME],
  [[...ON, "--input", "kafka://a/b"], ONE_TOPIC, NAME],
  [[...ON, ...TOPIC, "--no-header"], "--no-header does not go with kafka://t", MESSAGE],
  [
    [...ON, ...TOPIC, "--from", "latest"],
    '--from cannot be "latest"',
    "Give an offset, or a time such as 2026-11-22T08:00Z",
  ],
  [
    [...ON, ...TOPIC, "--from", "5", "--to", "5"],
    "--to 5 is not after --from 5",
    "What is from the one on and before the other is read",
  ],
  [
    [...ON, ...TOPIC, "--from", "2026-11-22", "--to", "2026-11-21"],
    "--to 2026-11-21 is not after --from 2026-11-22",
    "What is from the one on and before the other is read",
  ],
];

for (const [args, first, second] of USAGE) {
  diskTest(`report ${args.join(" ")} is wrong usage`, async () => {
    assert.deepEqual(await runHere(["report", ...args]), {
      code: 2,
      stdout: "",
      stderr: `error: ${first}\n       ${second}\n`,
    });
  });
}

Deno.test("formatProgress() shows the tasks of a cluster", () => {
  const progress = { source: "2 inputs", bytes: 0, totalBytes: undefined, records: 0 };
  assert.equal(
    formatProgress({ ...progress, tasks: { done: 3, total: 12 } }, 1),
    "2 inputs  25 %  3 of 12 tasks on the cluster",
  );
  assert.equal(
    formatProgress({ ...progress, tasks: { done: 0, total: 0 } }, 1),
    "2 inputs  0 %  0 of 0 tasks on the cluster",
  );
});

Deno.test("workerCommand() takes nothing but an id into the shell", () => {
  assert.throws(() => workerCommand({ serverSessionId: "a; rm" }), RangeError);
});

Deno.test("columnOf() reads nothing out of nothing, and refuses what is no Arrow", () => {
  assert.deepEqual([...columnOf(new Uint8Array(0))], []);
  assert.deepEqual([...columnOf(bytes("\xff\xff\xff\xff\0\0\0\0"))], []);
  assert.throws(() => [...columnOf(new Uint8Array(64).fill(1))], RangeError);
});

const line = (text: string): Uint8Array => new TextEncoder().encode(text);
const SPLIT = line('\x02s{"source":0,"start":0,"length":9,"size":9}');

/** Returns the end of a split of so many bytes. */
function splitEnd(stored: number): Uint8Array {
  const counts = { read: 0, blank: 0, rejected: 0, filtered: 0, kept: 0 };
  const end = { lines: 0, stored, bytes: stored, isCut: false, counts, reasons: [] };
  return line(`\x02e${JSON.stringify({ ...end, byText: 0, engine: "x" })}`);
}

diskTest("Assembly refuses answers that stop, and files that change", (folder) => {
  using spool = new Spool(folder);
  const job = { take() {}, addInput() {} } as unknown as Job;
  const assembly = (
    more: { readonly isMarkWrong?: boolean; readonly isEmpty?: boolean } = {},
  ) => new Assembly([{ name: "a.csv", isPlain: true, ...more }], job, spool);
  const cutShort = {
    kind: "engine",
    message: "A worker has ended in the middle of its work",
    hint: "Run again; the logs of Spark's executors tell more",
  };
  const half = assembly();
  half.take(SPLIT);
  assert.throws(() => half.finish(), cutShort);
  assert.throws(() => half.take(SPLIT), cutShort);

  const grown = assembly();
  grown.take(SPLIT);
  assert.throws(() => grown.take(splitEnd(20)), {
    kind: "engine",
    message: "Spark has read 20 bytes of a.csv, which has 9",
    hint: "Wait until nobody writes to it, then run again",
  });

  const filled = assembly({ isEmpty: true });
  assert.throws(() => filled.take(SPLIT), {
    kind: "engine",
    message: "Spark has read records of a.csv, which was empty before",
    hint: "Wait until nobody writes to it, then run again",
  });
  assert.throws(() => assembly({ isEmpty: false }).finish(), {
    kind: "engine",
    message: "Spark has read nothing of a.csv, which was not empty before",
    hint: "Wait until nobody writes to it, then run again",
  });

  const marked = assembly({ isMarkWrong: true });
  marked.take(SPLIT);
  assert.throws(() => marked.take(splitEnd(6)), {
    kind: "input",
    message: "Cannot read a.csv: its byte order mark says that it is UTF-8",
    hint: "Leave --encoding out for this file",
  });
});

diskTest("Spool gives back what it keeps, and says where it cannot", (folder) => {
  {
    using spool = new Spool(folder);
    const parts = Array.from({ length: 40 }, (_, i) => new Uint8Array(100_000).fill(i));
    const places = parts.map((part) => spool.append(part));
    for (const i of [39, 0, 20, 5]) assert.deepEqual(spool.read(places[i]!), parts[i]);
  }
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  using spool = new Spool(put(folder, "file", ""));
  assert.throws(() => spool.append(new Uint8Array(2_000_000)), {
    kind: "output",
    message: `Cannot write into ${folder}/file: a part of its path is not a folder`,
    hint: "Choose another folder with --out; earlier outputs are untouched",
  });
});
