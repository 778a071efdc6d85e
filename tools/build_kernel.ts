/**
 * Builds the kernel: AssemblyScript in, a module with the WebAssembly in Base64 out, so that
 * it needs no file and no permission where it runs. deno task kernel
 */
import asc from "assemblyscript/asc";

/**
 * Returns the text of `wasm.ts` for the kernel's source.
 *
 * @throws {SyntaxError} If the source does not compile.
 */
export async function buildKernel(source: string): Promise<string> {
  let wasm = new Uint8Array(0);
  const { error, stderr } = await asc.main([
    ...["kernel.ts", "--outFile", "kernel.wasm", "-O3", "--noAssert"],
    ...["--runtime", "stub", "--enable", "simd", "--use", "abort="],
    ...["--initialMemory", "2560", "--maximumMemory", "2560"], // 160 MiB
  ], {
    readFile: (name) => name === "kernel.ts" ? source : null,
    writeFile: (name, data) => {
      if (name === "kernel.wasm") wasm = new Uint8Array(data as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new SyntaxError(stderr.toString());
  const lines = wasm.toBase64().match(/.{1,80}/g)!.map((line) => `  "${line}",`);
  return `/** The kernel as WebAssembly in Base64, built from \`assembly/kernel.ts\`. */\n` +
    `export const KERNEL_WASM: string = [\n${lines.join("\n")}\n].join("");\n`;
}

if (import.meta.main) {
  const folder = new URL("../lib/transform/kernel/", import.meta.url);
  const source = new URL("assembly/kernel.ts", folder);
  const target = new URL("wasm.ts", folder);
  await Deno.writeTextFile(target, await buildKernel(await Deno.readTextFile(source)));
}
