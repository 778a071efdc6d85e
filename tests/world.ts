/**
 * What tests need of the world beyond processes: other programs, small disks.
 */
import assert from "node:assert/strict";
import { hasProcesses, isGate, processTest } from "./support.ts";

/** Whether this is Linux, where disks can be mounted. */
export const isLinux = Deno.build.os === "linux";

/** Runs a program to its end. */
export type Run = (
  program: string,
  ...args: string[]
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;

/** Runs a program. */
export const run: Run = async (program, ...args) => {
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
};

/** Whether the program can be run so; false where it is missing. */
export async function works(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await run(program, ...args)).code === 0;
  } catch {
    return false;
  }
}

/** A test that needs more than processes: says why it is left out, and fails at the gate. */
export function needs(
  has: boolean,
  reason: string,
  name: string,
  test: (folder: string) => Promise<void>,
): void {
  const isLeftOut = hasProcesses && !has && !isGate;
  if (isLeftOut) console.info(`left out, ${reason}: ${name}`);
  processTest(name, test, { ignore: isLeftOut });
}

/** Mounts a small disk for the time of the test. */
export async function withDisk(
  folder: string,
  options: string,
  test: (disk: string) => Promise<void>,
): Promise<void> {
  const disk = `${folder}/disk`;
  Deno.mkdirSync(disk);
  const mounted = await run("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk);
  assert.equal(mounted.code, 0, mounted.stderr);
  try {
    await test(disk);
  } finally {
    await run("umount", disk);
  }
}

/** Whether a small disk can be mounted here: by root on Linux. */
async function triesToMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "cohort-" });
  try {
    await withDisk(folder, "size=64k", () => Promise.resolve());
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
/** Whether small disks can be mounted. */
export const canMount = hasProcesses && isLinux && await triesToMount();
/** Why tests that need a small disk are left out. */
export const NO_MOUNT = "no tmpfs can be mounted here";
