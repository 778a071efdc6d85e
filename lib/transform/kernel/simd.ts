/**
 * WebAssembly SIMD, which not every machine has.
 */

/** Returns what was made, or undefined where the machine has no WebAssembly SIMD. */
export function unlessMissing<T>(make: () => T): T | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  try {
    return make();
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}
