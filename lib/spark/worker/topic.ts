/**
 * The work on messages of a topic, each with its partition and its offset before it.
 */
import { concat } from "../../transform/bytes.ts";
import { PLAIN_LAYOUT } from "../../transform/types.ts";
import { wholeLines } from "./fed.ts";
import { ESCAPE, TO_WORKER } from "./protocol.ts";
import { type Tools, Total } from "./work.ts";

const LF = 10;
const TAB = 9;
const ASCII = new TextDecoder("latin1");

/** A message of a partition. */
interface Message {
  readonly partition: number;
  readonly offset: bigint;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
}

/** Cleans messages that come by partition and offset. */
export function workOnTopic(name: string, { cleaner, answers, read }: Tools): void {
  let open: OpenPartition | undefined;
  for (const lines of wholeLines(read)) {
    for (const [partition, messages] of runs(lines)) {
      if (open?.partition !== partition) {
        open?.close();
        open = new OpenPartition(name, partition, { cleaner, answers, read });
      }
      open.take(messages);
    }
  }
  open?.close();
}

/** Yields consecutive messages of one partition. */
function* runs(lines: Uint8Array): Generator<readonly [number, readonly Message[]]> {
  let run: Message[] = [];
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(LF, at);
    const message = parse(lines.subarray(at, end));
    if (run.length > 0 && run[0]!.partition !== message.partition) {
      yield [run[0]!.partition, run];
      run = [];
    }
    run.push(message);
    at = end + 1;
  }
  if (run.length > 0) yield [run[0]!.partition, run];
}

/** Reads `partition TAB offset TAB value`. */
function parse(line: Uint8Array): Message {
  const first = line.indexOf(TAB);
  const second = line.indexOf(TAB, first + 1);
  return {
    partition: Number(ASCII.decode(line.subarray(0, first))),
    offset: BigInt(ASCII.decode(line.subarray(first + 1, second))),
    value: parseValue(line.subarray(second + 1)),
  };
}

function parseValue(value: Uint8Array): Uint8Array | null {
  if (value[0] !== ESCAPE) return value;
  if (String.fromCharCode(value[1]!) === TO_WORKER.tombstone) return null;
  return Uint8Array.fromHex(ASCII.decode(value.subarray(2)));
}

/** A partition that is being cleaned. */
class OpenPartition {
  readonly partition: number;
  readonly #name: string;
  readonly #tools: Tools;
  readonly #total = new Total();
  #start: bigint | undefined;
  #next = 0n;

  constructor(name: string, partition: number, tools: Tools) {
    this.#name = name;
    this.partition = partition;
    this.#tools = tools;
    tools.answers.split({
      ...{ source: 0, start: partition, length: 1 },
      size: Number.MAX_SAFE_INTEGER,
    });
  }

  take(messages: readonly Message[]): void {
    const { cleaner, answers } = this.#tools;
    const offsets = messages.map(({ offset }) => offset);
    this.#start ??= offsets[0]!;
    this.#next = offsets.at(-1)! + 1n;
    const cleaned = cleaner.clean({
      input: { name: this.#name, layout: PLAIN_LAYOUT },
      partition: this.partition,
      values: messages.map(({ value }) => value),
      offsets,
    });
    this.#total.add(cleaned);
    answers.rows(concat([cleaned.csv])); // they are overwritten there
    answers.rejects(concat([cleaned.rejects]));
  }

  close(): void {
    this.#tools.answers.end({
      ...{ lines: 0, stored: 0, bytes: 0, isCut: false },
      ...this.#total.result(this.#tools.cleaner.engine),
      offsets: [Number(this.#start), Number(this.#next)],
    });
  }
}
