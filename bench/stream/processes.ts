/**
 * The processes of the stream's benchmark: a broker with topics, readers of them.
 */
import { PipelineError } from "../../lib/errors.ts";
import { openAdmin } from "../../lib/kafka/admin.ts";
import { makeCertificates } from "../../lib/kafka/certificates.ts";
import { type Broker, startBroker } from "../../tools/broker/broker.ts";
import { run } from "../measure.ts";

/** What a reader of a topic tells at its end. */
export interface Finished {
  readonly messages: number;
  /** From when the partitions were its own to when the last message was done with. */
  readonly seconds: number;
  /** Peak resident memory over the first tenth of the messages, in millions of bytes. */
  readonly earlyMegabytes: number;
  /** Over all of them. */
  readonly megabytes: number;
}

/** A commit of a stream. */
export interface CommitLine {
  /** When it was done, in ms since 1970. */
  readonly at: number;
  /** The checkpoint of partition 0. */
  readonly next: string;
}

/** A broker under measurement. */
export interface BenchBroker extends AsyncDisposable {
  readonly broker: Broker;
  /** The folder of the certificates. */
  readonly certificates: string;
}

const ROOT = new URL("../../", import.meta.url).pathname;
const DENO = [
  ...["run", "--quiet", "--no-prompt", "--permission-set=stream"],
  `--config=${ROOT}deno.json`,
];

/** Starts a broker with mutual TLS in the folder. */
export async function startBench(folder: string): Promise<BenchBroker> {
  const certificates = `${folder}/certs`;
  const { authority, service, broker: server } = await makeCertificates({
    ...{ hosts: ["127.0.0.1"], days: 2, now: new Date() },
  });
  await Deno.mkdir(certificates, { recursive: true });
  const files = {
    "ca.pem": authority,
    "service.cert": service.certificate,
    "service.key": service.key,
    "broker.pem": server.key + server.certificate,
    "service.pem": service.key + service.certificate, // what Java wants
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${certificates}/${name}`, text, { mode: 0o600 });
  }
  const broker = await startBroker({ data: `${folder}/broker`, certificates });
  return { broker, certificates, [Symbol.asyncDispose]: () => broker.stop() };
}

/** Returns the flags with which a command of Cohort's reaches the broker. */
export function flagsFor({ broker, certificates }: BenchBroker): readonly string[] {
  return [
    ...["--bootstrap-servers", `127.0.0.1:${broker.port}`],
    ...["--ssl-ca-location", `${certificates}/ca.pem`],
    ...["--ssl-certificate-location", `${certificates}/service.cert`],
    ...["--ssl-key-location", `${certificates}/service.key`],
  ];
}

/** Starts a command of Cohort's with the permissions of `stream`. */
export function startCohort(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO, `${ROOT}main.ts`, ...args],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
}

/** Makes the topic and sends it the records of the file. */
export async function produce(
  bench: BenchBroker,
  { topic, partitions, input }: {
    readonly topic: string;
    readonly partitions: number;
    readonly input: string;
  },
): Promise<void> {
  await using admin = await openAdmin(bench.broker.connection);
  await admin.createTopic({ topic, partitions });
  const args = ["produce", "--input", input, "--topic", topic, "--no-header", "--quiet"];
  await run(Deno.execPath(), [...DENO, `${ROOT}main.ts`, ...args, ...flagsFor(bench)]);
}

/** Starts a reader of `subject.ts`. */
export function startSubject(
  kind: "count" | "plain" | "stream",
  { broker, certificates }: BenchBroker,
  { topic, messages, store = "" }: {
    readonly topic: string;
    readonly messages: number;
    readonly store?: string;
  },
): Deno.ChildProcess {
  const args = [kind, certificates, `${broker.port}`, topic, `${messages}`, store];
  return new Deno.Command(Deno.execPath(), {
    args: [...DENO, `${ROOT}bench/stream/subject.ts`, ...args],
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
}

/**
 * Returns what a reader of `subject.ts` has printed: its commits, and the end.
 *
 * @throws {PipelineError} If it fails.
 */
export async function finish(
  child: Deno.ChildProcess,
): Promise<{ readonly finished: Finished; readonly commits: readonly CommitLine[] }> {
  const { success, stdout, stderr } = await child.output();
  if (!success) {
    const complaint = new TextDecoder().decode(stderr).trim().split("\n")[0];
    throw new PipelineError("engine", `a reader of the topic fails: ${complaint}`);
  }
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const finished: Finished = JSON.parse(lines.pop()!);
  return { finished, commits: lines.map((line) => JSON.parse(line)) };
}
