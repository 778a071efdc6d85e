/**
 * How long the whole `report` command takes and how much memory it needs, beside a plain
 * copy of the same bytes in the same run: medians of interleaved rounds, and their ratio.
 *
 * deno task bench [--records 1000000] [--rounds 3]
 */
import { parseArgs } from "node:util";
import { generate } from "../lib/generate/records.ts";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
  },
});
const records = Number(values.records);
const rounds = Number(values.rounds);

const ROOT = new URL("../", import.meta.url);
const COPY = `const [from, to] = Deno.args;
using input = Deno.openSync(from);
using output = Deno.openSync(to, { write: true, create: true });
const block = new Uint8Array(1 << 20);
for (let n; (n = input.readSync(block)) !== null;) output.writeSync(block.subarray(0, n));`;

/** One run of a process. */
interface Measured {
  /** Wall time. */
  readonly seconds: number;
  /** Peak resident memory. */
  readonly megabytes: number;
}

const PERMISSIONS = ["read", "write", "env", "sys"].map((name) => `--allow-${name}`);

/** Runs a program of Deno to its end. */
async function measure(args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...PERMISSIONS,
      "--preload=bench/peak_memory.ts",
      ...args,
    ],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  const seconds = (performance.now() - started) / 1000;
  const text = new TextDecoder().decode(stderr);
  if (!success) throw new Error(text);
  return { seconds, megabytes: Number(/^peak (\d+) KiB$/m.exec(text)?.[1]) / 1024 };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const folder = await Deno.makeTempDir({ prefix: "cohort-bench-" });
try {
  const path = `${folder}/students.csv`;
  {
    using file = await Deno.open(path, { write: true, create: true });
    for (const chunk of generate({ records, seed: 1 })) await file.write(chunk);
  }
  await Deno.writeTextFile(`${folder}/copy.ts`, COPY);
  const subjects = {
    "plain copy": [`${folder}/copy.ts`, path, `${folder}/copy.csv`],
    "cohort report": ["main.ts", "report", "--quiet", "--input", path, "--out", folder],
  };
  const measured = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(subjects)) {
      measured.set(name, [...measured.get(name) ?? [], await measure(args)]);
    }
  }
  const size = (await Deno.stat(path)).size / 1e6;
  console.log(`${records} records, ${size.toFixed(1)} MB, median of ${rounds} rounds\n`);
  console.log("| what | s | MB of memory | × copy |\n|---|---|---|---|");
  const floor = median(measured.get("plain copy")!.map(({ seconds }) => seconds));
  for (const [name, runs] of measured) {
    const seconds = median(runs.map((run) => run.seconds));
    const megabytes = median(runs.map((run) => run.megabytes));
    const cells = [
      name,
      seconds.toFixed(2),
      megabytes.toFixed(0),
      (seconds / floor).toFixed(1),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
