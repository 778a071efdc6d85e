/**
 * Ports to listen on at 127.0.0.1.
 */
import { PipelineError } from "../../lib/errors.ts";
import type { Product } from "./product.ts";

/**
 * Below the ports that systems give to outgoing connections: a client that tries again and
 * again to reach a server that is down could else be given the server's own port.
 */
const FIRST = 20_000;
const LAST = 29_999;

/** Returns so many ports, all different, that nobody listens on. */
export function freePorts(count: number): number[] {
  const listeners: Deno.Listener[] = [];
  while (listeners.length < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    const listener = tryToListen(port);
    if (listener !== undefined) listeners.push(listener);
  }
  return listeners.map((listener) => {
    listener.close();
    return (listener.addr as Deno.NetAddr).port;
  });
}

/**
 * Refuses a port on which somebody listens.
 *
 * @throws {PipelineError} If somebody does.
 */
export function refuseTakenPort(port: number, { server, kind }: Product): void {
  const listener = tryToListen(port);
  listener?.close();
  if (listener !== undefined) return;
  throw new PipelineError(kind, `Cannot start the ${server}: port ${port} is taken`, {
    hint: `Stop what listens there (another ${server}?), or choose another with --port`,
  });
}

function tryToListen(port: number): Deno.Listener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}
