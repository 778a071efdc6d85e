/**
 * The private Python environment in which JupyterLab lives: made on first use from the
 * pinned `requirements.txt`, with Deno's kernel in it. Nothing is written outside of it.
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { PipelineError, systemReason } from "../errors.ts";
import { OutputFolder } from "../export/folder.ts";

/** Where the environment is, and who waits for it. */
export interface EnvironmentOptions {
  /** The folder of the notebooks, with their `requirements.txt`. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told what takes long. */
  readonly onStep: (message: string) => void;
  /** Names under which a Python may be found; the usual ones by default. */
  readonly pythons?: readonly string[];
}

/** An environment that is ready. */
export interface Environment {
  /** Its Python. */
  readonly python: string;
  /** The variables that keep Jupyter inside of it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The oldest Python for which the requirements are pinned. */
const OLDEST: readonly [major: number, minor: number] = [3, 10];

const isWindows = Deno.build.os === "windows";

/**
 * Returns the environment, made where it is missing, its requirements have changed, or the
 * Python that it was made with has gone.
 *
 * @throws {PipelineError} If there is no Python that can make it, or a package cannot be
 * installed.
 */
export async function ensureEnvironment(
  options: EnvironmentOptions,
): Promise<Environment> {
  const path = resolve(options.folder, ".venv");
  const python = isWindows ? `${path}/Scripts/python.exe` : `${path}/bin/python`;
  const requirements = `${options.folder}/requirements.txt`;
  const stamp = stampOf(requirements);
  if (readStamp(path) !== stamp || !await hasJupyter(python, options)) {
    await make(path, options);
    await install(python, requirements, options);
    writeWhole(path, STAMP, stamp);
  }
  writeKernel(path);
  return { python, variables: variablesOf(path) };
}

/** Written last: an environment without it was never finished. */
const STAMP = "requirements.sha256";

function stampOf(requirements: string): string {
  try {
    return createHash("sha256").update(Deno.readFileSync(requirements)).digest("hex");
  } catch (cause) {
    throw new PipelineError(
      "input",
      `Cannot read ${requirements}: ${systemReason(cause)}`,
      { hint: "Run the command where the project's notebooks/ is", cause },
    );
  }
}

function readStamp(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(`${path}/${STAMP}`);
  } catch {
    return undefined; // not made, or not finished
  }
}

/** A system that gets another Python leaves environments behind that find nothing. */
async function hasJupyter(
  python: string,
  options: EnvironmentOptions,
): Promise<boolean> {
  const code = "import importlib.util as u, sys; sys.exit(not u.find_spec('jupyterlab'))";
  const found = await run(python, ["-c", code], options).catch(() => undefined);
  options.signal.throwIfAborted();
  return found?.success ?? false;
}

async function make(path: string, options: EnvironmentOptions): Promise<void> {
  const python = await findPython(options);
  options.onStep("Making a private Python environment for JupyterLab, once");
  const args = [...python.slice(1), "-m", "venv", "--clear", path];
  const { success, said } = await run(python[0]!, args, options);
  if (success) return;
  throw new PipelineError("engine", `Cannot make ${path}: ${lastLine(said)}`, {
    hint: /ensurepip|python3-venv/.test(said)
      ? "Install Python's venv module: apt install python3-venv, on Debian and Ubuntu"
      : `Run ${[...python, "-m", "venv", path].join(" ")} to see why`,
  });
}

async function install(
  python: string,
  requirements: string,
  options: EnvironmentOptions,
): Promise<void> {
  options.onStep("Installing JupyterLab, about a minute");
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const args = [...pip, "--no-input", "--requirement", requirements];
  const { success, said } = await run(python, args, options);
  if (success) return;
  const error = said.match(/^ERROR: .+$/m)?.[0].slice("ERROR: ".length) ?? lastLine(said);
  throw new PipelineError("engine", `Cannot install JupyterLab: ${error}`, {
    hint: "Check the network and the proxy, then run the command again",
  });
}

const PYTHONS: readonly string[] = isWindows
  ? ["py -3", "python", "python3"]
  : ["python3", "python"];

/** Returns the words that start a Python that is new enough. */
async function findPython(options: EnvironmentOptions): Promise<readonly string[]> {
  const code = "import sys; print(*sys.version_info[:2])";
  let tooOld: string | undefined;
  for (const name of options.pythons ?? PYTHONS) {
    const [program, ...args] = name.split(" ");
    const found = await run(program!, [...args, "-c", code], options).catch(() =>
      undefined
    );
    const [major, minor] = (found?.success ? found.said : "").trim().split(" ").map(
      Number,
    );
    if (!major || minor === undefined) continue;
    if (major === OLDEST[0] && minor >= OLDEST[1]) return [program!, ...args];
    tooOld ??= `${major}.${minor}`;
  }
  options.signal.throwIfAborted();
  const oldest = OLDEST.join(".");
  throw new PipelineError(
    "engine",
    tooOld === undefined
      ? "JupyterLab needs Python 3, and none was found"
      : `JupyterLab needs Python ${oldest} or newer, and ${tooOld} was found`,
    {
      hint:
        `Install Python ${oldest} or newer from python.org; notebook run and check need none`,
    },
  );
}

async function run(
  program: string,
  args: readonly string[],
  { signal }: EnvironmentOptions,
): Promise<{ readonly success: boolean; readonly said: string }> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).output();
  signal.throwIfAborted();
  const decoder = new TextDecoder();
  return { success, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it failed without a word";
}

/** The kernel is this very Deno: it moves when Deno is updated or run through npx. */
function writeKernel(path: string): void {
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
  writeWhole(
    `${path}/share/jupyter/kernels/deno`,
    "kernel.json",
    JSON.stringify(spec, null, 2) + "\n",
  );
  // no news, and no question whether there should be some
  const quiet = { fetchNews: "false", checkForUpdates: false, doNotDisturbMode: false };
  const overrides = { "@jupyterlab/apputils-extension:notification": quiet };
  writeWhole(
    `${path}/share/jupyter/lab/settings`,
    "overrides.json",
    JSON.stringify(overrides, null, 2) + "\n",
  );
}

function writeWhole(folder: string, name: string, text: string): void {
  using output = OutputFolder.open(folder, [name]);
  output.write(name, text);
  output.commit();
}

/** Jupyter reads no settings of the user's, and leaves nothing in their home. */
function variablesOf(path: string): Readonly<Record<string, string>> {
  return {
    IPYTHONDIR: `${path}/var/ipython`,
    JUPYTER_CONFIG_DIR: `${path}/var/config`,
    JUPYTER_DATA_DIR: `${path}/var/data`,
    JUPYTER_RUNTIME_DIR: `${path}/var/runtime`,
    JUPYTER_NO_CONFIG: "1",
    JUPYTER_PREFER_ENV_PATH: "1",
  };
}
