/**
 * Where a Spark Connect server is and who we are there: the connection string
 * `sc://host:15002/;token=…;use_ssl=true;user_id=…` that all clients of Spark Connect know.
 */
import { PipelineError } from "../errors.ts";

/** What a connection string says. */
export interface SparkAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted. */
  readonly tls: boolean;
  /** Shown to the server, and to nobody else. */
  readonly token?: string;
  /** Whose session it is, on the server's own pages. */
  readonly user: string;
  /** Sent with every request, for a gateway before the server: `x-…`. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Where Spark Connect listens unless it is told otherwise. */
export const SPARK_PORT = 15_002;

const FORM =
  /^sc:\/\/(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::([0-9]{1,5}))?(?:\/(?:;(.*))?)?$/is;
const PARAMETER = /^(token|use_ssl|user_id|x-[a-z0-9._-]+)$/;

/**
 * Returns what a connection string says. As in Spark's own clients, a token asks for TLS
 * unless `use_ssl=false` stands beside it.
 *
 * @throws {PipelineError} If it is no connection string, or would show the token to
 * everybody on the way. No error shows a secret.
 */
export function parseAddress(text: string): SparkAddress {
  const found = FORM.exec(text);
  const port = Number(found?.[3] ?? SPARK_PORT);
  if (found === null || port < 1 || port > 65_535) {
    // no token, and no password before an @
    const [start] = text.replace(/^.*@/s, "…@").split(/[;?]/);
    throw unusable(
      `"${start}" is no connection string of Spark Connect`,
      "Write sc://host:15002, or sc://host:15002/;use_ssl=true;token=…",
    );
  }
  const host = found[1] ?? found[2]!;
  const parameters = parseParameters(found[4] ?? "");
  const token = parameters.get("token");
  const tls = parseSwitch(parameters.get("use_ssl")) ?? token !== undefined;
  if (tls) refuseNumbers(host);
  else if (token !== undefined) refuseOpenToken(host);
  return {
    ...{ host, port, tls },
    ...(token !== undefined && { token }),
    user: parameters.get("user_id") ?? "cohort",
    headers: new Map([...parameters].filter(([name]) => name.startsWith("x-"))),
  };
}

/** Returns the server as people write it, without secrets: `spark.example:15002`. */
export function formatAddress(
  { host, port }: Pick<SparkAddress, "host" | "port">,
): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const parameter of text.split(";").filter((one) => one !== "")) {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(parameter) ?? [];
    // without its name, it may be a secret
    if (name === undefined) throw unusable("A parameter has no name or no value", FORMS);
    if (!PARAMETER.test(name)) throw unusable(`There is no parameter ${name}`, FORMS);
    const decoded = decode(value!);
    if (decoded === undefined) {
      throw unusable(
        `${name} cannot be sent`,
        "Write it in ASCII, with %25 for a percent sign and %3B for a semicolon",
      );
    }
    parameters.set(name, decoded);
  }
  return parameters;
}

const FORMS = "Known are token=…, use_ssl=true, user_id=…, and x-…=… for headers";

/** Returns the value with each %xx read; undefined where no header can carry it. */
function decode(value: string): string | undefined {
  try {
    const decoded = decodeURIComponent(value);
    return /^[\x20-\x7e]+$/.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function parseSwitch(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  throw unusable(`use_ssl cannot be "${text}"`, "Give true or false");
}

/** Certificates are for names, and Deno's TLS takes no address where a name belongs. */
function refuseNumbers(host: string): void {
  if (!/^[\d.]+$|:/.test(host)) return;
  throw unusable(
    `TLS needs the name of the server, and ${host} is an address`,
    "Write the name that its certificate has, or use_ssl=false if it has none",
  );
}

/** A token opens the cluster to whoever reads it on the way. */
function refuseOpenToken(host: string): void {
  if (/^(localhost|127\.[\d.]+|::1)$/i.test(host)) return;
  throw unusable(
    `The token would go to ${host} without encryption`,
    "Leave use_ssl=false out, or make a tunnel and connect to localhost",
  );
}

function unusable(what: string, hint: string): PipelineError {
  return new PipelineError("usage", `Cannot use the connection string: ${what}`, {
    hint,
  });
}
