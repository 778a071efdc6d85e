/**
 * A session on a Spark cluster, through Spark Connect: files for it, settings, queries whose
 * rows come back as Arrow. What it has on the cluster ends with it.
 *
 * ```ts ignore
 * await using spark = await openSession(parseAddress("sc://localhost"), { signal });
 * await spark.addFile("worker.js", bytes); // at ./ID/worker.js, ID is serverSessionId
 * for await (const arrow of spark.sql("SELECT * FROM range(10)")) decode(arrow);
 * ```
 */
import { crc32 } from "node:zlib";
import { PipelineError } from "../errors.ts";
import { formatAddress, type SparkAddress } from "./address.ts";
import { Idleness, type IdlenessOptions } from "./idleness.ts";
import type { Plan, Relation, StageInfo } from "./messages.ts";
import { Requests } from "./requests.ts";
import { openChannel } from "./rpc.ts";

/** How far a query is. */
export interface SparkProgress {
  /** Tasks that are done. */
  readonly done: number;
  /** Tasks of all stages that Spark knows of by now; it can grow. */
  readonly total: number;
  /** How many stages that are. */
  readonly stages: number;
}

/** What a query is told beside its text. */
export interface QueryOptions {
  /** The texts that stand for `:name` in the query: never put together with it. */
  readonly args?: Readonly<Record<string, string>>;
  /** Told about twice a second. */
  readonly onProgress?: (progress: SparkProgress) => void;
}

/** Files, or another source of rows, as Spark's `DataFrameReader` takes them. */
export interface ViewSource {
  /** `text`, `csv`, `kafka` … */
  readonly format: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
  /** Expressions of SQL, also over hidden columns such as `_metadata.file_path`. */
  readonly columns?: readonly string[];
}

/** A session; all that is asked of it throws a {@linkcode PipelineError}. */
export interface SparkSession extends AsyncDisposable {
  /** Of Spark: `4.0.0`. */
  readonly serverVersion: string;
  /** The name of the folder that a script on an executor finds the session's files in. */
  readonly serverSessionId: string;
  /** Sets settings of Spark's for this session. */
  config(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Gives the executors a file. */
  addFile(name: string, bytes: Uint8Array): Promise<void>;
  /** Returns the files that a source reads, as URIs; empty ones are among them. */
  inputFiles(source: ViewSource): Promise<readonly string[]>;
  /** Gives rows a name for queries. */
  createView(name: string, source: ViewSource): Promise<void>;
  /** Writes the rows of a query, of one column of text, as files of lines: never over others. */
  write(query: string, path: string): Promise<void>;
  /** Runs a statement to its end. */
  command(statement: string, options?: QueryOptions): Promise<void>;
  /**
   * Yields the rows of a query, each chunk an Arrow IPC stream of its own, as they are asked
   * for. Leaving the loop ends the query on the cluster.
   */
  sql(query: string, options?: QueryOptions): AsyncGenerator<Uint8Array, void>;
}

/** The oldest version of Spark that has what our queries need. */
const OLDEST = 4;
/** Spark itself tells of progress every 2 s. */
const PROGRESS = { "spark.connect.progress.reportInterval": "500ms" };

/** What a session is told beside the address. */
export interface SessionOptions extends IdlenessOptions {
  /** Ends on the cluster what is under way, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** How long the server may take until it first answers, in ms; 30 s by default. */
  readonly patienceMs?: number;
  /** How long it may say nothing while a query runs, in ms; a minute by default. */
  readonly silenceMs?: number;
}

/**
 * Opens a session of its own on the cluster.
 *
 * @throws {PipelineError} If the cluster cannot be reached, refuses us, or is too old.
 */
export async function openSession(
  address: SparkAddress,
  { signal, silenceMs, patienceMs = 30_000, ...idleness }: SessionOptions = {},
): Promise<SparkSession> {
  signal?.throwIfAborted();
  const channel = await openChannel(address);
  const requests = new Requests({ address, channel, signal, silenceMs });
  try {
    const { version, id } = await requests.open(patienceMs);
    refuseOld(version, address);
    const facts = { serverVersion: version, serverSessionId: id };
    const session = sessionOf(requests, facts, idleness);
    await session.config(PROGRESS);
    return session;
  } catch (error) {
    await requests.close();
    throw error;
  }
}

function refuseOld(version: string, address: SparkAddress): void {
  if (Number.parseInt(version) >= OLDEST) return;
  const server = `Spark at ${formatAddress(address)}`;
  throw new PipelineError("engine", `${server} is of version ${version}`, {
    hint: `Connect to Spark ${OLDEST}.0 or newer`,
  });
}

function sessionOf(
  requests: Requests,
  facts: Pick<SparkSession, "serverVersion" | "serverSessionId">,
  idleness: IdlenessOptions,
): SparkSession {
  async function* run(plan: Plan, { onProgress }: QueryOptions = {}) {
    let told: SparkProgress | undefined;
    const idle = new Idleness(idleness);
    for await (const response of requests.run(plan)) {
      const { arrow_batch, execution_progress } = response;
      if (arrow_batch) yield arrow_batch.data;
      if (execution_progress) {
        idle.take(execution_progress, performance.now());
        told = progressOf(execution_progress.stages);
        onProgress?.(told);
      }
    }
    // Spark tells now and then, not at the end
    if (told !== undefined) onProgress?.({ ...told, done: told.total });
  }
  const finish = async (plan: Plan, options?: QueryOptions): Promise<void> => {
    for await (const _rows of run(plan, options)); // a command has none
  };
  return {
    ...facts,
    config: async (settings) => {
      const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }));
      await requests.ask("Config", { operation: { set: { pairs } } });
    },
    addFile: async (name, bytes) => {
      const artifact = {
        name: `files/${name}`,
        data: { data: bytes, crc: crc32(bytes) },
      };
      const damaged = await requests.upload({ batch: { artifacts: [artifact] } });
      if (damaged.length === 0) return;
      throw new PipelineError("engine", `Spark has received ${name} damaged`, {
        hint: "Run this again; if it stays so, look at the network on the way",
      });
    },
    inputFiles: async (source) => {
      const plan = { root: relationOf(source) };
      const answer = await requests.ask("AnalyzePlan", { input_files: { plan } });
      return answer.input_files.files;
    },
    createView: (name, source) => {
      const input = relationOf(source);
      const create_dataframe_view = { name, replace: true, input } as const;
      return finish({ command: { create_dataframe_view } });
    },
    write: (query, path) => {
      const [input, mode] = [sqlOf(query), "SAVE_MODE_ERROR_IF_EXISTS"] as const;
      return finish({
        command: { write_operation: { input, source: "text", path, mode } },
      });
    },
    command: (statement, options) =>
      finish({ command: { sql_command: { input: sqlOf(statement, options) } } }, options),
    sql: (query, options) => run({ root: sqlOf(query, options) }, options),
    [Symbol.asyncDispose]: () => requests.close(),
  };
}

function sqlOf(query: string, { args = {} }: QueryOptions = {}): Relation {
  const named = Object.entries(args).map(([name, string]) =>
    [name, { literal: { string } }] as const
  );
  return { sql: { query, named_arguments: Object.fromEntries(named) } };
}

function relationOf(
  { format, options = {}, paths = [], columns }: ViewSource,
): Relation {
  const read: Relation = { read: { data_source: { format, options, paths } } };
  if (columns === undefined) return read;
  const expressions = columns.map((expression) => ({
    expression_string: { expression },
  }));
  return { project: { input: read, expressions } };
}

function progressOf(stages: readonly StageInfo[]): SparkProgress {
  let [done, total] = [0, 0];
  for (const stage of stages) {
    done += Math.min(stage.num_completed_tasks, stage.num_tasks);
    total += stage.num_tasks;
  }
  return { done, total, stages: stages.length };
}
