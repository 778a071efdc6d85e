/**
 * `notebook` alone: JupyterLab on the notebooks.
 */
import { ensureEnvironment } from "../notebook/environment.ts";
import { openLab } from "../notebook/lab.ts";
import { complain, type Effects } from "./effects.ts";
import { FOLDER, labSettings } from "./notebook_settings.ts";
import { readSettings } from "./settings.ts";

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
