/**
 * The server of a stream's live page, its metrics and its health: for this machine alone.
 *
 * A page of the web can make a browser ask 127.0.0.1 under a name of its own (DNS rebinding),
 * and read the answer: so the `Host` header must name this machine.
 */
import { PipelineError, systemReason } from "../errors.ts";
import type { Lang } from "../report/words/numbers.ts";
import { isReady } from "../stream/health.ts";
import type { StatusReader } from "../stream/status.ts";
import { Board } from "./board.ts";
import { EventStreams } from "./events.ts";
import { formatMetrics, METRICS_TYPE } from "./metrics.ts";
import { type LivePage, livePage } from "./page.ts";

/** How the live page is served. */
export interface ServeOptions {
  /** From 1 to 65,535; 0 for any that is free. */
  readonly port: number;
  /** The page's language; English without it. */
  readonly lang?: Lang;
  /** Told what goes wrong while an answer is made; the stream goes on. */
  readonly onError?: (error: unknown) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly clock?: () => number;
}

/** A server at work; dispose of it to end it. */
export interface LiveServer extends AsyncDisposable {
  /** Where the page is: `http://127.0.0.1:8080/`. */
  readonly url: string;
}

/** For this machine alone. */
const ADDRESS = "127.0.0.1";

/** What all answers say. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Serves the live page of a stream until it is disposed of.
 *
 * @throws {PipelineError} If the port is taken or may not be used.
 */
export function serveLive(read: StatusReader, options: ServeOptions): LiveServer {
  const { port, lang = "en", onError = () => {}, clock = () => performance.now() } =
    options;
  const board = new Board({ read, lang, onError, clock });
  const page = livePage(read(), lang);
  const events = new EventStreams(board, page.id);
  const stop = new AbortController();
  const routes = routesOf({ board, events, page, read });
  const server: Deno.HttpServer<Deno.NetAddr> = listen(port, () =>
    Deno.serve({
      hostname: ADDRESS,
      port,
      signal: stop.signal,
      onListen: () => {},
      onError: (error) => {
        onError(error);
        return answer(500, "Something went wrong\n");
      },
    }, (request) => answerTo(request, server.addr.port, routes)));
  return {
    url: `http://${ADDRESS}:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      events[Symbol.dispose]();
      stop.abort();
      await server.finished;
      board[Symbol.dispose]();
    },
  };
}

function listen<T>(port: number, start: () => T): T {
  try {
    return start();
  } catch (cause) {
    const isTaken = cause instanceof Deno.errors.AddrInUse;
    const why = isTaken ? "another program uses it" : systemReason(cause);
    throw new PipelineError("usage", `Cannot serve on port ${port}: ${why}`, {
      hint: "Give another port with --serve PORT, or 0 for any that is free",
      cause,
    });
  }
}

type Route = () => Response | Promise<Response>;

interface Served {
  readonly board: Board;
  readonly events: EventStreams;
  readonly page: LivePage;
  readonly read: StatusReader;
}

function routesOf({ board, events, page, read }: Served): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ["/", async () =>
      answer(200, page.draw(await board.showDrawn()), {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": page.policy,
      })],
    [
      "/events",
      () =>
        events.isFull
          ? answer(503, "Too many pages are open\n")
          : answer(200, events.open(), { "content-type": "text/event-stream" }),
    ],
    [
      "/metrics",
      () => answer(200, formatMetrics(read()), { "content-type": METRICS_TYPE }),
    ],
    ["/healthz", () => answer(200, "ok\n")],
    ["/readyz", () => {
      const status = read();
      return isReady(status)
        ? answer(200, "ready\n")
        : answer(503, `not ready: ${status.state}\n`);
    }],
  ]);
}

async function answerTo(
  { method, headers, url }: Request,
  port: number,
  routes: ReadonlyMap<string, Route>,
): Promise<Response> {
  if (!isOurName(headers.get("host"), port)) {
    return answer(
      403,
      `This is http://${ADDRESS}:${port}/ and answers to no other name\n`,
    );
  }
  const route = routes.get(URL.parse(url)?.pathname ?? "");
  if (route === undefined) return answer(404, "There is nothing here\n");
  if (method === "GET") return await route();
  if (method === "HEAD") return await withoutBody(await route());
  return answer(405, "Only GET and HEAD are allowed\n", { allow: "GET, HEAD" });
}

async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel(); // events would go on for ever
  return new Response(null, response);
}

function isOurName(host: string | null, port: number): boolean {
  if (host === null) return false;
  const names = [ADDRESS, "localhost"];
  return names.some((name) =>
    host.toLowerCase() === `${name}:${port}` || port === 80 && host.toLowerCase() === name
  );
}

function answer(
  status: number,
  body: string | ReadableStream<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = { "content-type": "text/plain; charset=utf-8", ...HEADERS, ...headers };
  return new Response(body, { status, headers: all });
}
