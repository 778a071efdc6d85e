/**
 * The bytes of an input as text: unpacked, decoded, laid out, all found out from its head.
 */
import type { Layout } from "../transform/types.ts";
import { type Chunks, peek } from "./chunks.ts";
import { unpack, type Unpacked } from "./compression.ts";
import { type DialectOptions, findLayout, HEAD_BYTES } from "./dialect.ts";
import { type Encoding, findEncoding, toUtf8 } from "./encoding.ts";

/** What the user has decided about the text; what is absent is found out. */
export interface TextOptions extends DialectOptions {
  /** The encoding where no byte order mark tells: any label of the Encoding Standard. */
  readonly encoding?: string;
}

/** An input whose head is known. */
export interface Opened {
  readonly layout: Layout;
  readonly encoding: Encoding;
  readonly compression: Unpacked["compression"];
  /** The text as UTF-8. */
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Where the text begins: after the byte order mark. */
  readonly byteOffset: number;
}

/**
 * Returns the text and what was found out about it.
 *
 * @param name The input's name, for errors.
 * @throws {PipelineError} If it is of another encoding or form, or has a header that does not
 * name the columns.
 */
export async function openText(
  name: string,
  packed: Chunks,
  options: TextOptions,
): Promise<Opened> {
  const { chunks: bytes, compression } = await unpack(packed, name);
  const raw = await peek(bytes, HEAD_BYTES);
  const encoding = findEncoding(raw.head, options.encoding, name);
  const text = await peek(toUtf8(raw.chunks, encoding, name), HEAD_BYTES);
  const layout = findLayout(text.head, options, name);
  const isUtf8 = encoding.name === "utf-8"; // of other encodings, the decoded text is counted
  const byteOffset = isUtf8 ? encoding.markBytes : 0;
  return { layout, encoding, compression, chunks: text.chunks, byteOffset };
}
