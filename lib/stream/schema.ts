/**
 * `store.sqlite`: its tables, and what makes a database one of ours.
 */
import type { ErrorKind } from "../errors.ts";
import type { Database } from "./disk.ts";
import { isSqlite, MEND, reasonOf, unusable } from "./failures.ts";

/** The name of the database in its folder. */
export const DATABASE = "store.sqlite";

/** Marks a database as a store: "Coho" in ASCII (https://sqlite.org/pragma.html). */
const APPLICATION_ID = 0x436f686f;
/** The version of the tables. */
const SCHEMA_VERSION = 1;

/** What must not change between two runs on one store. */
export interface StoreIdentity {
  /** Kafka's own name of the cluster. */
  readonly clusterId: string;
  /** The topic … */
  readonly topic: string;
  /** … and Kafka's own name of it: a topic that is made again has another. */
  readonly topicId: string;
  /** The consumer group. */
  readonly groupId: string;
  /** Students older than this many years are kept, -1 to 150. */
  readonly olderThan: number;
}

const TABLES = `
  -- one row: whose store it is, and how much of its files is committed
  CREATE TABLE store (
    cluster_id TEXT NOT NULL, topic TEXT NOT NULL, topic_id TEXT NOT NULL,
    group_id TEXT NOT NULL, older_than INTEGER NOT NULL,
    rows_bytes INTEGER NOT NULL DEFAULT 0, rows_lines INTEGER NOT NULL DEFAULT 0,
    rejects_bytes INTEGER NOT NULL DEFAULT 0, rejects_lines INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- what was read: offsets from start to before next; the last next is the checkpoint
  CREATE TABLE ranges (
    partition INTEGER NOT NULL, start INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (partition, start), CHECK (0 <= start AND start <= next)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counts (
    partition INTEGER NOT NULL PRIMARY KEY, read INTEGER NOT NULL, blank INTEGER NOT NULL,
    rejected INTEGER NOT NULL, filtered INTEGER NOT NULL, kept INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE reasons (
    partition INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (partition, reason)
  ) STRICT, WITHOUT ROWID;
  -- of all valid students, kept or not
  CREATE TABLE ages (
    field TEXT NOT NULL, age INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (field, age), CHECK (age BETWEEN 0 AND 150)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Makes each commit durable. With a write-ahead log a commit is one write and one flush of
 * the log, about 0.5 ms where a rollback journal takes 1 to 3, and a report that reads holds
 * up nobody; `FULL` flushes the log at each commit, so that it survives a power failure,
 * which `NORMAL` does not promise; `fullfsync` means the same to a Mac.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
`;

/** Makes commits durable from here on. */
export function makeDurable(database: Database): void {
  database.exec(PRAGMAS);
}

/** Closes the database as one plain file, so that it can be read where nobody may write. */
export function closePlain(database: Database): void {
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
  } catch { /* somebody reads it, or the disk has failed: the next opening mends it */ }
  database.close();
}

/** Makes the tables of a new store, all or none. */
export function createTables(database: Database, identity: StoreIdentity): void {
  const { clusterId, topic, topicId, groupId, olderThan } = identity;
  database.exec("BEGIN IMMEDIATE");
  database.exec(TABLES);
  database.prepare(
    `INSERT INTO store (cluster_id, topic, topic_id, group_id, older_than)
     VALUES (?, ?, ?, ?, ?)`,
  ).run(clusterId, topic, topicId, groupId, olderThan);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  database.exec("COMMIT");
}

/** Whether nothing was ever put into the database. */
export function isEmpty(database: Database): boolean {
  const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema")
    .get() as { tables: number };
  return tables === 0 && pragma(database, "application_id") === 0;
}

/**
 * Checks that a database is a store, whole, and of this version.
 *
 * @throws {PipelineError} If it is not.
 */
export function checkDatabase(database: Database, path: string, kind: ErrorKind): void {
  if (pragma(database, "application_id") !== APPLICATION_ID) {
    throw unusable(path, `its ${DATABASE} was not made by cohort`, {
      kind,
      hint: "It is not a store: give another folder",
    });
  }
  const version = pragma(database, "user_version");
  if (version !== SCHEMA_VERSION) {
    throw unusable(path, `its ${DATABASE} is of version ${version}`, {
      kind,
      hint: `This cohort knows version ${SCHEMA_VERSION}: use the one that made it`,
    });
  }
  const found = pragma(database, "quick_check");
  if (found !== "ok") throw damaged(path, kind, String(found).split("\n")[0]!);
}

/** Returns the error for a database whose content cannot be trusted. */
export function damaged(path: string, kind: ErrorKind, how: string, cause?: unknown) {
  return unusable(path, `its ${DATABASE} is damaged (${how})`, { kind, cause });
}

/** What SQLite says of a file that is no sound database, and of tables that are missing. */
const UNSOUND: readonly string[] = [
  "file is not a database",
  "database disk image is malformed",
  "malformed database schema",
  "no such table",
  "no such column",
];

/**
 * Does something with a database that may be damaged.
 *
 * @throws {PipelineError} If it is, or if it cannot be read at all.
 */
export function onDatabase<T>(path: string, kind: ErrorKind, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!isSqlite(cause)) throw cause;
    if (UNSOUND.some((message) => isSqlite(cause, message))) {
      throw damaged(path, kind, cause.message, cause);
    }
    throw unusable(path, `${DATABASE}: ${reasonOf(cause)}`, { kind, hint: MEND, cause });
  }
}

function pragma(database: Database, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
