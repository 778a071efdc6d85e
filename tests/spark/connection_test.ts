/** Sessions that do not come about: at the other end is no Spark, or none that we may use. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { handleUnaryCall } from "@grpc/grpc-js";
import { PipelineError } from "../../lib/errors.ts";
import { type Authority, makeAuthority } from "../../lib/kafka/certificates.ts";
import { parseAddress } from "../../lib/spark/address.ts";
import { explain } from "../../lib/spark/failures.ts";
import { CODES, RpcError } from "../../lib/spark/rpc.ts";
import { openSession } from "../../lib/spark/session.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { hasNetwork, hasProcesses } from "../support.ts";

/** Something that listens on 127.0.0.1. */
interface Listener {
  readonly port: number;
  close(): void;
}

/** Fails a session; returns what is told. */
async function refusal(address: string, patienceMs = 10_000) {
  try {
    await using session = await openSession(parseAddress(address), { patienceMs });
    return [session.serverVersion];
  } catch (error) {
    assert.ok(error instanceof PipelineError, `${error}`);
    assert.equal(error.exitCode, 7);
    return [error.message, error.hint];
  }
}

/** A test of what is told of a server; `PORT` stands for its port, in the words too. */
function refusedTest(
  name: string,
  listen: () => Listener | Promise<Listener>,
  { address, what, whole = `Cannot use Spark at ${what}`, hint, patienceMs }: {
    readonly address: string;
    /** What is wrong; absent where `whole` says it. */
    readonly what?: string;
    readonly whole?: string;
    readonly hint: string;
    readonly patienceMs?: number;
  },
): void {
  const fn = async () => {
    const listener = await listen();
    const withPort = (text: string) => text.replaceAll("PORT", `${listener.port}`);
    try {
      assert.deepEqual(await refusal(withPort(address), patienceMs), [
        withPort(whole),
        hint,
      ]);
    } finally {
      listener.close();
    }
  };
  Deno.test({ name, ignore: !hasNetwork || !hasProcesses, fn });
}

/** Listens, and lets `serve` do with each connection what it wants. */
function listenTcp(
  listener: Deno.Listener,
  serve: (conn: Deno.Conn) => void | Promise<void>,
): Listener {
  const conns: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      await serve(conn);
    }
  })();
  serving.catch(() => {}); // a handshake that the client breaks off
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: () => {
      listener.close();
      for (const conn of conns) {
        try {
          conn.close();
        } catch { /* it is closed */ }
      }
    },
  };
}

const HERE = { hostname: "127.0.0.1", port: 0 } as const;
const listen = (): Deno.Listener => Deno.listen(HERE);

refusedTest("nothing listens there", () => ({ port: freePorts(1)[0]!, close() {} }), {
  address: "sc://127.0.0.1:PORT",
  what: "127.0.0.1:PORT: nothing listens there",
  hint: "Start it (deno task spark), or mend the connection string",
});

refusedTest("no such host", () => ({ port: 1, close() {} }), {
  address: "sc://nowhere.invalid:PORT",
  what: "nowhere.invalid:PORT: there is no host named nowhere.invalid",
  hint: "Mend the connection string",
});

refusedTest("a server that hangs up", () => listenTcp(listen(), (conn) => conn.close()), {
  address: "sc://127.0.0.1:PORT",
  what: "127.0.0.1:PORT: it hung up without an answer",
  hint: "It may want TLS: write /;use_ssl=true after the port; else see its log",
});

refusedTest("a server that says nothing", () => listenTcp(listen(), () => {}), {
  address: "sc://127.0.0.1:PORT",
  patienceMs: 300,
  what: "127.0.0.1:PORT: it does not answer",
  hint: "Look at its log and at firewalls on the way",
});

const STRANGER = {
  address: "sc://127.0.0.1:PORT",
  what: "127.0.0.1:PORT: what answers is no Spark Connect server",
  hint:
    "Mend the connection string: Spark Connect listens at 15002 unless it is told otherwise",
};

refusedTest("a server of web pages", () => {
  const server = Deno.serve({ ...HERE, onListen() {} }, () => new Response("a page"));
  return { port: server.addr.port, close: () => void server.shutdown() };
}, STRANGER);

refusedTest("a server of web pages over HTTP/2", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}, STRANGER);

/** A server of gRPC that answers AnalyzePlan, if at all, with a status or with bytes. */
async function listenGrpc(
  answered?: { readonly code: number; readonly details: string } | Buffer,
): Promise<Listener> {
  const { default: grpc } = await import("@grpc/grpc-js");
  const server = new grpc.Server();
  const bytes = (value: Uint8Array) =>
    value as Uint8Array<ArrayBuffer> & { parent: never };
  void bytes;
  if (answered !== undefined) {
    const asItIs = (bytes: Buffer): Buffer => bytes;
    const method = {
      ...{ path: "/spark.connect.SparkConnectService/AnalyzePlan" },
      ...{ requestStream: false, responseStream: false },
      ...{ requestSerialize: asItIs, requestDeserialize: asItIs },
      ...{ responseSerialize: asItIs, responseDeserialize: asItIs },
    };
    const reply: handleUnaryCall<Buffer, Buffer> = (_call, answer) =>
      "code" in answered ? answer(answered) : answer(null, answered);
    server.addService({ AnalyzePlan: method }, { AnalyzePlan: reply });
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      grpc.ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  return { port, close: () => server.forceShutdown() };
}

/** A field of protobuf: its number, then bytes or a text, shorter than 128. */
function field(number: number, value: string | readonly number[]): readonly number[] {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return [number << 3 | 2, bytes.length, ...bytes];
}

refusedTest(
  "a Spark that is too old",
  () => listenGrpc(Buffer.from([...field(15, "an id"), ...field(8, field(1, "3.5.1"))])),
  {
    address: "sc://127.0.0.1:PORT",
    whole: "Spark at 127.0.0.1:PORT is of version 3.5.1",
    hint: "Connect to Spark 4.0 or newer",
  },
);

refusedTest("another server of gRPC", () => listenGrpc(), STRANGER);

// in the words of Spark 4.2.0, the first that knows tokens
refusedTest(
  "a token that is wrong",
  () => listenGrpc({ code: 16, details: "Invalid authentication token" }),
  {
    address: "sc://127.0.0.1:PORT/;token=SECRET;use_ssl=false",
    what: "127.0.0.1:PORT: it does not accept the token",
    hint: "Take the one that the cluster was given",
  },
);

refusedTest(
  "a token that is missing",
  () => listenGrpc({ code: 16, details: "No authentication token provided" }),
  {
    address: "sc://127.0.0.1:PORT",
    what: "127.0.0.1:PORT: it wants a token",
    hint: "Write /;token=… after the port, in COHORT_ENGINE",
  },
);

refusedTest(
  "a gateway that lets nobody in",
  () => listenGrpc({ code: 7, details: "no" }),
  {
    address: "sc://127.0.0.1:PORT",
    what: "127.0.0.1:PORT: it wants a token",
    hint: "Write /;token=… after the port, in COHORT_ENGINE",
  },
);

refusedTest(
  "a server with troubles of its own",
  () => listenGrpc({ code: 2, details: "out of\nsorts." }),
  {
    address: "sc://127.0.0.1:PORT",
    what: "127.0.0.1:PORT: out of sorts",
    hint: "See its log",
  },
);

// --- TLS

refusedTest("TLS asked of a server without it", () => listenGrpc(), {
  address: "sc://localhost:PORT/;use_ssl=true",
  what: "localhost:PORT: it does not speak TLS",
  hint: "Leave use_ssl=true out, or name its port for TLS",
});

refusedTest("TLS for the token's sake, of a server without it", () => listenGrpc(), {
  address: "sc://localhost:PORT/;token=SECRET",
  what: "localhost:PORT: it does not speak TLS",
  hint: "Write use_ssl=false beside the token, or name its port for TLS",
});

const DAY_MS = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(Date.now() + count * DAY_MS);
const LONG = { from: days(-100), until: days(100) };
let ours: Authority | undefined;

Deno.test.beforeAll(async () => {
  if (!hasNetwork || !hasProcesses) return;
  ours = await makeAuthority({ name: "ours", ...LONG });
  const path = await Deno.makeTempFile({ prefix: "cohort-ca-" });
  Deno.writeTextFileSync(path, ours.certificate);
  // gRPC reads it when it is loaded
  Deno.env.set("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", path);
});

Deno.test.afterAll(() => {
  const path = hasProcesses && Deno.env.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  if (path) Deno.removeSync(path);
});

/** A server of TLS that hangs up after the handshake. */
async function listenTls(
  authority: Authority,
  { hosts = ["localhost"], from = LONG.from, until = LONG.until } = {},
): Promise<Listener> {
  const { certificate: cert, key } = await authority.issue({
    ...{ name: "server", hosts, from, until },
  });
  return listenTcp(Deno.listenTls({ ...HERE, cert, key }), async (conn) => {
    await (conn as Deno.TlsConn).handshake().catch(() => {});
    conn.close();
  });
}

const NOT_TRUSTED = {
  address: "sc://localhost:PORT/;use_ssl=true",
  what: "localhost:PORT: its certificate has expired, " +
    "or is signed by an authority that we do not trust",
  hint: "Name the authority's file in the variable GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
};

refusedTest("a certificate by an authority that we do not know", async () => {
  return listenTls(await makeAuthority({ name: "theirs", ...LONG }));
}, NOT_TRUSTED);

refusedTest(
  "a certificate whose time is over",
  () => listenTls(ours!, { until: days(-1) }),
  NOT_TRUSTED,
);

refusedTest(
  "a certificate for another name",
  () => listenTls(ours!, { hosts: ["spark.example"] }),
  {
    address: "sc://localhost:PORT/;use_ssl=true",
    what: "localhost:PORT: its certificate is not for localhost",
    hint: "Write the name that the certificate has",
  },
);

refusedTest("a certificate that is good", () => listenTls(ours!), {
  address: "sc://localhost:PORT/;use_ssl=true",
  what: "localhost:PORT: it hung up without an answer",
  hint: "See its log",
});

refusedTest("TLS not asked of a server with it", () => listenTls(ours!), {
  address: "sc://127.0.0.1:PORT",
  what: "127.0.0.1:PORT: it hung up without an answer",
  hint: "It may want TLS: write /;use_ssl=true after the port; else see its log",
});

Deno.test("a process without the network", () => {
  const error = new RpcError(
    CODES.unavailable,
    "No connection established. Last error: Error: Requires net access to " +
      '"127.0.0.1:15002", run again with the --allow-net flag. Resolution note: ',
    new Map(),
  );
  const address = parseAddress("sc://127.0.0.1");
  const { message, hint } = explain({ address, error, isOpen: false });
  assert.deepEqual([message, hint], [
    "Cannot use Spark at 127.0.0.1:15002: this process has given up the network",
    "Name the cluster with --engine or COHORT_ENGINE, not in a file",
  ]);
});
