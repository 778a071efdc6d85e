/**
 * Bytes as text, if they are UTF-8. The platform's own check throws, and an error is slow to
 * make: a file in another encoding has millions of records that are no UTF-8.
 */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Stands where bytes are not UTF-8, and in texts that hold it themselves. */
const REPLACEMENT = "\ufffd";

/** Returns the text, or undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = DECODER.decode(bytes);
  return text.includes(REPLACEMENT) && !isSame(ENCODER.encode(text), bytes)
    ? undefined
    : text;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
