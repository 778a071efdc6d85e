/**
 * `notebook check` and `notebook clean`: what keeps the committed notebooks sound.
 */
import { basename, dirname } from "node:path";
import { PipelineError } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";
import { formatNotebook, readNotebook, stripNotebook } from "../notebook/notebook.ts";
import { checkNotebook } from "../notebook/run.ts";
import { type Effects, print, printable } from "./effects.ts";
import { placeOf } from "./notebook_run.ts";
import { FOLDER, timeoutSetting } from "./notebook_settings.ts";
import { readSettings, toggle } from "./settings.ts";

const cleanSettings = { debug: toggle("Show where an error comes from") } as const;
const checkSettings = { timeout: timeoutSetting, ...cleanSettings } as const;

/** Checks and runs each notebook without Jupyter. */
export async function check(args: readonly string[], effects: Effects): Promise<void> {
  const [paths, flags] = split(args);
  const { timeout } = readSettings(checkSettings, { args: flags, env: effects.env });
  for (const path of named(paths)) {
    await checkNotebook(await readNotebook(path), placeOf(path, { timeout, effects }));
    print(effects.stdout, `ok  ${printable(path)}\n`);
  }
}

/** Takes outputs and execution counts out of each notebook. */
export async function clean(args: readonly string[], effects: Effects): Promise<void> {
  const [paths, flags] = split(args);
  readSettings(cleanSettings, { args: flags, env: effects.env });
  for (const path of named(paths)) {
    const notebook = await readNotebook(path);
    const text = formatNotebook(stripNotebook(notebook));
    if (text === Deno.readTextFileSync(path)) continue;
    using folder = OutputFolder.open(dirname(path), [basename(path)]);
    folder.write(basename(path), text);
    folder.commit();
    print(effects.stdout, `cleaned  ${printable(path)}\n`);
  }
}

/** Returns the paths, and the flags that follow them. */
function split(
  args: readonly string[],
): readonly [paths: readonly string[], flags: readonly string[]] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return end < 0 ? [args, []] : [args.slice(0, end), args.slice(end)];
}

/** Returns the notebooks that are named, or all of the folder. */
function named(paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  const all = notebooksIn(FOLDER);
  if (all.length > 0) return all;
  throw new PipelineError("input", `There are no notebooks in ${FOLDER}/`, {
    hint: "Name them, or run the command where notebooks/ is",
  });
}

function notebooksIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name, isFile }) => isFile && name.endsWith(".ipynb"))
      .map(({ name }) => `${folder}/${name}`).sort();
  } catch {
    return []; // no such folder: there are none
  }
}
