/**
 * Counts lines and other bytes, with WebAssembly SIMD where the machine has it.
 */
import { LINES_WASM } from "./lines_wasm.ts";
import { unlessMissing } from "./simd.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly WINDOW: WebAssembly.Global;
  readonly WINDOW_SIZE: WebAssembly.Global;
  count(byte: number, length: number): number;
}

let counter: ((bytes: Uint8Array, byte: number) => number) | undefined;

/** Returns how many of the bytes are a line end. */
export function countLines(bytes: Uint8Array, lineEnd: "\n" | "\r" = "\n"): number {
  return countByte(bytes, lineEnd.charCodeAt(0));
}

/** Returns how many of the bytes are this one. */
export function countByte(bytes: Uint8Array, byte: number): number {
  counter ??= unlessMissing(withSimd) ?? countOneByOne;
  return counter(bytes, byte);
}

function withSimd(): (bytes: Uint8Array, byte: number) => number {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(LINES_WASM));
  const { memory, WINDOW, WINDOW_SIZE, count } = new WebAssembly.Instance(module)
    .exports as unknown as Exports;
  const window = new Uint8Array(memory.buffer, WINDOW.value, WINDOW_SIZE.value);
  return (bytes, byte) => {
    let found = 0;
    for (let at = 0; at < bytes.length; at += window.length) {
      const part = bytes.subarray(at, at + window.length);
      window.set(part);
      found += count(byte, part.length);
    }
    return found;
  };
}

/** The same without WebAssembly. */
export function countOneByOne(bytes: Uint8Array, byte: number): number {
  let found = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === byte) found++;
  return found;
}
