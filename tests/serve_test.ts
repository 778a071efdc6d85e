/** The server of a stream: its paths, whom it answers, its metrics and its events. */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import { Drawing } from "../lib/serve/drawing.ts";
import { formatMetrics } from "../lib/serve/metrics.ts";
import { resultOf } from "../lib/serve/numbers.ts";
import { type LiveServer, serveLive } from "../lib/serve/server.ts";
import type { Phase, StatusReader, StreamMonitor } from "../lib/stream/status.ts";
import { busyStream, feed } from "./live_support.ts";
import { hasNetwork, hasProcesses } from "./support.ts";

/** A test of a real server; ignored where nothing may listen. */
function serveTest(
  name: string,
  test: (server: LiveServer, monitor: StreamMonitor) => Promise<void>,
): void {
  const fn = async (): Promise<void> => {
    const monitor = busyStream();
    const onError = (error: unknown): never => assert.fail(String(error));
    await using server = serveLive(monitor.read, { port: 0, onError });
    await test(server, monitor);
  };
  Deno.test({ name, ignore: !hasNetwork || !hasProcesses, fn });
}

/** Sends a request as it stands; returns what comes first, or all until the server hangs up. */
async function raw(
  url: string,
  request: string,
  { isWhole = false } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  // what is too much may be refused before all of it was sent
  await connection.write(new TextEncoder().encode(request)).catch(() => {});
  if (isWhole) return await new Response(connection.readable).text();
  const bytes = new Uint8Array(1024);
  const count = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count));
}

serveTest("serveLive() answers to this machine's own names only", async ({ url }) => {
  const { port } = new URL(url);
  const cases: readonly (readonly [host: string, status: number])[] = [
    [`127.0.0.1:${port}`, 200],
    [`localhost:${port}`, 200],
    [`LocalHost:${port}`, 200],
    ["127.0.0.1", 403],
    ["127.0.0.1:1", 403],
    [`evil.example:${port}`, 403],
    [`127.0.0.1.evil.example:${port}`, 403],
    [`localhost:${port}@evil.example`, 403],
    ["", 403],
  ];
  for (const [host, status] of cases) {
    const answer = await raw(
      url,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      { isWhole: true },
    );
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), host);
    const refused =
      `\r\n\r\nThis is http://127.0.0.1:${port}/ and answers to no other name\n`;
    assert.equal(answer.endsWith(refused), status === 403);
  }
});

const BODIES: Readonly<Record<number, string>> = {
  404: "There is nothing here\n",
  405: "Only GET and HEAD are allowed\n",
};

serveTest(
  "serveLive() knows its paths, GET and HEAD, and nothing else",
  async ({ url }) => {
    const cases: readonly (readonly [method: string, path: string, status: number])[] = [
      ["GET", "", 200],
      ["GET", "metrics", 200],
      ["GET", "healthz", 200],
      ["GET", "readyz", 200],
      ["HEAD", "", 200],
      ["HEAD", "events", 200],
      ["HEAD", "readyz", 200],
      ["HEAD", "nothing", 404],
      ["POST", "", 405],
      ["POST", "events", 405],
      ["DELETE", "metrics", 405],
      ["GET", "favicon.ico", 404],
      ["GET", "../deno.json", 404],
      ["GET", "%2e%2e/store.sqlite", 404],
      ["GET", "metrics/..%2f..%2fdeno.json", 404],
      ["GET", "%ff%00", 404],
      ["POST", "nothing", 404],
    ];
    for (const [method, path, status] of cases) {
      const response = await fetch(url + path, { method });
      const text = await response.text();
      assert.equal(response.status, status, `${method} ${path}`);
      if (method === "HEAD") assert.equal(text, "");
      else if (status !== 200) assert.equal(text, BODIES[status]);
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /^default-src 'none';/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(response.headers.get("access-control-allow-origin"), null);
      if (status === 405) assert.equal(response.headers.get("allow"), "GET, HEAD");
    }
  },
);

serveTest("serveLive() outlives requests that are none", async ({ url }) => {
  const { port } = new URL(url);
  const host = `Host: 127.0.0.1:${port}`;
  const cases: readonly (readonly [request: string, status: number])[] = [
    [`GET http://[/ HTTP/1.1\r\n${host}`, 404],
    [`GET //[ HTTP/1.1\r\n${host}`, 404],
    [`OPTIONS * HTTP/1.1\r\n${host}`, 404],
    [`CONNECT 127.0.0.1:80 HTTP/1.1\r\n${host}`, 405],
    ["GET /healthz HTTP/1.0", 403],
    [`GET /healthz HTTP/1.1\r\n${host}\r\nHost: evil.example`, 400],
    [`GET /${"a".repeat(700_000)} HTTP/1.1\r\n${host}`, 400],
    [`GET /healthz HTTP/1.1\r\n${host}\r\n${"X: a\r\n".repeat(5000)}Y: b`, 400],
    [`POST /healthz HTTP/1.1\r\n${host}\r\nContent-Length: 1000000000`, 405],
    ["\x16\x03\x01 a greeting in TLS", 400],
  ];
  for (const [request, status] of cases) {
    const answer = await raw(url, `${request}\r\n\r\n`);
    assert.match(answer, new RegExp(`^HTTP/1.[01] ${status} `), request.slice(0, 80));
  }
  assert.equal(await (await fetch(`${url}healthz`)).text(), "ok\n");
});

serveTest(
  "/events has room for 64, and for the next when one has gone",
  async ({ url }) => {
    const open = () => fetch(`${url}events`);
    const opened = await Promise.all(Array.from({ length: 64 }, open));
    assert.ok(opened.every(({ status }) => status === 200));
    const refused = await open();
    assert.deepEqual([refused.status, await refused.text()], [
      503,
      "Too many pages are open\n",
    ]);
    await opened.pop()!.body!.cancel();
    for (let status = 503; status === 503;) { // the server hears of it a little later
      const next = await open();
      status = next.status;
      await next.body!.cancel();
    }
    for (const { body } of opened) await body!.cancel();
  },
);

Deno.test({
  name: "serveLive() ends while nobody reads what it sends",
  ignore: !hasNetwork || !hasProcesses,
  fn: async () => {
    const server = serveLive(busyStream().read, { port: 0 });
    const { hostname, port } = new URL(server.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const request = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const requests = request("/").repeat(300) + request("/events");
    await connection.write(new TextEncoder().encode(requests));
    await connection.read(new Uint8Array(1)); // it has begun
    await server[Symbol.asyncDispose]();
  },
});

Deno.test({
  name: "serveLive() tells what goes wrong inside, and goes on",
  ignore: !hasNetwork || !hasProcesses,
  fn: async () => {
    const told: string[] = [];
    let isBroken = false;
    const monitor = busyStream();
    const read: StatusReader = () => {
      if (isBroken) throw new RangeError("broken");
      return monitor.read();
    };
    const onError = (error: unknown): void => void told.push(String(error));
    await using server = serveLive(read, { port: 0, onError });
    isBroken = true;
    const response = await fetch(`${server.url}metrics`);
    assert.deepEqual([response.status, await response.text()], [
      500,
      "Something went wrong\n",
    ]);
    assert.deepEqual(told, ["RangeError: broken"]);
    isBroken = false;
    assert.equal(await (await fetch(`${server.url}readyz`)).text(), "ready\n");
  },
});

Deno.test({
  name: "the page says why its charts are missing, and shows the rest",
  ignore: !hasNetwork || !hasProcesses,
  fn: async () => {
    const told: string[] = [];
    const monitor = busyStream();
    const broken = new Map([["LAW", undefined as never]]);
    const read: StatusReader = () => ({ ...monitor.read(), ages: broken });
    const onError = (error: unknown): void => void told.push(String(error));
    await using server = serveLive(read, { port: 0, onError });
    const page = await (await fetch(server.url)).text();
    assert.match(page, /<dd>173<\/dd>/);
    assert.doesNotMatch(page, /<svg/);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^TypeError: /);
  },
});

Deno.test({
  name: "Drawing.draw() says why a result cannot be drawn, and draws the next",
  ignore: !hasProcesses,
  fn: async () => {
    using drawing = new Drawing();
    const result = resultOf(busyStream().read(), "en");
    await assert.rejects(drawing.draw({ ...result, fields: undefined as never }), {
      name: "PipelineError",
      message: /^The charts cannot be drawn: TypeError: /,
      kind: "internal",
    });
    assert.match(await drawing.draw(result), /<svg/);
  },
});

serveTest("/readyz says whether the stream does its work", async ({ url }, monitor) => {
  const ready = async (): Promise<readonly [number, string]> => {
    const response = await fetch(`${url}readyz`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ready(), [200, "ready\n"]);
  const phases: readonly Phase[] = [
    "connecting",
    "joining",
    "waiting for the broker",
    "stopping",
  ];
  for (const phase of phases) {
    monitor.phase = phase;
    assert.deepEqual(await ready(), [503, `not ready: ${phase}\n`]);
    assert.equal(await (await fetch(`${url}healthz`)).text(), "ok\n");
  }
  monitor.phase = "reading";
  monitor.assigned(new Map()); // more members than partitions
  assert.equal((await ready())[0], 503);
});

serveTest("serveLive() refuses a taken port with what to do", ({ url }, monitor) => {
  const { port } = new URL(url);
  assert.throws(
    () => serveLive(monitor.read, { port: Number(port) }),
    (error) => {
      assert.ok(error instanceof PipelineError);
      assert.equal(error.exitCode, 2);
      assert.equal(
        error.message,
        `Cannot serve on port ${port}: another program uses it`,
      );
      assert.equal(
        error.hint,
        "Give another port with --serve PORT, or 0 for any that is free",
      );
      return true;
    },
  );
  return Promise.resolve();
});

interface Told {
  readonly page: string;
  readonly connection: string;
  readonly parts: Readonly<Record<string, string>>;
}

serveTest(
  "/events tells what has changed, once a second",
  async (server, monitor) => {
    const response = await fetch(`${server.url}events`);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const told: Told[] = [];
    let text = "";
    reading: for await (
      const chunk of response.body!.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        if (event === "retry: 1000") continue;
        assert.match(event, /^data: [^\n\r]+$/);
        told.push(JSON.parse(event.slice("data: ".length)));
        if (told.length === 1) feed(monitor, ["Zoé Martin, 30, Law"], { offset: 165n });
        if (isNew(told.at(-1)!)) monitor.phase = "waiting for the broker";
        if (told.at(-1)!.connection !== "Live") break reading;
      }
    }
    const [first, ...later] = told;
    assert.deepEqual(Object.keys(first!.parts), ["now", "numbers", "rejects"]);
    assert.match(first!.parts.now!, /<dd>173<\/dd>/);
    assert.equal(first!.connection, "Live");
    // the charts come when they are drawn
    assert.deepEqual(later.filter(({ parts }) => parts.now !== undefined).map(isNew), [
      true,
    ]);
    assert.ok(later.every(({ parts }) => parts.rejects === undefined));
    assert.equal(
      later.at(-1)!.connection,
      "The broker is away: it is tried again and again",
    );
  },
);

/** Whether it tells of one student more. */
function isNew({ parts: { now = "" } }: Told): boolean {
  return now.includes("<dd>174</dd>");
}

/** One line of the format: a comment, or a sample with its labels and its value. */
const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${LABEL}(?:,${LABEL})*\\})? ([0-9.e+-]+|\\+Inf)$`,
);

/** Returns the samples by name and labels; fails where the text is not in the format. */
function parseMetrics(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  let [name, type] = ["", ""];
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    if (line.startsWith("# HELP")) name = HELP.exec(line)![1]!;
    else if (line.startsWith("# TYPE")) {
      const [, of, kind] = TYPE.exec(line)!;
      assert.equal(of, name);
      type = kind!;
    } else {
      const [, of, labels = "", value] = SAMPLE.exec(line) ?? assert.fail(line);
      const allowed = type === "histogram"
        ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
        : [name];
      assert.ok(allowed.includes(of!), line);
      assert.ok(!samples.has(of + labels), `twice: ${line}`);
      samples.set(of + labels, Number(value));
    }
  }
  return samples;
}

Deno.test("formatMetrics() is in the text format and says what the status says", () => {
  const status = busyStream({ topic: 'a"b\\c\nd' }).read();
  const text = formatMetrics(status);
  const samples = parseMetrics(text);
  const expected: Readonly<Record<string, number>> = {
    'cohort_build_info{version="0.1.0"}': 1,
    cohort_ready: 1,
    'cohort_state{state="reading"}': 1,
    'cohort_state{state="caught up"}': 0,
    'cohort_records_total{outcome="kept"}': 140,
    'cohort_records_total{outcome="filtered"}': 25,
    'cohort_records_total{outcome="rejected"}': 7,
    'cohort_records_total{outcome="blank"}': 1,
    'cohort_rejects_total{reason="control_character"}': 2,
    'cohort_rejects_total{reason="too_long"}': 0,
    'cohort_lag_records{topic="a\\"b\\\\c\\nd",partition="0"}': 1234,
    'cohort_checkpoint_offset{topic="a\\"b\\\\c\\nd",partition="2"}': 1_000_000,
    'cohort_end_offset{topic="a\\"b\\\\c\\nd",partition="2"}': 1_000_007,
    cohort_commits_total: 2,
    'cohort_commit_duration_seconds_bucket{le="0.01"}': 0,
    'cohort_commit_duration_seconds_bucket{le="0.025"}': 1,
    'cohort_commit_duration_seconds_bucket{le="+Inf"}': 2,
    cohort_commit_duration_seconds_sum: 0.042,
    cohort_commit_duration_seconds_count: 2,
    cohort_rebalances_total: 1,
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(samples.get(name), value, name);
  }
  for (const { raw } of status.lastRejects) {
    if (raw) assert.ok(!text.includes(raw), raw);
  }
});
