/**
 * How a Kafka cluster is reached.
 */

/** A server of the cluster. */
export interface Server {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Who we are and whom we trust, as texts in PEM. */
export interface Tls {
  /** Certificates of the authorities that we trust. */
  readonly authorities: string;
  /** Our own certificate, and those between it and its authority. */
  readonly certificate: string;
  /** The key of our certificate, not encrypted. */
  readonly key: string;
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
