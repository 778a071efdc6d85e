/**
 * What the page is told, once a second, as server-sent events: only the pieces that differ
 * from those it was sent before.
 */
import type { Board } from "./board.ts";

/** How often, in ms; a page that hears nothing for much longer knows that the stream is gone. */
const EVERY_MS = 1000;
/** How many events may wait for a browser that does not read. */
const MOST_WAITING = 2;
/** How many there are at most: each costs memory while its browser does not read. */
const MOST_OPEN = 64;

/** Streams of events, to be closed together. */
export class EventStreams implements Disposable {
  readonly #board: Board;
  readonly #page: string;
  readonly #closers = new Set<() => void>();

  /** @param page The id of the page that understands them. */
  constructor(board: Board, page: string) {
    this.#board = board;
    this.#page = page;
  }

  /** Whether no more may be opened. */
  get isFull(): boolean {
    return this.#closers.size >= MOST_OPEN;
  }

  /** Returns the body of a response that goes on until its reader or the server ends it. */
  open(): ReadableStream<Uint8Array> {
    const sent = new Map<string, string>();
    const encoder = new TextEncoder();
    let stop = (): void => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (): void => {
          if ((controller.desiredSize ?? 0) <= 0) return; // it gets the newest later
          controller.enqueue(encoder.encode(`data: ${this.#message(sent)}\n\n`));
        };
        const timer = setInterval(send, EVERY_MS);
        const close = (): void => {
          stop();
          controller.close();
        };
        stop = () => {
          clearInterval(timer);
          this.#closers.delete(close);
        };
        this.#closers.add(close);
        controller.enqueue(encoder.encode(`retry: ${EVERY_MS}\n\n`));
        send();
      },
      cancel: () => stop(),
    }, { highWaterMark: MOST_WAITING });
  }

  /** Ends all of them. */
  [Symbol.dispose](): void {
    for (const close of this.#closers) close();
  }

  #message(sent: Map<string, string>): string {
    const { connection, parts } = this.#board.show();
    const fresh = [...parts].filter(([id, markup]) => sent.get(id) !== markup);
    for (const [id, markup] of fresh) sent.set(id, markup);
    return JSON.stringify({
      page: this.#page,
      connection,
      parts: Object.fromEntries(fresh),
    });
  }
}
