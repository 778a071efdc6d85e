/**
 * Stores that cannot be used: each is refused loudly, with what to do, and left as it was.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { PipelineError } from "../lib/errors.ts";
import { type Disk, localDisk, openSqlite } from "../lib/stream/disk.ts";
import type { StoreIdentity } from "../lib/stream/schema.ts";
import { readStores } from "../lib/stream/stored.ts";
import { readStore } from "../lib/stream/snapshot.ts";
import { Store } from "../lib/stream/store.ts";
import { checkStore, IDENTITY, ingestInto, messages, openHere } from "./store_support.ts";
import { diskTest, hasProcesses, put } from "./support.ts";
import { canMount, isLinux, needs, NO_MOUNT, run, withDisk, works } from "./world.ts";

const CSV = "etudiants_transformed.csv";
const COPY =
  /^Bring the folder back from a copy, or start over in another: what Kafka still holds can be read again$/;
const OTHER = /^Give another folder with --store$/;

/** Makes a store of 200 messages; returns its folder. */
async function makeStore(path: string): Promise<string> {
  using store = await openHere(path);
  const ingest = ingestInto(store, { partitions: [0, 1] });
  ingest.add(messages(0, 0, 100));
  ingest.add(messages(1, 0, 100));
  return path;
}

function sql(path: string, text: string): void {
  const database = new DatabaseSync(`${path}/store.sqlite`);
  database.exec(text);
  database.close();
}

/** Checks an error; `<store>` stands for the folder. */
function isRefused(path: string, message: string, hint: RegExp, exitCode: number) {
  return (error: unknown): true => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.message, message.replaceAll("<store>", path));
    assert.match(error.hint!, hint);
    assert.equal(error.exitCode, exitCode);
    return true;
  };
}

function digest(path: string): string {
  return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
}

/** Returns what the files of a folder hold, but for the lock. */
function contents(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].filter(({ name }) => name !== "store.lock")
    .map(({ name, isFile }) => isFile ? `${name}: ${digest(`${path}/${name}`)}` : name)
    .sort();
}

/** What was done to a store, and what is said then by who writes and by who reads it. */
const BROKEN: readonly (readonly [
  what: string,
  change: (path: string) => void,
  message: string,
  hint: RegExp,
  readable?: "readable",
])[] = [
  [
    "random bytes for its database",
    (path) => put(path, "store.sqlite", crypto.getRandomValues(new Uint8Array(9000))),
    "Cannot use <store>: its store.sqlite is damaged (file is not a database)",
    COPY,
  ],
  [
    "a database that is no store",
    (path) => sql(path, "PRAGMA application_id = 7"),
    "Cannot use <store>: its store.sqlite was not made by cohort",
    /^It is not a store: give another folder$/,
  ],
  [
    "a database of a later version",
    (path) => sql(path, "PRAGMA user_version = 2"),
    "Cannot use <store>: its store.sqlite is of version 2",
    /^This cohort knows version 1: use the one that made it$/,
  ],
  [
    "a table that is missing",
    (path) => sql(path, "DROP TABLE ranges"),
    "Cannot use <store>: its store.sqlite is damaged (no such table: ranges)",
    COPY,
  ],
  ...([
    ["DELETE FROM store", "it does not say how long its files are"],
    ["INSERT INTO store SELECT * FROM store", "it does not say how long its files are"],
    ["UPDATE counts SET read = read - 1", "the funnel is off"],
    ["UPDATE store SET rows_lines = 7", "its rows are not the kept students"],
    ["UPDATE store SET rejects_lines = 7", "its rejects are not the refused records"],
    ["DELETE FROM reasons", "its reasons are not the refused records"],
    ["DELETE FROM ages WHERE age = 30", "its ages are not the valid students"],
    ["UPDATE ages SET age = 6 WHERE age = 30", "its ages are not the kept students"],
    ["UPDATE store SET older_than = 30", "its ages are not the kept students"],
    ["UPDATE ranges SET next = 99", "it counts more records than offsets"],
    ["INSERT INTO ranges VALUES (0, 50, 120)", "its ranges overlap"],
    ["DELETE FROM ranges", "its rows are not the kept students"],
  ] as const).map(([change, how]) =>
    [
      change,
      (path: string) => sql(path, change),
      `Cannot use <store>: its store.sqlite is damaged (${how})`,
      COPY,
    ] as const
  ),
  [
    "a CSV that is shorter",
    (path) => Deno.truncateSync(`${path}/${CSV}`, 100),
    `Cannot use <store>/${CSV}: it has 100 bytes, but 3246 were recorded`,
    COPY,
    "readable",
  ],
  [
    "a CSV that is missing",
    (path) => Deno.removeSync(`${path}/${CSV}`),
    `Cannot use <store>/${CSV}: it has 0 bytes, but 3246 were recorded`,
    COPY,
    "readable",
  ],
  [
    "rejects that are shorter",
    (path) => Deno.truncateSync(`${path}/rejects.jsonl`, 5),
    "Cannot use <store>/rejects.jsonl: it has 5 bytes, but 2700 were recorded",
    COPY,
    "readable",
  ],
  [
    "a CSV that is another",
    (path) => put(path, CSV, "x".repeat(5000)),
    `Cannot use <store>/${CSV}: no line ends at byte 3246, as was recorded`,
    COPY,
    "readable",
  ],
  [
    "a link for its CSV",
    (path) => {
      Deno.renameSync(`${path}/${CSV}`, `${path}/x`);
      Deno.symlinkSync(`${path}/x`, `${path}/${CSV}`);
    },
    `Cannot use <store>: its ${CSV} is a symbolic link`,
    OTHER,
    "readable",
  ],
  [
    "a folder for its rejects",
    (path) => {
      Deno.removeSync(`${path}/rejects.jsonl`);
      Deno.mkdirSync(`${path}/rejects.jsonl`);
    },
    "Cannot use <store>: its rejects.jsonl is not a file",
    OTHER,
    "readable",
  ],
];

for (const [what, change, message, hint, readable] of BROKEN) {
  diskTest(`a store is refused: ${what}`, async (dir) => {
    const path = await makeStore(`${dir}/live`);
    change(path);
    const before = contents(path);
    await assert.rejects(openHere(path), isRefused(path, message, hint, 6));
    const made = `${CSV}: ${createHash("sha256").digest("hex")}`; // where it was missing
    assert.deepEqual(contents(path).filter((file) => file !== made), before);
    if (readable === undefined) {
      await assert.rejects(readStore(path), isRefused(path, message, hint, 3));
    }
  });
}

diskTest("a database cut anywhere is refused, never taken for a new one", async (dir) => {
  const whole = Deno.readFileSync(`${await makeStore(`${dir}/live`)}/store.sqlite`);
  for (let length = 0; length < whole.length; length += 509) {
    const path = `${dir}/${length}`;
    Deno.mkdirSync(path);
    for (const name of [CSV, "rejects.jsonl"]) {
      Deno.copyFileSync(`${dir}/live/${name}`, `${path}/${name}`);
    }
    put(path, "store.sqlite", whole.subarray(0, length));
    const isDamaged = (error: PipelineError) => {
      const how = length === 0 ? `it is empty, but ${CSV} has 3246 bytes` : ".*";
      const said = new RegExp(
        `^Cannot use ${path}: its store\\.sqlite is damaged \\(${how}`,
      );
      assert.match(error.message, said);
      assert.match(error.hint!, COPY);
      return true;
    };
    await assert.rejects(openHere(path), isDamaged, `${length} bytes`);
  }
});

diskTest("a store whose making was cut short anywhere is made anew", async (dir) => {
  const files: readonly Readonly<Record<string, string>>[] = [
    { "store.lock": "" },
    { "store.lock": "", "store.sqlite": "" },
    { "store.lock": "", "store.sqlite": "", [CSV]: "", "rejects.jsonl": "" },
  ];
  for (const [i, names] of files.entries()) {
    const path = `${dir}/${i}`;
    Deno.mkdirSync(path);
    for (const [name, text] of Object.entries(names)) put(path, name, text);
    await makeStore(path);
    await checkStore(path);
  }
});

diskTest("a place that is no folder for a store is refused", async (dir) => {
  Deno.symlinkSync(await makeStore(`${dir}/live`), `${dir}/link`);
  put(dir, "file", "");
  Deno.mkdirSync(`${dir}/foreign`);
  put(`${dir}/foreign`, CSV, "first_name,last_name,age,field\n");
  const refused: readonly (readonly [name: string, reason: string])[] = [
    ["link", "it is a symbolic link"],
    ["file", "it is not a folder"],
    ["foreign", `it holds ${CSV}, but no store.sqlite: it is not a store`],
  ];
  for (const [name, reason] of refused) {
    const path = `${dir}/${name}`;
    const message = `Cannot use ${path}: ${reason}`;
    await assert.rejects(openHere(path), isRefused(path, message, OTHER, 6));
  }
  assert.deepEqual([...Deno.readDirSync(`${dir}/foreign`)].map(({ name }) => name), [
    CSV,
  ]);
});

const ANOTHER: readonly (readonly [
  change: Partial<StoreIdentity>,
  reason: string,
  hint: RegExp,
  exitCode: number,
])[] = [
  [
    { olderThan: 25 },
    "it keeps students older than 20, not 25",
    /^Go on with --older-than 20, or give another folder with --store; this one can still/,
    2,
  ],
  [
    { groupId: "b" },
    "it belongs to consumer group cohort, not b",
    /^Go on with that group\.id, or give another folder/,
    2,
  ],
  [
    { topic: "b", topicId: "b" },
    "it holds messages of topic ibtissam, not b",
    /^Go on with that topic, or give another folder/,
    2,
  ],
  [
    { clusterId: "b", topicId: "b" },
    "it holds messages of Kafka cluster cluster-1, not b",
    /^Check bootstrap\.servers, or give another folder/,
    5,
  ],
  [
    { topicId: "b" },
    "topic ibtissam was deleted and made again since (its id was topic-1, now it is b)",
    /^Its offsets mean other messages now: give another folder/,
    5,
  ],
];

diskTest("Store.open() refuses a store of something else", async (dir) => {
  const path = await makeStore(`${dir}/live`);
  for (const [change, reason, hint, exitCode] of ANOTHER) {
    const message = `Cannot use ${path}: ${reason}`;
    await assert.rejects(
      Store.open(path, { ...IDENTITY, ...change }),
      isRefused(path, message, hint, exitCode),
    );
  }
  await checkStore(path);
});

diskTest(
  "a store in use is refused, also where its lock does not say by whom",
  async (dir) => {
    using _store = await openHere(dir);
    const since = "2026-01-31T12:00:00.000Z";
    const hint = /^Stop that process first, or give another folder with --store$/;
    const owners: readonly (readonly [lock: string, who: string])[] = [
      [
        `{"pid":${Deno.pid},"since":"${since}"}\n`,
        `process ${Deno.pid} (since ${since})`,
      ],
      ["", "another process"],
      ['{"pid":"1","since":1}', "another process"],
    ];
    assert.equal(Deno.readTextFileSync(`${dir}/store.lock`), owners[0]![0]);
    for (const [lock, who] of owners) {
      put(dir, "store.lock", lock);
      const message = `Cannot use ${dir}: ${who} is using it`;
      await assert.rejects(openHere(dir), isRefused(dir, message, hint, 6));
    }
  },
);

const MEANWHILE: readonly (readonly [
  what: string,
  change: (path: string) => void,
  reason: string,
  hint: RegExp,
])[] = [
  [
    "its folder is deleted",
    (path) => Deno.removeSync(path, { recursive: true }),
    "a file in it was deleted or replaced meanwhile",
    /^Start again: it goes on from what is there then$/,
  ],
  [
    "its folder is moved away",
    (path) => Deno.renameSync(path, `${path}-old`),
    "a file in it was deleted or replaced meanwhile",
    /^Start again/,
  ],
  [
    "its rejects are replaced",
    (path) => {
      put(path, "new", "");
      Deno.renameSync(`${path}/new`, `${path}/rejects.jsonl`);
    },
    "a file in it was deleted or replaced meanwhile",
    /^Start again/,
  ],
  [
    "another process writes to it in spite of the lock",
    (path) => sql(path, "UPDATE store SET rows_bytes = rows_bytes + 1"),
    "another process has written to it",
    COPY,
  ],
];

for (const [what, change, reason, hint] of MEANWHILE) {
  diskTest(`an ingest ends when ${what}`, async (dir) => {
    const path = `${dir}/live`;
    using store = await openHere(path);
    const ingest = ingestInto(store);
    ingest.add(messages(0, 0, 30));
    change(path);
    const refused = isRefused(path, `Cannot use <store>: ${reason}`, hint, 6);
    assert.throws(() => ingest.add(messages(0, 30, 60)), refused);
    assert.throws(() => ingest.commit(), refused);
  });
}

diskTest(
  "readStores() refuses what is no store, and files that have changed",
  async (dir) => {
    await assert.rejects(
      readStores(dir),
      isRefused(
        dir,
        "Cannot use <store>: it holds no store.sqlite",
        /^Give the folder of a stream, data\/live by default$/,
        3,
      ),
    );
    const path = await makeStore(`${dir}/live`);
    const changes: readonly (readonly [change: () => void, reason: string])[] = [
      [() => {
        const csv = Deno.readTextFileSync(`${path}/${CSV}`);
        put(path, CSV, csv.replace(/\n(?=[^\n]+\n$)/, "x"));
      }, "it has 134 lines, but 135 were recorded"],
      [() => put(path, CSV, "x\n".repeat(1623)), "it does not begin with its header"],
      [
        () => put(path, CSV, "first_name,last_name,age,field\n"),
        "it has fewer than 3246 bytes",
      ],
      [() => Deno.removeSync(`${path}/${CSV}`), "it does not exist"],
    ];
    for (const [change, reason] of changes) {
      change();
      const [stored] = await readStores(path);
      await assert.rejects(
        Array.fromAsync(stored!.cleaned()),
        isRefused(path, `Cannot use <store>/${CSV}: ${reason}`, COPY, 3),
      );
    }
  },
);

// --- small and read-only disks --------------------------------------------------------------

needs(
  canMount,
  NO_MOUNT,
  "a store on a full disk ends with 6, and goes on exactly when there is room again",
  (dir) =>
    withDisk(dir, "size=400k", async (disk) => {
      const path = `${disk}/live`;
      let [failures, size] = [0, 400];
      for (let last = -1; failures < 12;) {
        let failure: unknown;
        try {
          using store = await openHere(path);
          const ingest = ingestInto(store, { commitMs: failures % 3 });
          for (;;) {
            const at = Number(ingest.positions.get(0));
            ingest.add(messages(0, at, at + 1 + at % 97));
          }
        } catch (error) {
          failure = error;
        }
        assert.ok(failure instanceof PipelineError, String(failure));
        assert.match(failure.message, /^Cannot (write|use) .*live.*: the disk is full$/);
        assert.equal(failure.exitCode, 6);
        failures++;
        size += 60 + 4 * failures;
        assert.ok(await works("mount", "-o", `remount,size=${size}k`, disk));
        (await openHere(path))[Symbol.dispose]();
        const reached = (await checkStore(path)).get(0) ?? 0;
        assert.ok(reached > last, `${reached} after ${last}`);
        last = reached;
      }
    }),
);

needs(
  canMount,
  NO_MOUNT,
  "a store on a read-only file system is refused before anything is read, but can be read",
  (dir) =>
    withDisk(dir, "size=1m", async (disk) => {
      const path = await makeStore(`${disk}/live`);
      assert.ok(await works("mount", "-o", "remount,ro", disk));
      const readOnly = (file: string) =>
        isRefused(
          path,
          `Cannot write ${file}: the file system is read-only`,
          /^What was committed is safe: mend this, then start again$/,
          6,
        );
      await assert.rejects(openHere(path), readOnly(`${path}/store.lock`));
      await assert.rejects(openHere(`${disk}/new`), readOnly(`${disk}/new`));
      await checkStore(path);
    }),
);

const SAFE = /^What was committed is safe: mend this, then start again$/;

diskTest("what SQLite refuses is told in plain words", async (dir) => {
  const path = await makeStore(`${dir}/live`);
  const open = (openDatabase: Disk["openDatabase"]) =>
    openHere(path, { disk: { ...localDisk, openDatabase } });
  const database = `${path}/store.sqlite`;
  await assert.rejects(
    open((file) => openSqlite(file, { readOnly: true })),
    isRefused(path, `Cannot write ${database}: it is read-only`, SAFE, 6),
  );
  await assert.rejects(
    open((file) => openSqlite(`${file}/nowhere`, { readOnly: false })),
    isRefused(path, `Cannot write ${database}: it cannot be opened`, SAFE, 6),
  );
  using held = new DatabaseSync(database);
  held.exec("BEGIN EXCLUSIVE");
  const inUse = "Cannot use <store>: store.sqlite: another program is using it";
  await assert.rejects(openHere(path), isRefused(path, inUse, SAFE, 6));
  await assert.rejects(readStore(path), isRefused(path, inUse, SAFE, 3));
});

needs(
  hasProcesses && isLinux,
  "this is not Linux",
  "a disk that fails while a store is made is told in plain words",
  async (dir) => {
    const child = new URL("store_child.ts", import.meta.url).pathname;
    // files may have 8 KiB at most, which is less than the database
    const limited = `trap "" XFSZ; ulimit -f 16; exec "$@"`;
    const deno = [Deno.execPath(), "run", "-q", "--allow-read", "--allow-write"];
    const args = [...deno, "--no-prompt", child, `${dir}/live`, "10"];
    const { code, stderr } = await run("sh", "-c", limited, "sh", ...args);
    assert.notEqual(code, 0);
    const said =
      `Cannot write ${dir}/live/store.sqlite: the disk reports a read or write error`;
    assert.ok(stderr.includes(said), stderr);
  },
);
