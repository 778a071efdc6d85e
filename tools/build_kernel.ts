/**
 * Builds the kernel: AssemblyScript in, a module with the WebAssembly in Base64 out, so that
 * it needs no file and no permission where it runs. deno task kernel
 */
import asc from "assemblyscript/asc";

const FOLDER = new URL("../lib/transform/kernel/", import.meta.url);

/** What is built: the source's name, the constant's, the memory in pages of 64 KiB. */
const MODULES = [
  { name: "kernel", constant: "KERNEL_WASM", pages: 4032 },
  { name: "lines", constant: "LINES_WASM", pages: 1 },
] as const;

/**
 * Returns the texts of the modules with the WebAssembly, by their names.
 *
 * @throws {SyntaxError} If a source does not compile.
 */
export async function buildKernel(): Promise<ReadonlyMap<string, string>> {
  const built = new Map<string, string>();
  for (const { name, constant, pages } of MODULES) {
    const wasm = await compile(name, pages);
    const lines = wasm.toBase64().match(/.{1,80}/g)!.map((line) => `  "${line}",`);
    built.set(
      `${name}_wasm.ts`,
      `/** WebAssembly in Base64, built from \`assembly/${name}.ts\`. */\n` +
        `export const ${constant}: string = [\n${lines.join("\n")}\n].join("");\n`,
    );
  }
  return built;
}

async function compile(name: string, pages: number): Promise<Uint8Array> {
  let wasm = new Uint8Array(0);
  const { error, stderr } = await asc.main([
    ...[`${name}.ts`, "--outFile", "out.wasm", "-O3", "--noAssert"],
    ...["--runtime", "stub", "--enable", "simd", "--use", "abort="],
    ...["--initialMemory", `${pages}`, "--maximumMemory", `${pages}`],
  ], {
    readFile: (path) => {
      try {
        return Deno.readTextFileSync(new URL(`assembly/${path}`, FOLDER));
      } catch {
        return null; // the compiler looks in several places
      }
    },
    writeFile: (path, data) => {
      if (path === "out.wasm") wasm = new Uint8Array(data as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new SyntaxError(stderr.toString());
  return wasm;
}

if (import.meta.main) {
  for (const [name, text] of await buildKernel()) {
    await Deno.writeTextFile(new URL(name, FOLDER), text);
  }
}
