/**
 * What goes wrong with Spark, in words: with the connection, with the server that answers,
 * with our worker on an executor, and what Spark itself says, with its error class.
 */
import { stripVTControlCharacters } from "node:util";
import { PipelineError } from "../errors.ts";
import { formatAddress, type SparkAddress } from "./address.ts";
import type { ErrorDetails } from "./messages.ts";
import { CODES, type RpcError } from "./rpc.ts";

/** What is wrong, and what to do about it. */
type Diagnosis = readonly [what: string, hint: string];

/** What is known of a request that failed. */
export interface Failure {
  readonly address: SparkAddress;
  readonly error: RpcError;
  /** Whether the server had answered before. */
  readonly isOpen: boolean;
  /** What the server tells when it is asked for more. */
  readonly details?: ErrorDetails | undefined;
}

/** Returns what is wrong and what to do; the cause is all that Java tells. */
export function explain({ address, error, isOpen, details }: Failure): PipelineError {
  const cause = details && javaError(details, details.root_error_idx) || error;
  const [what, hint] = diagnoseWorker(cause.message) ??
    diagnoseExecutor(cause.message) ?? diagnoseSpark(cause, error) ??
    diagnoseConnection(address, error, isOpen);
  return new PipelineError("engine", what, { hint, cause });
}

const DEBUG = "Run again with --debug for all that Spark tells";

/** Returns what a worker that ended early has said, by what Spark says of it. */
function diagnoseWorker(message: string): Diagnosis | undefined {
  const [, status, stderr] =
    /Subprocess exited with status (\d+)\. Error: ([^]*)/.exec(message) ?? [];
  if (stderr === undefined) return undefined;
  if (/\bdeno: (command )?not found|\bdeno: No such file/.test(stderr)) {
    return [
      "An executor of Spark has no Deno",
      "Install it on every machine of the cluster, on the PATH of the executors",
    ];
  }
  return [
    `The worker on an executor ended with status ${status}: ${gist(stderr)}`,
    DEBUG,
  ];
}

/** Returns the line of a standard error that tells most. */
function gist(stderr: string): string {
  // Spark puts a period of its own below it
  const lines = stripVTControlCharacters(stderr).split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && line !== ".");
  const told = lines.findLast((line) => /^error: /i.test(line)) ?? lines.at(-1);
  return shorten(told ?? "it said nothing");
}

/** Returns what has ended executors, where Spark has given up to try again with others. */
function diagnoseExecutor(message: string): Diagnosis | undefined {
  const [, reason] = /ExecutorLostFailure \(.*\) Reason: (.*)/.exec(message) ?? [];
  return reason === undefined ? undefined : [
    `Spark has lost executors at the same work again and again: ${shorten(reason)}`,
    "See the logs of the executors; often they lack memory",
  ];
}

const STOPPED: Diagnosis = [
  "Spark has stopped, and only its server still answers",
  "Start the server again; Spark's log tells why",
];

const SPARK_SAYS: readonly (readonly [RegExp, Diagnosis])[] = [
  [/^\[INVALID_HANDLE\.(SESSION|OPERATION)/, [
    "Spark has ended our session, or has been started again",
    "Run this again; Spark's log tells why",
  ]],
  [
    /stopped SparkContext|SparkContext was shut down|Master removed our application/,
    STOPPED,
  ],
  [/No active or default Spark session found/, STOPPED],
  [/bigger than spark\.driver\.maxResultSize/, [
    "The result is larger than spark.driver.maxResultSize of the cluster allows",
    "Leave it on the cluster with --parts URI, or have that setting raised",
  ]],
];

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^\[PATH_ALREADY_EXISTS\]/,
    "Name another folder with --parts: nothing is overwritten",
  ],
  [/^\[PATH_NOT_FOUND\]/, "Name a path that the cluster sees: its machines read it"],
  [
    /^\[FAILED_READ_FILE/,
    "See whether the file is whole, and whether the cluster may read it",
  ],
  [
    /No FileSystem for scheme|FileSystem not found/,
    "This Spark lacks the library for such addresses, as hadoop-aws is for s3a:// ones",
  ],
  [/UnknownHostException/, "Mend the address: Spark's machines know no such host"],
];

/** Returns what Spark says in the words of its own, from the error class to the SQL state. */
function diagnoseSpark(cause: Error, { info }: RpcError): Diagnosis | undefined {
  const { message } = cause;
  if (info.size === 0 && !message.startsWith("[")) return undefined;
  const known = SPARK_SAYS.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  const [said] = message.trim().replace(LOST_TASK, "").split(/\.? SQLSTATE: |\n/);
  const why = said!.startsWith("[FAILED_READ_FILE") ? innermost(cause) : cause;
  const reason = why === cause ? "" : `: ${why.message}`;
  const hint = HINTS.find(([pattern]) => pattern.test(said!))?.[1] ?? DEBUG;
  return [`Spark says: ${shorten(shorten(unescapeGlob(said!)) + reason)}`, hint];
}

/** What stands before the reason why a task has failed for the last time. */
const LOST_TASK = /^Job aborted due to stage failure: .* most recent failure: .*?\): /;

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

/** Returns the text without the marks that `escapeGlob` has put into a path. */
function unescapeGlob(text: string): string {
  return text.replace(/\\([{}[\]*?\\])/g, "$1");
}

/** What Deno says of a connection that does not come about. */
const SAYINGS: readonly (readonly [RegExp, (address: SparkAddress) => Diagnosis])[] = [
  [/ECONNREFUSED/, () => [
    "nothing listens there",
    "Start it (deno task spark), or mend the connection string",
  ]],
  [/Name resolution failed|ENOTFOUND/, ({ host }) => [
    `there is no host named ${host}`,
    "Mend the connection string",
  ]],
  [/wrong version number|corrupt message/, ({ token }) => [
    "it does not speak TLS",
    token === undefined
      ? "Leave use_ssl=true out, or name its port for TLS"
      : "Write use_ssl=false beside the token, or name its port for TLS",
  ]],
  [/verify the first certificate/, () => [
    "its certificate has expired, or is signed by an authority that we do not trust",
    "Name the authority's file in the variable GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
  ]],
  [/altnames|not valid for name/, ({ host }) => [
    `its certificate is not for ${host}`,
    "Write the name that the certificate has",
  ]],
  [/ net access /, () => [
    "this process has given up the network",
    "Name the cluster with --engine or COHORT_ENGINE, not in a file",
  ]],
  [/No connection established/, ({ tls }) => [
    "it hung up without an answer",
    tls
      ? "See its log"
      : "It may want TLS: write /;use_ssl=true after the port; else see its log",
  ]],
];

const STRANGER: Diagnosis = [
  "what answers is no Spark Connect server",
  "Mend the connection string: Spark Connect listens at 15002 unless it is told otherwise",
];

function diagnoseConnection(
  address: SparkAddress,
  { code, message }: RpcError,
  isOpen: boolean,
): Diagnosis {
  const place = `Spark at ${formatAddress(address)}`;
  const isLost = code === CODES.unavailable || code === CODES.deadlineExceeded;
  if (isOpen && isLost) {
    return [
      `The connection to ${place} is lost`,
      "See its log; run this again when it is back",
    ];
  }
  const [what, hint] = refusal(address, code) ??
    SAYINGS.find(([pattern]) => pattern.test(message))?.[1](address) ??
    [shorten(message), "See its log"];
  return [`Cannot use ${place}: ${what}`, hint];
}

/** Returns what gRPC's number alone tells. */
function refusal({ token }: SparkAddress, code: number): Diagnosis | undefined {
  switch (code) {
    case CODES.unauthenticated:
    case CODES.permissionDenied:
      return token === undefined
        ? ["it wants a token", "Write /;token=… after the port, in COHORT_ENGINE"]
        : ["it does not accept the token", "Take the one that the cluster was given"];
    case CODES.deadlineExceeded:
      return ["it does not answer", "Look at its log and at firewalls on the way"];
    case CODES.unimplemented:
    case CODES.resourceExhausted: // a text in place of a message has an enormous length
      return STRANGER;
  }
}

/** Returns an exception of Java's with its causes. */
function javaError(details: ErrorDetails, index: number | undefined): Error | undefined {
  const error = index === undefined ? undefined : details.errors[index];
  if (error === undefined) return undefined;
  const { error_type_hierarchy: [name = "Error"], message, cause_idx } = error;
  const made = new Error(message, { cause: javaError(details, cause_idx) });
  return Object.assign(made, { name, stack: `${name}: ${message}` });
}

/** Returns the text in one line that is not too long for an error. */
function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
