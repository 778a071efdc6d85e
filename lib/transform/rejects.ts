/**
 * Rejects as lines of JSON, lossless: text where the record is UTF-8, else base64.
 */
import { toJson } from "../json.ts";
import type { Reject } from "./types.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A reject as `rejects.jsonl` holds it. */
export interface RejectLine {
  /** The file and the line counted from 1 … */
  readonly source?: string;
  readonly line?: number;
  /** … or the Kafka topic with its partition and offset. */
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly reason: Reject["reason"];
  /** The record's text … */
  readonly raw?: string;
  /** … or its bytes, where they are not UTF-8. */
  readonly raw_base64?: string;
  /** Only of a `too_long` record: its length and, in a file, where it begins. */
  readonly bytes?: number;
  readonly byte_offset?: number;
}

/** Returns the reject as an object whose keys are in the order of `rejects.jsonl`. */
export function rejectLine(reject: Reject): RejectLine {
  const { position: { source, partition, offset }, reason, extent } = reject;
  const place = partition === undefined
    ? { source, line: Number(offset) }
    : { topic: source, partition, offset: Number(offset) };
  return {
    ...place,
    reason,
    ...rawText(reject),
    ...(extent && { bytes: extent.bytes }),
    ...(extent?.byteOffset !== undefined && { byte_offset: extent.byteOffset }),
  };
}

/** Returns the reject's line of `rejects.jsonl`, its end included. */
export function formatReject(reject: Reject): string {
  return toJson(rejectLine(reject)) + "\n";
}

/** Returns the reject that the line tells of; of a `too_long` one, what the line holds. */
export function parseReject(reject: RejectLine): Reject {
  const { topic, source, partition, reason, raw, raw_base64, bytes, byte_offset } =
    reject;
  return {
    position: {
      source: (topic ?? source)!,
      ...(partition !== undefined && { partition }),
      offset: BigInt((reject.offset ?? reject.line)!),
    },
    reason,
    raw: raw === undefined ? Uint8Array.fromBase64(raw_base64!) : UTF8.encode(raw),
    ...(bytes !== undefined && {
      extent: { bytes, ...(byte_offset !== undefined && { byteOffset: byte_offset }) },
    }),
  };
}

const UTF8 = new TextEncoder();

/** Returns what stands before the number of the line, or the offset, in such a line. */
export function beforeNumber(source: string, partition: number | undefined): string {
  return partition === undefined
    ? `{"source":${toJson(source)},"line":`
    : `{"topic":${toJson(source)},"partition":${partition},"offset":`;
}

function rawText({ raw, extent }: Reject): { raw: string } | { raw_base64: string } {
  const text = extent === undefined ? decodeUtf8(raw) : decodeStart(raw);
  return text === undefined ? { raw_base64: raw.toBase64() } : { raw: text };
}

/** Returns the text of a record that was cut at 4 KiB, perhaps within a character. */
function decodeStart(raw: Uint8Array): string | undefined {
  try {
    // a stream leaves half a character at the end out
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(raw, { stream: true });
  } catch {
    return undefined;
  }
}
