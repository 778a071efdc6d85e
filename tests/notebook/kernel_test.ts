/** The five notebooks in the real kernel, run by nbclient as Jupyter runs them. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import {
  type Notebook,
  parseNotebook,
  readNotebook,
} from "../../lib/notebook/notebook.ts";
import { withParameters } from "../../lib/notebook/parameters.ts";
import { checkContent, CONTENT } from "./content.ts";
import { environment, jupyterTest, other, standard } from "./jupyter.ts";

/** Executes the notebooks in the kernel, two at a time. */
async function execute(notebooks: readonly Notebook[]): Promise<readonly unknown[]> {
  const { python, variables } = await environment();
  const child = new Deno.Command(python, {
    args: [resolve("tests/notebook/execute.py")],
    env: { ...variables, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const jobs = notebooks.map((notebook) => ({ notebook, folder: resolve("notebooks") }));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(jobs)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

for (const variant of [standard, other]) {
  jupyterTest(
    `the notebooks show the report's numbers in the kernel, ${variant.name} parameters`,
    async (folder) => {
      const { parameters, result } = await variant(folder);
      const names = Object.keys(CONTENT);
      const notebooks = [];
      for (const name of names) {
        const notebook = await readNotebook(`notebooks/${name}.ipynb`);
        notebooks.push(withParameters(notebook, parameters));
      }
      for (const [i, notebook] of (await execute(notebooks)).entries()) {
        const name = names[i]!;
        const executed = parseNotebook(JSON.stringify(notebook), name);
        checkContent(name, { notebook: executed, result, parameters });
      }
    },
  );
}
