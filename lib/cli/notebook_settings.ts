/**
 * The settings of `notebook` that its help shows: read without loading what it runs.
 */
import { type Setting, toggle, wholeNumber } from "./settings.ts";

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

/** How long a cell may take, in seconds. */
export const TIMEOUT = 600;

/** The flag for that: no cell keeps a command for ever. */
export const timeoutSetting: Setting<number> = {
  value: "SECONDS",
  help: `How long one cell may take; 0 for no end (${TIMEOUT})`,
  schema: wholeNumber(0, 1_000_000).default(TIMEOUT),
};
