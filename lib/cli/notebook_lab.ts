/**
 * `notebook` alone: JupyterLab on the notebooks.
 */
import { ensureEnvironment } from "../notebook/environment.ts";
import { openLab } from "../notebook/lab.ts";
import { complain, type Effects } from "./effects.ts";
import { readSettings, toggle, wholeNumber } from "./settings.ts";

/** The folder of the notebooks, from where the command runs. */
export const FOLDER = "notebooks";

/** The flags of `notebook` itself: those of the lab. */
export const labSettings = {
  port: {
    value: "PORT",
    help: "Where JupyterLab listens, on this machine only; 0 for any free port (8888)",
    schema: wholeNumber(0, 65535).default(8888),
  },
  "no-open": toggle("Open no browser"),
  debug: toggle("Show where an error comes from"),
} as const;

/** Makes the environment where it is missing, and opens the lab. */
export async function openNotebooks(
  args: readonly string[],
  effects: Effects,
): Promise<void> {
  const { env, signal } = effects;
  const values = readSettings(labSettings, { args, env });
  const environment = await ensureEnvironment({
    folder: FOLDER,
    signal,
    onStep: (message) => complain(effects, `${message} …\n`),
  });
  await openLab(environment, {
    folder: FOLDER,
    port: values.port,
    open: !values["no-open"],
    signal,
  });
}
