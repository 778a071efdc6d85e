/**
 * The kernel's WebAssembly and what it exports.
 */
import { KERNEL_WASM } from "./kernel_wasm.ts";

/** What `assembly/kernel.ts` exports; it is described there and in `assembly/memory.ts`. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly UPPER_CASE: WebAssembly.Global;
  readonly KINDS: WebAssembly.Global;
  readonly PLAIN: WebAssembly.Global;
  readonly WHITE_SPACE: WebAssembly.Global;
  readonly OTHER: WebAssembly.Global;
  readonly CONTROL: WebAssembly.Global;
  readonly ESCAPES: WebAssembly.Global;
  readonly AGE_TEXTS: WebAssembly.Global;
  readonly SIXTEENS: WebAssembly.Global;
  readonly TAIL_MASK: WebAssembly.Global;
  readonly BASE64: WebAssembly.Global;
  readonly COUNTS: WebAssembly.Global;
  readonly PLACE: WebAssembly.Global;
  readonly PLACE_SIZE: WebAssembly.Global;
  readonly REASON_NAMES: WebAssembly.Global;
  readonly REASON_SIZE: WebAssembly.Global;
  readonly MOST_CELLS: WebAssembly.Global;
  readonly INPUT: WebAssembly.Global;
  readonly INPUT_SIZE: WebAssembly.Global;
  readonly ROWS: WebAssembly.Global;
  readonly ROWS_SIZE: WebAssembly.Global;
  readonly ROWS_FULL: WebAssembly.Global;
  readonly REJECTS: WebAssembly.Global;
  readonly REJECTS_SIZE: WebAssembly.Global;
  readonly REJECTS_FULL: WebAssembly.Global;
  readonly ENTRIES: WebAssembly.Global;
  readonly ENTRY_SIZE: WebAssembly.Global;
  readonly ENTRY_AGES: WebAssembly.Global;
  readonly rowEnd: WebAssembly.Global;
  readonly rejectEnd: WebAssembly.Global;
  readonly records: WebAssembly.Global;
  readonly newSpelling: WebAssembly.Global;
  readonly newSpellingLength: WebAssembly.Global;
  setRowEnd(at: number): void;
  setRejectEnd(at: number): void;
  setPlace(length: number): void;
  beginText(at: number): void;
  setLayout(
    delimiter: number,
    cells: number,
    name: number,
    first: number,
    last: number,
    age: number,
    field: number,
  ): void;
  run(
    at: number,
    end: number,
    number: number,
    olderThan: number,
    weight: number,
  ): number;
  learn(from: number, length: number, cellLength: number): number;
}

/**
 * Returns a new instance with memory of its own.
 *
 * @throws {WebAssembly.CompileError} If the machine has no WebAssembly SIMD.
 */
export function instantiate(): Exports {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_WASM));
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}
