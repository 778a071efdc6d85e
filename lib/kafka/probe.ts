/**
 * The smallest question to a Kafka broker, asked without the client: only this way is it
 * known what is wrong with a connection, for the client hides the cause and tries again.
 */
import type { Server, Tls } from "./connection.ts";

/** What answers, where it is not a Kafka broker that accepts us. */
export type Stranger =
  /** Something that speaks TLS was spoken to without it. */
  | "tls"
  /** It hung up without an answer. */
  | "silent"
  /** It took the connection and said nothing until the time was up. */
  | "slow"
  /** It does not speak Kafka. */
  | "foreign";

/** Why a server is not a broker that we can use, as far as its answer tells. */
export class StrangerError extends Error {
  override readonly name = "StrangerError";
  readonly stranger: Stranger;

  constructor(stranger: Stranger) {
    super(`the answer is ${stranger}`);
    this.stranger = stranger;
  }
}

/** ApiVersions, version 0, correlation 1, from the client "cohort". */
const QUESTION = Uint8Array.of(
  ...[0, 0, 0, 16, 0, 18, 0, 0, 0, 0, 0, 1, 0, 6],
  ...new TextEncoder().encode("cohort"),
);
/** The answer's length of 4 bytes, then this correlation and no error. */
const ANSWER = [0, 0, 0, 1, 0, 0];
/** How TLS begins a message that tells of a fault. */
const TLS_ALERT = 21;

/**
 * Resolves when the server has answered a question of Kafka's, so that it is up, speaks
 * Kafka and accepts our certificate: with TLS 1.3, to be connected does not tell that yet.
 *
 * @throws {StrangerError} If what answers is no broker or not in time.
 * @throws {Error} What Deno says of the connection, which names the true cause.
 */
export async function askBroker(
  server: Server,
  options: { readonly tls?: Tls | undefined; readonly timeoutMs: number },
): Promise<void> {
  const { tls, timeoutMs } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const conn = await connect(server, tls, signal);
  const hangUp = () => conn.close();
  signal.addEventListener("abort", hangUp);
  try {
    await converse(conn);
  } catch (error) {
    throw signal.aborted ? new StrangerError("slow") : error;
  } finally {
    signal.removeEventListener("abort", hangUp);
    if (!signal.aborted) conn.close();
  }
}

/**
 * Returns a connection to the server.
 *
 * @throws {StrangerError} If it does not answer before the signal.
 * @throws {Error} What Deno says.
 */
export async function connect(
  { host: hostname, port }: Server,
  tls: Tls | undefined,
  signal: AbortSignal,
): Promise<Deno.TcpConn | Deno.TlsConn> {
  const plain = await Deno.connect({ hostname, port, signal }).catch((error) => {
    throw signal.aborted ? new StrangerError("slow") : error;
  });
  if (tls === undefined) return plain;
  plain.close(); // connectTls takes no signal: now it is known that it does not wait
  const { certificate: cert, key } = tls.identity ?? {};
  const trust = { hostname, port, caCerts: [tls.authorities] };
  return await Deno.connectTls(cert && key ? { ...trust, cert, key } : trust);
}

async function converse(conn: Deno.TcpConn | Deno.TlsConn): Promise<void> {
  if ("handshake" in conn) await conn.handshake();
  for (let sent = 0; sent < QUESTION.length;) {
    sent += await conn.write(QUESTION.subarray(sent));
  }
  const head = new Uint8Array(4 + ANSWER.length);
  for (let read = 0; read < head.length;) {
    const bytes = await conn.read(head.subarray(read));
    if (bytes === null) throw new StrangerError(read === 0 ? "silent" : "foreign");
    read += bytes;
    if (head[0] === TLS_ALERT) throw new StrangerError("tls");
  }
  if (ANSWER.some((byte, i) => head[4 + i] !== byte)) throw new StrangerError("foreign");
}
