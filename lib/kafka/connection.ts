/**
 * How a Kafka cluster is reached.
 */

/** A server of the cluster. */
export interface Server {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A certificate and its key, as texts in PEM. */
export interface Identity {
  /** The certificate, and those between it and its authority. */
  readonly certificate: string;
  /** PKCS#8, not encrypted. */
  readonly key: string;
}

/** Whom we trust and who we are. */
export interface Tls {
  /** The certificates of the authorities that we trust, in PEM. */
  readonly authorities: string;
  /** Absent where we do not say who we are. */
  readonly identity?: Identity;
}

/** How a Kafka cluster is reached, and as whom. */
export interface Connection {
  /** Some of its servers: one that answers names all others. */
  readonly servers: readonly Server[];
  /** What the broker's logs and metrics call us. */
  readonly clientId: string;
  /** Absent where the connection is neither encrypted nor anybody's. */
  readonly tls?: Tls;
}

/** Returns the server as people write it: `127.0.0.1:9093`, `[::1]:9093`. */
export function formatServer({ host, port }: Server): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Returns the servers of a list such as `kafka.example:9093,[::1]:9094`, or undefined where
 * one of them is not of that form.
 */
export function parseServers(list: string): readonly Server[] | undefined {
  const servers: Server[] = [];
  for (const text of list.split(",")) {
    const found = /^\s*(?:\[([0-9a-f:.]+)\]|([^\s:\[\]/]+)):([0-9]{1,5})\s*$/i.exec(text);
    const port = Number(found?.[3]);
    if (found === null || port < 1 || port > 65_535) return undefined;
    servers.push({ host: (found[1] ?? found[2])!, port });
  }
  return servers;
}
