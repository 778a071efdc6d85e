/**
 * The CSV as part files of the cluster, where it is too large to come home.
 */
import { PipelineError } from "../errors.ts";
import { columnOf } from "./arrow.ts";
import { escapeGlob } from "./inputs.ts";
import { KEPT_ROWS } from "./plan.ts";
import type { SparkSession } from "./session.ts";

/** Part files in one folder. */
export class Parts {
  readonly #session: SparkSession;
  readonly #folder: string;
  #hasBegun = false;
  /** How many rows they have, counted where they lie. */
  rows = 0;

  constructor(session: SparkSession, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  /**
   * Resolves when it is clear that nothing is in their place: Spark would say so only after
   * all the work.
   *
   * @throws {PipelineError} If something is there.
   */
  async check(): Promise<void> {
    const source = { format: "text", paths: [escapeGlob(this.#folder)] };
    try {
      await this.#session.inputFiles(source);
    } catch (error) {
      if (/\[PATH_NOT_FOUND\]/.test((error as Error).message)) return;
      throw error;
    }
    throw new PipelineError("engine", `Something is at ${this.#folder} already`, {
      hint: "Name another folder with --parts: nothing is overwritten",
    });
  }

  /** Writes what the cluster keeps, and counts it. */
  async write(): Promise<void> {
    this.#hasBegun = true;
    await this.#session.write(KEPT_ROWS, this.#folder);
    this.rows = await this.#count();
  }

  /** Returns what a run fails with, and what it leaves there: Spark lets nobody delete it. */
  explain(error: unknown): unknown {
    if (!this.#hasBegun || !(error instanceof PipelineError)) return error;
    const { kind, message, hint } = error;
    const left = `what lies at ${this.#folder}, if anything, is no result: delete it`;
    return new PipelineError(kind, message, {
      hint: hint === undefined ? left : `${hint}; ${left}`,
      cause: error,
    });
  }

  async #count(): Promise<number> {
    const paths = [escapeGlob(this.#folder)];
    await this.#session.createView("cohort_parts", { format: "text", paths });
    const query = "SELECT CAST(count(*) AS STRING) AS v FROM cohort_parts";
    for await (const batch of this.#session.sql(query)) {
      for (const count of columnOf(batch)) return Number(new TextDecoder().decode(count));
    }
    return 0;
  }
}
