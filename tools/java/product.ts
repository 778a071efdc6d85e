/**
 * A server in Java that the tools start: which, and where its parts are.
 */
import type { ErrorKind } from "../../lib/errors.ts";

/** One of the servers. */
export interface Product {
  /** What Maven fetches: `Kafka`. */
  readonly name: string;
  /** What is started: `broker`. */
  readonly server: string;
  /** The kind of its errors. */
  readonly kind: ErrorKind;
  /** Its `pom.xml`, beside which `jars/` stands. */
  readonly pom: URL;
}
