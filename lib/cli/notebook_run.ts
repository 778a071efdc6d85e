/**
 * `notebook run`: a notebook with other parameters, executed, as a notebook and as a page.
 */
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { PipelineError } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";
import { formatNotebook, readNotebook } from "../notebook/notebook.ts";
import { drawNotebook } from "../notebook/page.ts";
import {
  fromNotebook,
  type Parameter,
  parametersOf,
  type ParameterValue,
  withParameters,
} from "../notebook/parameters.ts";
import type { ProcessOptions } from "../notebook/process.ts";
import { runNotebook } from "../notebook/run.ts";
import { type Lang, langOf } from "../notebook/words.ts";
import { flagValue } from "../report/command.ts";
import { clockOf } from "./clock.ts";
import { type Effects, print } from "./effects.ts";
import { settingsOf } from "./notebook_flags.ts";
import { TIMEOUT } from "./notebook_settings.ts";
import { readSettings } from "./settings.ts";
import { formatFiles } from "./summary.ts";

/** Executes the notebook and writes both files, whole or not at all. */
export async function runAsReport(
  args: readonly string[],
  effects: Effects,
): Promise<void> {
  const [path, ...rest] = args;
  if (path === undefined || path.startsWith("-")) {
    throw new PipelineError("usage", "No notebook is given", {
      hint: "Write notebook run notebooks/03_age_by_field.ipynb, then the flags",
    });
  }
  const notebook = await readNotebook(path);
  const parameters = parametersOf(notebook, path);
  const settings = settingsOf(parameters, path);
  const values = readSettings(settings, { args: rest, env: effects.env });
  const given = new Map(parameters.flatMap(({ name, flag }) => {
    const value = values[flag] as ParameterValue | undefined;
    return value === undefined ? [] : [[name, value] as const];
  }));
  const now = clockOf(effects); // before anything runs: it can be wrong usage
  const files = filesOf(path, values["out"] as string | undefined);
  using folder = OutputFolder.open(files.folder, [files.notebook, files.page]);

  const hasNetwork = values["network"] === true;
  const timeout = values["timeout"] as number;
  const place = { ...placeOf(path, { timeout, effects }), hasNetwork };
  const filled = withParameters(notebook, seenFrom(place.folder, parameters, given));
  const executed = await runNotebook(filled, place);
  const hasCode = values["code"] === true;
  const lang = values["lang"] as Lang | undefined;
  const facts = {
    notebook: path,
    parameters: parameters.map(({ name, flag, code }) =>
      [flag, given.get(name) ?? code.replace(/^(["'])(.*)\1$/, "$2")] as const
    ),
    command: commandOf(path, {
      ...{ parameters, given, out: files.path },
      own: [
        ...lang === undefined ? [] : [`--lang ${lang}`],
        ...timeout === TIMEOUT ? [] : [`--timeout ${timeout}`],
        ...hasCode ? ["--code"] : [],
        ...hasNetwork ? ["--network"] : [],
      ],
    }),
    made: now().toISOString(),
    version: config.version,
    code: hasCode,
    lang: lang ?? langOf(notebook),
  };
  folder.write(files.notebook, formatNotebook(executed));
  folder.write(files.page, await drawNotebook(executed, facts));
  folder.commit();
  print(effects.stdout, formatFiles(files.folder, [files.notebook, files.page]));
}

/** Returns where the cells of a notebook run. */
export function placeOf(
  path: string,
  { timeout, effects }: { readonly timeout: number; readonly effects: Effects },
): ProcessOptions {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  return { name: path, folder: dirname(path), config, timeout, signal: effects.signal };
}

type Given = ReadonlyMap<string, ParameterValue>;

/** Returns the values with paths as the notebook sees them. */
function seenFrom(folder: string, parameters: readonly Parameter[], given: Given): Given {
  return new Map(
    parameters.filter(({ name }) => given.has(name)).map(({ name, type }) => {
      const value = given.get(name)!;
      if (!type.includes("FilePath")) return [name, value];
      return [
        name,
        Array.isArray(value)
          ? value.map((path) => fromNotebook(String(path), folder))
          : fromNotebook(String(value), folder),
      ];
    }),
  );
}

interface Files {
  /** The page as it was asked for. */
  readonly path: string;
  readonly folder: string;
  readonly notebook: string;
  readonly page: string;
}

function filesOf(path: string, out: string | undefined): Files {
  const name = basename(path).replace(/\.ipynb$/, "");
  const page = out ?? `reports/${name}.html`;
  const files = {
    path: page,
    folder: dirname(page),
    notebook: basename(page).replace(/\.html$/, ".ipynb"),
    page: basename(page),
  };
  if (resolve(files.folder, files.notebook) !== resolve(path)) return files;
  throw new PipelineError("usage", `--out ${page} would write over the notebook itself`, {
    hint: "Choose another name or folder: the executed notebook stands beside the page",
  });
}

/** Returns the command that makes the page again. */
function commandOf(
  path: string,
  { parameters, given, own, out }: {
    readonly parameters: readonly Parameter[];
    readonly given: Given;
    readonly own: readonly string[];
    readonly out: string;
  },
): string {
  const flags = parameters.flatMap(({ name, flag }) =>
    [given.get(name) ?? []].flat().map((value) => `--${flag}${flagValue(String(value))}`)
  );
  return [
    `deno task notebook run${flagValue(path)}`,
    ...flags,
    ...own,
    `--out${flagValue(out)}`,
  ].join(" ");
}
