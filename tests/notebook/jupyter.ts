/**
 * The real JupyterLab, for tests: its environment is made once, by the code under test.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { ensureEnvironment, type Environment } from "../../lib/notebook/environment.ts";
import { type Result, writeReport } from "../../lib/mod.ts";
import { generate } from "../../lib/generate/records.ts";
import { readFiles } from "../../lib/ingest/files.ts";
import { type Notebook, parseNotebook } from "../../lib/notebook/notebook.ts";
import type { ParameterValue } from "../../lib/notebook/parameters.ts";
import { hasProcesses, isGate, processTest } from "../support.ts";

const hasPython = findPython();

function findPython(): boolean {
  if (!hasProcesses) return false;
  try {
    const code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    return new Deno.Command("python3", { args: ["-c", code] }).outputSync().success;
  } catch {
    return false;
  }
}

if (hasProcesses && !hasPython && !isGate) {
  console.info("left out, no Python 3.10 with venv is installed: tests in JupyterLab");
}

/** A test that needs JupyterLab; ignored where there is no Python, but not at the gate. */
export function jupyterTest(
  name: string,
  test: (folder: string) => Promise<void>,
  hasTools = true,
): void {
  processTest(name, test, { ignore: !isGate && !(hasPython && hasTools) });
}

/** Returns the environment of the notebooks, as the command makes it. */
export function environment(): Promise<Environment> {
  return ensureEnvironment({
    folder: "notebooks",
    signal: new AbortController().signal,
    onStep: (message) => console.info(`${message} …`),
  });
}

/** Executes the notebooks in the real kernel, two at a time, as nbclient does it. */
export async function execute(
  notebooks: readonly Notebook[],
): Promise<readonly Notebook[]> {
  const { python, variables } = await environment();
  const child = new Deno.Command(python, {
    args: [resolve("tests/notebook/execute.py")],
    env: { ...variables, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const jobs = notebooks.map((notebook) => ({ notebook, folder: resolve("notebooks") }));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(jobs)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const executed: readonly unknown[] = JSON.parse(new TextDecoder().decode(stdout));
  return executed.map((one) => parseNotebook(JSON.stringify(one), "a notebook"));
}

/** One set of parameters for all notebooks, and the report of the same input. */
export interface Variant {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  /** Where the input is, from where the tests run. */
  readonly input: string;
  readonly result: Result;
}

/**
 * What the notebooks say by themselves: the sample, and students over 20; no broker or store
 * that this machine may have.
 */
export async function standard(folder: string): Promise<Variant> {
  const input = "data/students.csv";
  const result = await reportOf(input, 20, folder);
  const parameters = new Map([["report", `${folder}/own`], ["source", "file"]]);
  return { parameters, input, result };
}

/** Other records, and students over 25. */
export async function other(folder: string): Promise<Variant> {
  const input = `${folder}/other.csv`;
  const records = ReadableStream.from(generate({ records: 1500, seed: 7 }));
  await Deno.writeFile(input, records);
  const result = await reportOf(input, 25, folder);
  const parameters = new Map<string, ParameterValue>([
    ["input", input],
    ["olderThan", 25],
    ["fieldA", "DROIT"],
    ["fieldB", "GÉNIE CIVIL"],
    ["confidence", 0.9],
    ["source", "file"],
    ["size", 300],
    ["pauseMs", 1],
    ["report", `${folder}/own`],
  ]);
  return { parameters, input, result };
}

async function reportOf(
  input: string,
  olderThan: number,
  folder: string,
): Promise<Result> {
  return await writeReport(await readFiles(input), {
    out: `${folder}/report`,
    olderThan,
    page: false,
  });
}
