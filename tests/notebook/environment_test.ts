/**
 * The private Python environment: what is said where none can be made, that it is made once,
 * and that nothing is left in the user's home.
 */
import assert from "node:assert/strict";
import {
  ensureEnvironment,
  type EnvironmentOptions,
} from "../../lib/notebook/environment.ts";
import { openLab } from "../../lib/notebook/lab.ts";
import { processTest, put, runCommandProcess } from "../support.ts";
import { environment, jupyterTest } from "./jupyter.ts";

/** Writes a program that stands in for a Python; returns its path. */
function putPython(folder: string, script: string): string {
  const path = put(folder, "python", `#!/bin/sh\n${script}\n`);
  Deno.chmodSync(path, 0o755);
  return path;
}

/** Tries to make an environment in the folder, where Python is as the script says. */
function ensure(folder: string, pythons: readonly string[]): Promise<unknown> {
  put(folder, "requirements.txt", "jupyterlab==4.6.6\n");
  const options: EnvironmentOptions = {
    folder,
    pythons,
    signal: new AbortController().signal,
    onStep: () => {},
  };
  return ensureEnvironment(options);
}

const INSTALL =
  "Install Python 3.10 or newer from python.org; notebook run and check need none";

interface Missing {
  /** What stands in for Python; without it there is none. */
  readonly script?: string;
  readonly says: string;
  readonly hint: string;
}

/** PATH stands for the environment, PYTHON for the program. */
const MISSING: Readonly<Record<string, Missing>> = {
  "no Python": {
    says: "JupyterLab needs Python 3, and none was found",
    hint: INSTALL,
  },
  "an old Python": {
    script: "echo 3 9",
    says: "JupyterLab needs Python 3.10 or newer, and 3.9 was found",
    hint: INSTALL,
  },
  "Python 2": {
    script: "echo 2 7",
    says: "JupyterLab needs Python 3.10 or newer, and 2.7 was found",
    hint: INSTALL,
  },
  "something that is no Python": {
    script: "echo Microsoft Store",
    says: "JupyterLab needs Python 3, and none was found",
    hint: INSTALL,
  },
  "no venv module": {
    script:
      '[ "$1" = -c ] && echo 3 11 || { echo "you need to install the python3-venv package"; exit 1; }',
    says: "Cannot make PATH: you need to install the python3-venv package",
    hint: "Install Python's venv module: apt install python3-venv, on Debian and Ubuntu",
  },
  "a disk that is full": {
    script: '[ "$1" = -c ] && echo 3 11 || { echo "Error: No space left" >&2; exit 1; }',
    says: "Cannot make PATH: Error: No space left",
    hint: "Run PYTHON -m venv PATH to see why",
  },
  "a Python that says nothing": {
    script: '[ "$1" = -c ] && echo 3 11 || exit 1',
    says: "Cannot make PATH: it failed without a word",
    hint: "Run PYTHON -m venv PATH to see why",
  },
  "a package that cannot be had": {
    script: `case "$1 $2" in
      "-c "*) echo 3 11 ;;
      "-m venv") mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;
      "-m pip") echo "WARNING: retrying" >&2
        echo "ERROR: No matching distribution found for jupyterlab==4.6.6" >&2; exit 1 ;;
    esac`,
    says:
      "Cannot install JupyterLab: No matching distribution found for jupyterlab==4.6.6",
    hint: "Check the network and the proxy, then run the command again",
  },
};

for (const [what, { script, says, hint }] of Object.entries(MISSING)) {
  processTest(`ensureEnvironment() says what to do: ${what}`, async (folder) => {
    const python = script === undefined
      ? `${folder}/nowhere/python`
      : putPython(folder, script);
    const fill = (text: string) =>
      text.replaceAll("PATH", `${folder}/.venv`).replaceAll("PYTHON", python);
    for (let again = 0; again < 2; again++) { // what has failed is not taken for made
      await assert.rejects(ensure(folder, [python]), {
        kind: "engine",
        message: fill(says),
        hint: fill(hint),
      });
    }
  }, { ignore: Deno.build.os === "windows" });
}

processTest("ensureEnvironment() says that there are no requirements", async (folder) => {
  const options = { folder, signal: new AbortController().signal, onStep: () => {} };
  await assert.rejects(ensureEnvironment(options), {
    kind: "input",
    message: `Cannot read ${folder}/requirements.txt: it does not exist`,
    hint: "Run the command where the project's notebooks/ is",
  });
});

processTest(
  "ensureEnvironment() makes it again where requirements or Python change",
  async (folder) => {
    const python = putPython(
      folder,
      `case "$1 $2" in
      "-c "*) echo 3 11 ;;
      "-m venv") mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; echo venv >> "${folder}/log" ;;
    esac`,
    );
    const log = () => Deno.readTextFileSync(`${folder}/log`);
    await ensure(folder, [python]);
    await ensure(folder, [python]);
    assert.equal(log(), "venv\n", "the second start makes nothing");
    put(folder, "requirements.txt", "jupyterlab==4.6.7\n");
    const options = { folder, signal: new AbortController().signal, onStep: () => {} };
    await ensureEnvironment({ ...options, pythons: [python] });
    assert.equal(log(), "venv\nvenv\n");
    Deno.removeSync(`${folder}/.venv/bin/python`);
    await ensureEnvironment({ ...options, pythons: [python] });
    assert.equal(log(), "venv\nvenv\nvenv\n", "its Python had gone");
    put(folder, ".venv/bin/python", "#!/bin/sh\nexit 1\n"); // finds no module
    await ensureEnvironment({ ...options, pythons: [python] });
    assert.equal(log(), "venv\nvenv\nvenv\nvenv\n", "it was another Python");
    const kernel = JSON.parse(
      Deno.readTextFileSync(`${folder}/.venv/share/jupyter/kernels/deno/kernel.json`),
    );
    assert.deepEqual(kernel, {
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
    });
  },
  { ignore: Deno.build.os === "windows" },
);

processTest("notebook tells in two lines that there is no Python", async (folder) => {
  Deno.mkdirSync(`${folder}/notebooks`);
  put(folder, "notebooks/requirements.txt", "jupyterlab==4.6.6\n");
  const nowhere = { cwd: folder, env: { PATH: folder } };
  assert.deepEqual(await runCommandProcess(["notebook"], nowhere), {
    code: 7,
    stdout: "",
    stderr: "error: JupyterLab needs Python 3, and none was found\n" +
      `       ${INSTALL}\n`,
  });
});

processTest("openLab() says that JupyterLab ended with an error", async (folder) => {
  const python = putPython(folder, 'echo "$*" > "$LOG"; exit 3');
  const log = `${folder}/log`;
  const options = { folder, port: 0, open: false, signal: new AbortController().signal };
  await assert.rejects(openLab({ python, variables: { LOG: log } }, options), {
    kind: "engine",
    message: "JupyterLab ended with code 3",
    hint: "Its own messages above tell why",
  });
  assert.match(
    Deno.readTextFileSync(log),
    /^-m jupyterlab .*--ServerApp\.ip=127\.0\.0\.1 /,
  );
}, { ignore: Deno.build.os === "windows" });

jupyterTest("requirements.txt pins every package exactly", async () => {
  const { python, variables } = await environment();
  const { stdout } = await new Deno.Command(python, {
    args: ["-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
    env: { ...variables },
  }).output();
  const installed: readonly { readonly name: string; readonly version: string }[] = JSON
    .parse(new TextDecoder().decode(stdout));
  const pins = Deno.readTextFileSync("notebooks/requirements.txt").toLowerCase();
  const plain = (name: string) => name.toLowerCase().replace(/[._]+/g, "-");
  for (const { name, version } of installed) {
    if (["pip", "setuptools"].includes(name)) continue; // they come with Python
    assert.ok(pins.includes(`${plain(name)}==${version}`), `${name}==${version}`);
  }
});
