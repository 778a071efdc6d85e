/**
 * The flags of `notebook run`: its own, and the parameters of the notebook.
 */
import { z } from "zod";
import { PipelineError } from "../errors.ts";

import { readNotebook } from "../notebook/notebook.ts";
import { type Parameter, parametersOf } from "../notebook/parameters.ts";
import { printable } from "./effects.ts";
import { timeoutSetting } from "./notebook_settings.ts";
import { type Setting, type Settings, toggle } from "./settings.ts";

/** The flags that every notebook has. */
const OWN = {
  out: {
    value: "FILE.html",
    help: "The page; the executed notebook stands beside it (reports/NOTEBOOK.html)",
    schema: z.string().regex(/[^/\\]\.html$/, "a file that ends in .html").optional(),
  },
  lang: {
    value: "en|fr",
    help: "The language that the notebook is written in (its metadata's lang, or en)",
    schema: z.enum(["en", "fr"], { error: "en or fr" }).optional(),
  },
  timeout: timeoutSetting,
  code: toggle("Show the code of the cells"),
  network: toggle("Let the cells use the network, to read a topic"),
  debug: toggle("Show where an error comes from"),
} as const;

/** Returns the flags of a run: those above, and the parameters of the notebook. */
export async function runSettings(path: string | undefined): Promise<Settings> {
  if (path === undefined || path.startsWith("-")) return OWN;
  return settingsOf(parametersOf(await readNotebook(path), path), path);
}

/**
 * Returns the flags for a notebook with these parameters.
 *
 * @param path The notebook, for errors.
 * @throws {PipelineError} If a flag would mean two things.
 */
export function settingsOf(parameters: readonly Parameter[], path: string): Settings {
  const taken = [...Object.keys(OWN), "help", "version"];
  const clash = parameters.find(({ flag }) => taken.includes(flag));
  if (clash !== undefined) {
    throw new PipelineError(
      "input",
      `${path}: the parameter ${clash.name} has the name of a flag, --${clash.flag}`,
      { hint: "Give the constant another name" },
    );
  }
  const twin = parameters.find(({ flag }, i) =>
    parameters.findIndex((other) => other.flag === flag) < i
  );
  if (twin !== undefined) {
    throw new PipelineError(
      "input",
      `${path}: two parameters have the same flag, --${twin.flag}`,
      { hint: "Give one of the constants another name" },
    );
  }
  const entries = parameters.map(({ flag, type, code, schema, isRepeatable }) => {
    const kind = isRepeatable ? "Parameter, repeatable" : "Parameter";
    const setting: Setting<unknown> = {
      value: printable(type),
      help: `${kind} (${printable(code)})`,
      isRepeatable,
      schema: schema.optional(),
    };
    return [flag, setting] as const;
  });
  return { ...Object.fromEntries(entries), ...OWN };
}
