/** The network: `report` has none, whatever its task may, unless a cluster does the work. */
import assert from "node:assert/strict";
import { needsNetwork } from "../lib/cli/network.ts";
import { commandWords, processTest, put } from "./support.ts";

const CASES:
  readonly (readonly [args: readonly string[], engine: string, needs: boolean])[] = [
    // the arguments, COHORT_ENGINE → whether the network is needed
    [["report"], "", false],
    [["report", "--input", "a.csv"], "", false],
    [["report", "--engines", "sc://a"], "", false],
    [["report", "--engine", "sc://a"], "", true],
    [["report", "--input", "a.csv", "--engine=sc://a"], "", true],
    [["report"], "sc://a", true],
    [["produce"], "", true], // whose task says what it may
  ];

for (const [args, engine, needs] of CASES) {
  Deno.test(`needsNetwork() of ${args.join(" ")}${engine && ", COHORT_ENGINE"}`, () => {
    const env = (name: string) => name === "COHORT_ENGINE" ? engine : undefined;
    assert.equal(needsNetwork(args, env), needs);
  });
}

Deno.test("needsNetwork() without the variable", () => {
  assert.equal(needsNetwork(["report"], () => undefined), false);
});

/** Runs `report` as its task does; returns whether it could still listen at its end. */
async function listensAtEnd(folder: string, args: readonly string[]): Promise<string> {
  const [program, run, ...words] = commandWords(["report", "--quiet", ...args]);
  const first = put(
    folder,
    "first.ts",
    `addEventListener("unload", () => {
      try {
        Deno.listen({ hostname: "127.0.0.1", port: 0 });
        console.log("listens");
      } catch (error) {
        console.log(error.name);
      }
    });`,
  );
  const { stdout } = await new Deno.Command(program, {
    args: [run!, "--preload", first, ...words, "--out", `${folder}/out`],
    cwd: new URL("../", import.meta.url),
  }).output();
  return new TextDecoder().decode(stdout);
}

processTest("report gives up the network before it works", async (folder) => {
  assert.equal(await listensAtEnd(folder, []), "NotCapable\n");
});

processTest("report keeps the network for --engine", async (folder) => {
  assert.equal(await listensAtEnd(folder, ["--engine", "sc://127.0.0.1:1"]), "listens\n");
});
