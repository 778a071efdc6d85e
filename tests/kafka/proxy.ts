/**
 * A way to a server that can be cut as networks cut it: nothing comes through any more, and
 * nobody is told; or both sides are told. It can also change what goes through.
 */

/** May change bytes where they stand; returns true to hang up instead of handing them on. */
type Change = (bytes: Uint8Array) => boolean | void;

/** A proxy at a port of its own; dispose of it to close all. */
export class Proxy implements Disposable {
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  /** Connections that are open now but carry nothing from now on. */
  readonly #cut = new Set<Deno.Conn>();
  /** The port that it leads to. */
  target = 0;
  /** What is done to what goes to the server … */
  alterSent: Change = () => {};
  /** … and what comes from it. */
  alterReceived: Change = () => {};

  constructor() {
    void this.#serve();
  }

  /** Where it listens. */
  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Cuts all connections that are open, without closing them; new ones work. */
  cut(): void {
    for (const conn of this.#open) this.#cut.add(conn);
  }

  /** Closes all connections that are open; new ones work. */
  drop(): void {
    for (const conn of this.#open) this.#close(conn);
  }

  /** Closes all and listens no more; returns what listens at the same port again. */
  leave(): () => void {
    const { port } = this;
    this[Symbol.dispose]();
    return () => {
      this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
      void this.#serve();
    };
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.drop();
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target })
        .catch(() => undefined);
      if (server === undefined) client.close();
      else {
        for (const conn of [client, server]) this.#open.add(conn);
        void this.#carry(client, server, (bytes) => this.alterSent(bytes));
        void this.#carry(server, client, (bytes) => this.alterReceived(bytes));
      }
    }
  }

  /** Carries bytes one way until one side ends, or for ever nothing once it is cut. */
  async #carry(from: Deno.Conn, to: Deno.Conn, change: Change): Promise<void> {
    const bytes = new Uint8Array(64 * 1024);
    try {
      for (let count; (count = await from.read(bytes)) !== null;) {
        if (this.#cut.has(from)) continue;
        if (change(bytes.subarray(0, count)) === true) break;
        for (let done = 0; done < count;) {
          done += await to.write(bytes.subarray(done, count));
        }
      }
    } catch { /* one side has gone */ }
    if (this.#cut.has(from)) return;
    for (const conn of [from, to]) this.#close(conn);
  }

  #close(conn: Deno.Conn): void {
    if (this.#open.delete(conn)) conn.close();
  }
}
