/**
 * Faults of the Kafka client that are mended in its own parts, where no setting reaches them.
 */
import type { Socket } from "node:net";

/** A request on its way, as far as it is mended. */
interface SocketRequest {
  /** Called when its answer has not come in time. */
  timeoutHandler(): void;
}

/** What of the package's own queue of a connection is mended. */
interface RequestQueue {
  /** Until when the broker wants no request, in ms since 1970. */
  throttledUntil: number;
  /** Of the next look for requests that wait. */
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  /** Called when the connection is there. */
  scheduleRequestTimeoutCheck(): void;
  createSocketRequest(request: unknown): SocketRequest;
  /** Ours: the connection. */
  socket: Socket | undefined;
}

/** How often the queue looks for requests that wait, in ms. */
const QUEUE_CHECK_MS = 10;

/** What of the package's own member of a group is mended. */
interface ConsumerGroup {
  /** Null where the group does not know us. */
  memberId: string | null;
  /** One for each consumer, whatever becomes of it. */
  readonly instrumentationEmitter: object;
  /** Called before it joins. */
  connect(): Promise<void>;
}

let isMended = false;

/** Mends the client, once. */
export async function mendClient(): Promise<void> {
  if (isMended) return;
  isMended = true;
  const queue: { readonly prototype: RequestQueue } =
    (await import("kafkajs/request-queue")).default;
  mendTimer(queue.prototype);
  closeSilentConnections(queue.prototype);
  const group: { readonly prototype: ConsumerGroup } =
    (await import("kafkajs/consumer-group")).default;
  keepMembership(group.prototype);
}

/** The connection whose queue is being made. */
let connected: Socket | undefined;

/** Tells the client of a connection. */
export function withSocket(socket: Socket, onConnect: () => void): void {
  connected = socket;
  onConnect();
  connected = undefined;
}

/**
 * Gives the queue's timer a time to come. It is handed the time until the broker's throttle
 * ends, and of a throttle that has ended long ago that is a negative one, for which Node and
 * Deno print a TimeoutNegativeWarning.
 */
function mendTimer(queue: RequestQueue): void {
  queue.scheduleCheckPendingRequests = function () {
    const waitMs = Math.max(QUEUE_CHECK_MS, this.throttledUntil - Date.now());
    this.throttleCheckTimeoutId ??= setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, waitMs);
  };
}

/**
 * Closes a connection on which an answer has not come in time. The client would go on asking
 * there, for ever where the other side is gone without a word: a cable, a firewall.
 */
function closeSilentConnections(queue: RequestQueue): void {
  const { scheduleRequestTimeoutCheck, createSocketRequest } = queue;
  queue.scheduleRequestTimeoutCheck = function () {
    this.socket = connected;
    scheduleRequestTimeoutCheck.call(this);
  };
  queue.createSocketRequest = function (pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { timeoutHandler } = request;
    request.timeoutHandler = () => {
      timeoutHandler();
      this.socket?.destroy(new Error("it does not answer any more"));
    };
    return request;
  };
}

/**
 * Lets a consumer that runs again after it has given up join as the member that it was. The
 * client would come as a new one, and the group waits one session time-out for the old.
 */
function keepMembership(group: ConsumerGroup): void {
  const { connect } = group;
  const last = new WeakMap<object, ConsumerGroup>();
  group.connect = async function () {
    const before = last.get(this.instrumentationEmitter);
    if (before !== this) this.memberId ??= before?.memberId ?? null;
    last.set(this.instrumentationEmitter, this);
    await connect.call(this);
  };
}
