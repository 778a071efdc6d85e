/**
 * A plan that runs on the cluster, from its start to its last response. The server keeps
 * what has not been asked for, so that a connection that breaks is made again without a
 * loss; it ends every stream by itself after two minutes, and the next one goes on there.
 */
import type { Head, Plan, PlanResponse } from "./messages.ts";
import { type Channel, CODES, RpcError } from "./rpc.ts";

/** Where a plan runs. */
export interface Place {
  readonly channel: Channel;
  readonly head: Head;
  /** Gives the plan up. */
  readonly signal?: AbortSignal | undefined;
  /** How long the server may say nothing, in ms; a minute by default. */
  readonly silenceMs?: number | undefined;
}

/** Longer than the server keeps a stream open: one that lasts longer is dead. */
const LONGEST_STREAM_MS = 180_000;
/** The server tells of progress twice a second: one that is silent so long is not there. */
const SILENCE_MS = 60_000;
/** How long is waited before each new connection, in ms; then it is lost. */
const PAUSES_MS = [100, 400, 1600];
/** How long the server may take to end a plan. */
const FAREWELL_MS = 5000;

/**
 * Yields the responses to a plan, each once, as they are asked for. Who leaves the loop
 * early leaves nothing running on the cluster.
 *
 * @throws {RpcError} If the plan fails, or the connection is lost.
 */
export async function* execute(
  { channel, head, signal, silenceMs = SILENCE_MS }: Place,
  plan: Plan,
): AsyncGenerator<PlanResponse, void> {
  const operation = { ...head, operation_id: crypto.randomUUID() };
  const request_options = [{ reattach_options: { reattachable: true } }] as const;
  const options = { timeoutMs: LONGEST_STREAM_MS, silenceMs, signal };
  let last: string | undefined;
  const open = () =>
    last === undefined
      ? channel.stream("ExecutePlan", { ...operation, plan, request_options }, options)
      : channel.stream(
        "ReattachExecute",
        { ...operation, last_response_id: last },
        options,
      );
  let isComplete = false;
  try {
    for (let losses = 0; !isComplete;) {
      try {
        for await (const response of open()) {
          losses = 0;
          last = response.response_id;
          if (response.result_complete) isComplete = true;
          else yield response;
        }
      } catch (error) {
        const isRepeatable = last === undefined ? wasNeverSent(error) : isLoss(error);
        if (!isRepeatable || losses === PAUSES_MS.length) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[losses++]));
      }
    }
  } finally {
    if (!isComplete) await interrupt(channel, operation);
  }
}

function isLoss(error: unknown): error is RpcError {
  return error instanceof RpcError &&
    (error.code === CODES.unavailable || error.code === CODES.deadlineExceeded);
}

/** Whether there was no connection that could have carried the request. */
function wasNeverSent(error: unknown): boolean {
  return isLoss(error) && error.message.startsWith("No connection established");
}

/** Ends a plan on the cluster: to end its stream would leave it running. */
async function interrupt(
  channel: Channel,
  operation: Head & { readonly operation_id: string },
): Promise<void> {
  const request = {
    ...operation,
    interrupt_type: "INTERRUPT_TYPE_OPERATION_ID",
  } as const;
  // a server that has gone away has nothing to end, and why we leave matters more
  await channel.call("Interrupt", request, { timeoutMs: FAREWELL_MS }).catch(() => {});
}
