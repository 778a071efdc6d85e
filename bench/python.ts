/**
 * The Python of the peers: an environment of its own, made on first use from
 * `requirements.txt`, made again when that changes.
 */
import { run } from "./measure.ts";

/** The packages of the peers of `report`. */
const PEERS = {
  name: "venv",
  requirements: new URL("requirements.txt", import.meta.url),
};

/**
 * Returns the path of a Python that has the peers' packages.
 *
 * @param folder Where the environment is kept.
 * @param environment Its name, and the file with the packages.
 * @throws {PipelineError} If it cannot be made; the message says why.
 */
export async function findPython(
  folder: string,
  { name, requirements }: { readonly name: string; readonly requirements: URL } = PEERS,
): Promise<string> {
  const venv = `${folder}/${name}`;
  const python = Deno.build.os === "windows"
    ? `${venv}/Scripts/python.exe`
    : `${venv}/bin/python`;
  const wanted = await Deno.readTextFile(requirements);
  if (await readIfThere(`${venv}/requirements.txt`) === wanted) return python;
  console.error(`making the Python environment of the peers in ${venv}, about 1 GB`);
  await run("python3", ["-m", "venv", "--clear", venv]);
  await run(python, ["-m", "pip", "install", "--quiet", "-r", requirements.pathname]);
  await Deno.writeTextFile(`${venv}/requirements.txt`, wanted); // last: it is whole now
  return python;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
