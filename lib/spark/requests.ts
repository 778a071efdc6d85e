/**
 * The requests of one session: each under the session's head, each failure in words.
 */
import type { SparkAddress } from "./address.ts";
import { explain } from "./failures.ts";
import type { Artifacts, Calls, Head, Plan, PlanResponse } from "./messages.ts";
import { execute } from "./operation.ts";
import { type Channel, RpcError } from "./rpc.ts";

/** Whom the requests go to. */
export interface Server {
  readonly address: SparkAddress;
  readonly channel: Channel;
  /** Ends what is under way, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the server may say nothing while a plan runs, in ms. */
  readonly silenceMs?: number | undefined;
}

/** How long it may take to tell more of an error, or to end a session, in ms. */
const FAREWELL_MS = 5000;

/** What a session asks; all of it throws a {@linkcode PipelineError}. */
export class Requests {
  readonly #server: Server;
  #head: Head;
  #isOpen = false;

  constructor(server: Server) {
    this.#server = server;
    const { user } = server.address;
    this.#head = {
      session_id: crypto.randomUUID(),
      user_context: { user_id: user, user_name: user },
      client_type: "cohort",
    };
  }

  /** Opens the session; returns the server's version and its id of the session. */
  async open(
    patienceMs: number,
  ): Promise<{ readonly version: string; readonly id: string }> {
    const { spark_version: { version }, server_side_session_id: id } = await this.ask(
      "AnalyzePlan",
      { spark_version: {} },
      patienceMs,
    );
    // from now on the server refuses us if it has been started again in between
    this.#head = { ...this.#head, client_observed_server_side_session_id: id };
    this.#isOpen = true;
    return { version, id };
  }

  /** Returns the answer to a request. */
  async ask<M extends keyof Calls>(
    method: M,
    request: Calls[M][0],
    timeoutMs?: number,
  ): Promise<Calls[M][1]> {
    const { channel, signal } = this.#server;
    const options = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    return await channel.call(method, { ...this.#head, ...request }, options)
      .catch((error) => this.#fail(error));
  }

  /** Sends files; returns the names of those that have not arrived whole. */
  async upload(files: Artifacts): Promise<readonly string[]> {
    const { channel, signal } = this.#server;
    const { artifacts } = await channel.upload({ ...this.#head, ...files }, { signal })
      .catch((error) => this.#fail(error));
    return artifacts.filter((one) => !one.is_crc_successful).map(({ name }) => name);
  }

  /** Runs a plan; yields what comes of it. */
  async *run(plan: Plan): AsyncGenerator<PlanResponse, void> {
    try {
      yield* execute({ ...this.#server, head: this.#head }, plan);
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Ends the session and all that it has on the cluster. */
  async close(): Promise<void> {
    const { channel } = this.#server;
    if (this.#isOpen) {
      // a server that does not answer ends a session by itself in the course of time
      await channel.call("ReleaseSession", this.#head, { timeoutMs: FAREWELL_MS })
        .catch(() => {});
    }
    channel[Symbol.dispose]();
  }

  async #fail(error: unknown): Promise<never> {
    const { address, channel, signal } = this.#server;
    signal?.throwIfAborted();
    if (!(error instanceof RpcError)) throw error;
    const id = error.info.get("errorId");
    const request = { ...this.#head, error_id: id ?? "" };
    const details = id === undefined ? undefined : await channel
      .call("FetchErrorDetails", request, { timeoutMs: FAREWELL_MS }).catch(() =>
        undefined
      );
    throw explain({ address, error, isOpen: this.#isOpen, details });
  }
}
