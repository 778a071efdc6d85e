/**
 * What the tests of streams share: a topic of messages that can be made again from their
 * partition and offset, and streams as real processes.
 */
import assert from "node:assert/strict";
import {
  openProducer,
  type Outgoing,
  type RecordProducer,
} from "../../lib/kafka/producer.ts";
import { readStore } from "../../lib/stream/snapshot.ts";
import { message } from "../store_support.ts";
import { type Ran, runCommandProcess, startCommand } from "../support.ts";
import { type Bench, flagsFor } from "./support.ts";

/** The topic whose messages the oracle knows. */
export const TOPIC = "ibtissam";
/** How many partitions it has. */
export const PARTITIONS = 2;
/** A session so short that nobody waits long for a member that was killed … */
export const SESSION_MS = 1000;
/** … and one so long that no member is taken for dead because the machine is busy. */
export const LONG_SESSION_MS = 60_000;

/** How long is waited for what must come, in ms: longer than any busy machine takes. */
const PATIENCE_MS = 120_000;

/** Sends the messages that the oracle knows, partition by partition in turn. */
export interface Feeder extends AsyncDisposable {
  /** Sends so many messages to the next partition. */
  send(count: number): Promise<void>;
  /** Sends so many, as fast as the broker takes them. */
  pour(count: number): Promise<void>;
  /** Sends a few again and again, until disposed of. */
  flow(): AsyncDisposable;
}

/** How many messages are poured at a time. */
const POURED = 2000;

/** How far the topic is: by partition, the next offset. */
const ends = new Map<number, number>(
  Array.from({ length: PARTITIONS }, (_, partition) => [partition, 0]),
);

/** Returns by partition how many messages were sent. */
export function sent(): ReadonlyMap<number, number> {
  return new Map(ends);
}

/** Returns what sends messages to the topic. */
export async function openFeeder({ broker }: Bench): Promise<Feeder> {
  const producer = await openProducer(broker.connection, {
    ...{ topic: TOPIC, partitions: PARTITIONS, compression: "none" },
  });
  let turn = 0;
  const send = async (count: number): Promise<void> => {
    const partition = turn++ % PARTITIONS;
    const end = ends.get(partition)!;
    const values = Array.from({ length: count }, (_, i) => message(partition, end + i));
    await producer.send(values.map((value) => ({ value })));
    ends.set(partition, end + count);
  };
  return {
    send,
    async pour(count) {
      for (let left = count; left > 0; left -= POURED) await send(Math.min(left, POURED));
    },
    flow() {
      let isFlowing = true;
      const flowing = (async () => {
        while (isFlowing) {
          await send(60);
          await wait(10);
        }
      })();
      return {
        async [Symbol.asyncDispose]() {
          isFlowing = false;
          await flowing;
        },
      };
    },
    [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
  };
}

/** Sends messages to a topic of one partition. */
export async function sendTo(
  { broker }: Bench,
  topic: string,
  messages: readonly Outgoing[],
  options: Partial<Parameters<typeof openProducer>[1]> = {},
): Promise<void> {
  await using producer: RecordProducer = await openProducer(broker.connection, {
    ...{ topic, partitions: 1, compression: "none" },
    ...options,
  });
  await producer.send(messages);
}

/** A stream as a process, with what it has printed so far. */
export interface StreamProcess {
  readonly child: Deno.ChildProcess;
  /** Resolves when standard error holds the text from that length on. */
  said(text: string | RegExp): Promise<void>;
  /** What it leaves when it ends. */
  readonly ended: Promise<Ran & { readonly signal: Deno.Signal | null }>;
  /** Ends it as a service manager does; fails with what it said if it had ended by itself. */
  stop(): Promise<void>;
}

/**
 * Starts a stream in the folder of the bench, where no settings lie about.
 *
 * @param options `session`: how long the group waits for it, in ms; {@linkcode SESSION_MS} for
 * one that is to be killed.
 */
export function startStream(
  bench: Bench,
  args: readonly string[],
  { session = LONG_SESSION_MS } = {},
): StreamProcess {
  const flags = ["--session-timeout-ms", `${session}`, ...flagsFor(bench), ...args];
  const child = startCommand(["stream", ...flags], { cwd: bench.folder });
  let stderr = "";
  let onText = (): void => {};
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      onText();
    }
  })();
  const stdout = new Response(child.stdout).text();
  let from = 0;
  const ended = (async () => {
    const { code, signal } = await child.status;
    await reading;
    onText();
    return { code, signal, stdout: await stdout, stderr };
  })();
  return {
    child,
    ended,
    async stop() {
      try {
        child.kill("SIGTERM");
      } catch { /* it has ended by itself: what it said tells why */ }
      const { code, stderr } = await ended;
      assert.equal(code, 143, stderr);
    },
    said(text) {
      return new Promise((resolve, reject) => {
        let hasEnded = false;
        const timer = setTimeout(
          () => reject(new Error(`not said: ${text}\n${stderr}`)),
          PATIENCE_MS,
        );
        const look = (): void => {
          const rest = stderr.slice(from);
          const found = typeof text === "string" ? rest.indexOf(text) : rest.search(text);
          if (found < 0 && !hasEnded) return;
          clearTimeout(timer);
          if (found < 0) return reject(new Error(`ended without ${text}:\n${stderr}`));
          from += found + 1;
          resolve();
        };
        onText = look;
        look();
        ended.then(() => {
          hasEnded = true;
          look();
        });
      });
    },
  };
}

/** Runs a stream to its end. */
export async function runStream(
  bench: Bench,
  args: readonly string[],
  options = {},
): Promise<Ran> {
  return await startStream(bench, args, options).ended;
}

/** Runs a stream that reads all that is there now; fails where it does. */
export async function readAll(
  bench: Bench,
  args: readonly string[],
  options = {},
): Promise<Ran> {
  const ran = await runStream(bench, ["--until-end", ...args], options);
  assert.equal(ran.code, 0, ran.stderr);
  return ran;
}

export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Resolves when it is so; fails when that takes too long. */
export async function until(isSo: () => Promise<boolean>, everyMs = 50): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, "it is not so in time");
    await wait(everyMs);
  }
}

/**
 * Checks that several stores have read every message that was sent, each once: `report` finds
 * ranges that neither overlap nor leave gaps, and no student is in two of them.
 */
export async function checkTogether(paths: readonly string[]): Promise<void> {
  const inputs = paths.flatMap((path) => ["--input", path]);
  const report = ["report", ...inputs, "--out", `${paths[0]}-merged`, "--no-html"];
  const { code, stderr } = await runCommandProcess(report);
  assert.equal(code, 0, stderr);
  const rows: string[] = [];
  let read = 0;
  for (const path of paths) {
    rows.push(...Deno.readTextFileSync(`${path}/etudiants_transformed.csv`).split("\n"));
    const { contents } = await readStore(path);
    for (const { counts } of contents.partitions.values()) read += counts.read;
  }
  assert.equal(read, sent().values().reduce((sum, count) => sum + count, 0));
  const students = rows.filter((line) => line.startsWith("ZOÉ"));
  assert.equal(new Set(students).size, students.length);
}
