/**
 * `notebook`: opens JupyterLab on the notebooks; `notebook run`, `check` and `clean` work on
 * them without Jupyter. What each needs is loaded only when it is asked for, so that no other
 * command waits for it.
 */
import { PipelineError } from "../errors.ts";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";
import { flagLines } from "./help.ts";
import { labSettings } from "./notebook_settings.ts";

type Subcommand = (args: readonly string[], effects: Effects) => Promise<void>;

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["run", async (...all) => (await import("./notebook_run.ts")).runAsReport(...all)],
  ["check", async (...all) => (await import("./notebook_files.ts")).check(...all)],
  ["clean", async (...all) => (await import("./notebook_files.ts")).clean(...all)],
]);

/** The command. */
export const notebookCommand: Command = {
  summary: "Opens JupyterLab on the notebooks; runs a notebook as a report.",
  settings: labSettings,
  help,
  async run(args, effects) {
    const [name = "", ...rest] = args;
    const subcommand = SUBCOMMANDS.get(name);
    if (subcommand !== undefined) return await subcommand(rest, effects);
    if (name !== "" && !name.startsWith("-")) {
      throw new PipelineError("usage", `There is no command "notebook ${name}"`, {
        hint: name.endsWith(".ipynb")
          ? `To run it, write notebook run ${name}`
          : "Write notebook, notebook run FILE, notebook check or notebook clean",
      });
    }
    await (await import("./notebook_lab.ts")).openNotebooks(args, effects);
  },
};

async function help([subcommand, path]: readonly string[]): Promise<string> {
  const isRun = subcommand === "run";
  const settings = isRun
    ? await (await import("./notebook_flags.ts")).runSettings(path)
    : labSettings;
  return [
    notebookCommand.summary,
    "",
    "Usage: deno task notebook [FLAGS]           opens JupyterLab",
    "       deno task notebook run FILE [FLAGS]  runs a notebook, writes .ipynb and .html",
    "       deno task notebook check [FILES]     type-checks, lints and runs notebooks",
    "       deno task notebook clean [FILES]     takes their outputs out",
    "",
    flagLines(settings),
    "",
    isRun
      ? "A constant of the cell tagged parameters is a flag: notebook run FILE --help"
      : "For the flags of a notebook: deno task notebook run FILE --help",
    "",
  ].join("\n");
}
