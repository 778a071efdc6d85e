/**
 * The checks of the code itself, as tests: they count like any other.
 */
import assert from "node:assert/strict";
import { processTest } from "./support.ts";

const CHECKS: readonly (readonly string[])[] = [
  ["fmt", "--check"],
  ["lint"],
  ["check", "."],
  ["doc", "--lint", "lib/mod.ts"],
];

for (const args of CHECKS) {
  processTest(`deno ${args.join(" ")} finds nothing`, () => passes(args));
}

processTest("deno test passes without permissions, too", () => passes(["test"]));

async function passes(args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: new URL("../", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
}
