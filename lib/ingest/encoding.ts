/**
 * Turns bytes of any encoding into UTF-8. A byte order mark decides; else `--encoding`; else
 * it is UTF-8. What a UTF-16 file holds that is no text (a lone surrogate, half a character
 * at its end) becomes bytes that are no UTF-8, so that its record is refused, not mended.
 */
import { PipelineError } from "../errors.ts";
import { concat } from "../transform/bytes.ts";
import { type Chunks, startsWith } from "./chunks.ts";

/** How the text of an input is encoded. */
export interface Encoding {
  /** The name by the WHATWG Encoding Standard: `utf-8`, `utf-16le`, `windows-1252` … */
  readonly name: string;
  /** Length of the byte order mark: 0, 2 or 3 bytes. */
  readonly markBytes: number;
}

const MARKS: readonly (readonly [name: string, mark: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** The first of them looks like UTF-16 that begins with NUL. */
const UTF_32_MARKS: readonly (readonly number[])[] = [
  [0xff, 0xfe, 0x00, 0x00],
  [0x00, 0x00, 0xfe, 0xff],
];

/**
 * Returns the name by the Encoding Standard of a label such as `latin1`.
 *
 * @throws {PipelineError} If there is no such encoding.
 */
export function encodingName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new PipelineError("usage", `There is no encoding "${label}"`, {
      hint: "Common ones: utf-8, utf-16le, utf-16be, latin1, windows-1252, iso-8859-15",
      cause,
    });
  }
}

/**
 * Returns the encoding of a text that begins with `head`.
 *
 * @param head The first 64 KiB, or all there is.
 * @param label What the user named with `--encoding`; a byte order mark beats it.
 * @param name The input's name, for errors.
 * @throws {PipelineError} If it looks like UTF-16 and neither a mark nor the user says so.
 */
export function findEncoding(
  head: Uint8Array,
  label: string | undefined,
  name: string,
): Encoding {
  if (UTF_32_MARKS.some((mark) => startsWith(head, mark))) {
    throw new PipelineError("input", `Cannot read ${name}: it is UTF-32, not UTF-8`, {
      hint: "Save it as UTF-8",
    });
  }
  for (const [encoding, mark] of MARKS) {
    if (startsWith(head, mark)) return { name: encoding, markBytes: mark.length };
  }
  if (label !== undefined) return { name: encodingName(label), markBytes: 0 };
  const guess = looksLikeUtf16(head);
  if (guess !== undefined) {
    throw new PipelineError(
      "input",
      `Cannot read ${name}: half of its bytes are NUL, so it is not UTF-8`,
      { hint: `It looks like UTF-16: try --encoding ${guess}` },
    );
  }
  return { name: "utf-8", markBytes: 0 };
}

/** Returns which UTF-16 it is where most bytes at even or at odd places are NUL. */
function looksLikeUtf16(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const nuls = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) nuls[i % 2]!++;
  });
  const [even, odd] = [
    nuls[0]! / Math.ceil(head.length / 2),
    nuls[1]! / (head.length >> 1),
  ];
  if (odd > 0.5 && odd >= even) return "utf-16le"; // Latin letters: the high byte is second
  return even > 0.5 ? "utf-16be" : undefined;
}

/**
 * Yields the text as UTF-8, its byte order mark left out.
 *
 * @throws {PipelineError} If the bytes are not of the encoding and cannot be told apart.
 */
export async function* toUtf8(
  chunks: Chunks,
  encoding: Encoding,
  name: string,
): AsyncGenerator<Uint8Array> {
  const text = skip(chunks, encoding.markBytes);
  if (encoding.name === "utf-8") yield* text;
  else if (encoding.name.startsWith("utf-16")) {
    yield* fromUtf16(text, encoding.name === "utf-16le");
  } else yield* fromOther(text, encoding.name, name);
}

const ENCODER = new TextEncoder();

async function* skip(chunks: Chunks, bytes: number): Chunks {
  let left = bytes;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}

async function* fromOther(chunks: Chunks, encoding: string, name: string): Chunks {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      bytes += chunk.length;
      yield ENCODER.encode(text);
    }
    yield ENCODER.encode(decoder.decode());
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new PipelineError(
      "input",
      `Cannot read ${name}: after byte ${bytes} it is not valid ${encoding}`,
      { hint: "Name its true encoding with --encoding", cause },
    );
  }
}

async function* fromUtf16(chunks: Chunks, isLittleEndian: boolean): Chunks {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = concat([rest, chunk]);
    const end = wholeCharacters(bytes, isLittleEndian);
    rest = bytes.slice(end);
    if (end > 0) yield utf16ToUtf8(bytes.subarray(0, end), isLittleEndian);
  }
  const units = rest.length & ~1;
  if (units > 0) yield utf16ToUtf8(rest.subarray(0, units), isLittleEndian);
  if (rest.length > units) yield Uint8Array.of(0xff); // half a unit: never valid in UTF-8
}

/** Returns how many bytes hold whole characters: a unit or a pair may be cut at the end. */
function wholeCharacters(bytes: Uint8Array, isLittleEndian: boolean): number {
  const end = bytes.length & ~1;
  const high = bytes[isLittleEndian ? end - 1 : end - 2] ?? 0;
  return (high & 0xfc) === 0xd8 ? end - 2 : end;
}

function utf16ToUtf8(bytes: Uint8Array, isLittleEndian: boolean): Uint8Array {
  try {
    const decoder = new TextDecoder(isLittleEndian ? "utf-16le" : "utf-16be", {
      fatal: true,
      ignoreBOM: true,
    });
    return ENCODER.encode(decoder.decode(bytes));
  } catch {
    return utf16WithLoneSurrogates(bytes, isLittleEndian);
  }
}

/** Returns lone surrogates as three bytes each, which UTF-8 forbids; the rest as UTF-8. */
function utf16WithLoneSurrogates(bytes: Uint8Array, isLittleEndian: boolean): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let units = "";
  for (let i = 0; i < bytes.length; i += 2) {
    units += String.fromCharCode(view.getUint16(i, isLittleEndian));
  }
  const out = new Uint8Array(3 * units.length);
  let end = 0;
  for (const character of units) {
    const unit = character.charCodeAt(0);
    if (character.isWellFormed()) {
      end += ENCODER.encodeInto(character, out.subarray(end)).written;
    } else {
      out.set([0xe0 | unit >> 12, 0x80 | unit >> 6 & 0x3f, 0x80 | unit & 0x3f], end);
      end += 3;
    }
  }
  return out.subarray(0, end);
}
