/** The five notebooks in the real kernel, run by nbclient as Jupyter runs them. */
import { readNotebook } from "../../lib/notebook/notebook.ts";
import { withParameters } from "../../lib/notebook/parameters.ts";
import { checkContent, CONTENT } from "./content.ts";
import { execute, jupyterTest, other, standard } from "./jupyter.ts";

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
        checkContent(names[i]!, { notebook, result, parameters });
      }
    },
  );
}
