/**
 * JupyterLab on the notebooks' folder, for this machine only.
 */
import { resolve } from "node:path";
import { PipelineError } from "../errors.ts";
import type { Environment } from "./environment.ts";

/** How the lab is opened. */
export interface LabOptions {
  readonly folder: string;
  /** 0 to take any that is free. */
  readonly port: number;
  /** Whether the browser opens by itself. */
  readonly open: boolean;
  readonly signal: AbortSignal;
}

/**
 * Opens the lab and waits until it is closed. Jupyter tells its address, with the token that
 * opens it, on standard error.
 *
 * @throws {PipelineError} If it ends with an error.
 */
export async function openLab(
  { python, variables }: Environment,
  { folder, port, open, signal }: LabOptions,
): Promise<void> {
  const child = new Deno.Command(python, {
    args: [
      ...["-m", "jupyterlab", "-y"],
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${port}`,
      `--ServerApp.root_dir=${resolve(folder)}`,
      "--ServerApp.allow_remote_access=False",
      "--ServerApp.allow_root=True", // a container often has no other user
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
      "--LabApp.news_url=None",
      ...open ? [] : ["--no-browser"],
    ],
    env: { ...variables },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const stop = (): void => {
    try {
      child.kill("SIGTERM"); // it ends its kernels first
    } catch { /* it has ended by itself: Ctrl-C reaches it too */ }
  };
  signal.addEventListener("abort", stop);
  const { success, code } = await child.status;
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (success) return;
  throw new PipelineError("engine", `JupyterLab ended with code ${code}`, {
    hint: "Its own messages above tell why",
  });
}
