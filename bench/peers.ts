/**
 * The peers: other tools that are asked for the same result, each in a program of its own
 * in `peers/`.
 */
import { type Command, run } from "./measure.ts";
import { findPython } from "./python.ts";

/**
 * How much of the job: `rows` is kept rows and statistics by the tool's own reader of CSV,
 * refused records just left out; `whole` has them too, with reason and text.
 */
export type Job = "rows" | "whole";

/** A tool that is asked for the same result. */
export interface Peer {
  readonly name: string;
  /** What it can do; the whole job last. */
  readonly jobs: readonly Job[];
  /** What it leaves out on top of what all leave out. */
  readonly leavesOut: string;
  /** How it is started. */
  readonly command: (input: string, out: string, job: Job) => Command;
}

/** A peer that cannot take part. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** The peers of this machine. */
export interface Peers {
  readonly found: readonly Peer[];
  readonly missing: readonly Missing[];
}

const PROGRAMS = new URL("peers/", import.meta.url).pathname;

/** Returns how a Deno program of this folder is started. */
export function denoCommand(file: string, args: readonly string[]): Command {
  const flags = ["--quiet", "--no-prompt", "--allow-read", "--allow-write"];
  return {
    program: Deno.execPath(),
    args: ["run", ...flags, `${PROGRAMS}${file}`, ...args],
  };
}

/** Cohort itself, without the byte kernel. */
export const RULES_AS_TEXT = "Cohort, rules as text";

const DENO_PEERS: readonly Peer[] = [
  {
    name: RULES_AS_TEXT,
    jobs: ["whole"],
    leavesOut: "nothing",
    command: (input, out) => denoCommand("rules_as_text.ts", [input, out]),
  },
  {
    name: "straightforward TypeScript",
    jobs: ["whole"],
    leavesOut: "nothing more",
    command: (input, out) => denoCommand("straightforward.ts", [input, out]),
  },
];

const PYTHON_PEERS: readonly (Omit<Peer, "command" | "jobs"> & { file: string })[] = [
  {
    name: "ClickHouse (chdb)",
    file: "with_clickhouse.py",
    leavesOut: "Unicode composition",
  },
  {
    name: "polars",
    file: "with_polars.py",
    leavesOut: "Unicode composition",
  },
  {
    name: "DuckDB",
    file: "with_duckdb.py",
    leavesOut: "Unicode composition; `ß` as `SS`",
  },
  {
    name: "pandas",
    file: "with_pandas.py",
    leavesOut: "Unicode composition; constant memory",
  },
];

/** Returns the peers that this machine can run, and why it cannot run the others. */
export async function findPeers(folder: string): Promise<Peers> {
  const missing: Missing[] = [{
    name: "qsv",
    reason: "the crate 16.1.0 does not compile (no `Json2Csv::preserve_key_order`)",
  }];
  const found: Peer[] = [...DENO_PEERS];
  try {
    const python = await findPython(folder);
    found.push(...PYTHON_PEERS.map((peer) => pythonPeer(python, peer)));
    try {
      found.push(await findSpark(python));
    } catch (error) {
      missing.push({ name: "Spark", reason: (error as Error).message });
    }
  } catch (error) {
    const reason = (error as Error).message;
    const names = [...PYTHON_PEERS.map(({ name }) => name), "Spark"];
    missing.push(...names.map((name) => ({ name, reason })));
  }
  return { found, missing };
}

function pythonPeer(
  python: string,
  { file, ...peer }: typeof PYTHON_PEERS[number],
): Peer {
  return {
    ...peer,
    jobs: ["rows", "whole"],
    command: (input, out, job) => ({
      program: python,
      args: [`${PROGRAMS}${file}`, input, out, job],
    }),
  };
}

async function findSpark(python: string): Promise<Peer> {
  await run("java", ["-version"]);
  const where = "import pyspark; print(pyspark.__path__[0])";
  const home = await run(python, ["-c", where]);
  return {
    name: "Spark, local[2]",
    jobs: ["rows", "whole"],
    leavesOut: "Unicode composition; lines of rejects; one file (it writes parts)",
    command: (input, out, job) => ({
      program: `${home}/bin/spark-submit`,
      args: [
        ...["--master", "local[2]", "--driver-memory", "4g"],
        ...[`${PROGRAMS}with_spark.py`, input, out, job],
      ],
      env: { SPARK_HOME: home, PYSPARK_PYTHON: python },
    }),
  };
}
