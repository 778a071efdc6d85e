/** Notebooks as files: read, stripped, written; their cells as a module; their parameters. */
import assert from "node:assert/strict";
import { moduleOf } from "../../lib/notebook/module.ts";
import {
  type Cell,
  formatNotebook,
  type Notebook,
  parseNotebook,
  readNotebook,
  stripNotebook,
} from "../../lib/notebook/notebook.ts";
import {
  fromNotebook,
  parametersOf,
  withParameters,
} from "../../lib/notebook/parameters.ts";
import { diskTest, hasDisk } from "../support.ts";
import { CONTENT } from "./content.ts";

const GIVE = "Give a Jupyter notebook (.ipynb) of format 4";

/** Returns a notebook of these code cells; the first is tagged `parameters`. */
function notebook(...sources: readonly string[]): Notebook {
  const cells = sources.map((source, i): Cell => ({
    cell_type: "code",
    id: `c${i}`,
    metadata: i === 0 ? { tags: ["parameters"] } : {},
    source,
    outputs: [],
    execution_count: null,
  }));
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

const UNFIT: readonly (readonly [text: string, reason: string])[] = [
  ["", "it is not JSON"],
  ["[]", "the whole: Invalid input: expected object, received array"],
  ['{"nbformat": 3}', "nbformat: Invalid input: expected 4"],
  [
    '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code"}]}',
    "cells.0.source: it is no text",
  ],
];

for (const [text, reason] of UNFIT) {
  Deno.test(`parseNotebook() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseNotebook(text, "x.ipynb"), {
      kind: "input",
      message: `Cannot read x.ipynb: ${reason}`,
      hint: GIVE,
    });
  });
}

diskTest("readNotebook() says that there is no such file", async (folder) => {
  await assert.rejects(readNotebook(`${folder}/no.ipynb`), {
    kind: "input",
    message: `Cannot read ${folder}/no.ipynb: it does not exist`,
    hint: "Name a notebook, such as notebooks/01_explore.ipynb",
  });
});

Deno.test("stripNotebook() leaves texts, code and tags, and nothing of a run", () => {
  const used = parseNotebook(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
        lang: "fr",
        language_info: { name: "typescript", version: "6.0.3" },
        widgets: {},
      },
      cells: [
        { cell_type: "markdown", id: "a", metadata: {}, source: ["# A\n", "b"] },
        {
          cell_type: "code",
          id: "b",
          metadata: { tags: ["parameters"], collapsed: true, trusted: true },
          source: "const a = 1;",
          execution_count: 7,
          outputs: [{ output_type: "stream", name: "stdout", text: "secret" }],
        },
      ],
    }),
    "x.ipynb",
  );
  assert.deepEqual(JSON.parse(formatNotebook(stripNotebook(used))), {
    cells: [
      { cell_type: "markdown", id: "a", metadata: {}, source: ["# A\n", "b"] },
      {
        cell_type: "code",
        execution_count: null,
        id: "b",
        metadata: { tags: ["parameters"] },
        outputs: [],
        source: ["const a = 1;"],
      },
    ],
    metadata: {
      kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
      lang: "fr",
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
});

const COMMITTED = Object.keys(CONTENT).map((name) => `notebooks/${name}.ipynb`);

Deno.test({
  name: "the committed notebooks hold no outputs and no execution counts",
  ignore: !hasDisk,
  fn: async () => {
    for (const path of COMMITTED) {
      const text = formatNotebook(stripNotebook(await readNotebook(path)));
      assert.equal(
        await Deno.readTextFile(path),
        text,
        `${path}: deno task notebook clean`,
      );
    }
  },
});

Deno.test({
  name: "the committed notebooks import nothing but cohort",
  ignore: !hasDisk,
  fn: async () => {
    for (const path of COMMITTED) {
      const { cells } = await readNotebook(path);
      const code = cells.filter((cell) => cell.cell_type === "code")
        .map(({ source }) => source).join("\n");
      const imports = [...code.matchAll(/from\s+"([^"]+)"|import\s*\(?"([^"]+)"/g)];
      assert.deepEqual(imports.map(([, from, alone]) => from ?? alone), ["cohort"], path);
    }
  },
});

Deno.test("moduleOf() hands the last expressions to the host, and hides the parameters", () => {
  const cells = notebook(
    'const a: "x" |\n "y" = "x", b = 1;\na;',
    "a + 1; // two",
    "({ a })",
    "// nothing",
    "a;\nlet b = a",
    '"use it";',
  );
  const { source } = moduleOf(cells, { name: "x", host: "file:///host.ts" });
  assert.equal(
    source,
    [
      'import { enter as $enter, result as $result, wide as $wide } from "file:///host.ts";',
      "$enter(1);",
      'const a: "x" |\n "y" = $wide<"x" |  "y">("x"), b = 1;',
      "await $result((a\n));",
      "$enter(2);",
      "await $result((a + 1",
      ")); // two",
      "$enter(3);",
      "await $result((({ a })",
      "));",
      "$enter(4);",
      "// nothing",
      "$enter(5);",
      "a;",
      "let b = a",
      "$enter(6);",
      'await $result(("use it"',
      "));",
      "export {};",
      "",
    ].join("\n"),
  );
});

Deno.test("moduleOf() finds the cell and its line again", () => {
  const cells = notebook("const a = 1;\nconst b = 2;", "a;\n\nb");
  const plain = moduleOf(cells, { name: "x" });
  assert.equal(plain.source, "const a = 1;\nconst b = 2;\na;\n\nb\nexport {};\n");
  assert.deepEqual(plain.place(2), { cell: 1, line: 2 });
  assert.deepEqual(plain.place(5), { cell: 2, line: 3 });
  assert.equal(plain.place(NaN), undefined);
  const run = moduleOf(cells, { name: "x", host: "h" });
  assert.equal(run.place(1), undefined);
  assert.deepEqual(run.place(4), { cell: 1, line: 2 });
  assert.deepEqual(run.place(8), { cell: 2, line: 3 });
});

Deno.test("moduleOf() names the cell that is not TypeScript", () => {
  assert.throws(() => moduleOf(notebook("1", "const a = 1;\nconst = 2"), { name: "x" }), {
    kind: "input",
    message: "x, cell 2, line 2: Unexpected token",
    hint: "Cells are TypeScript; run the cell in JupyterLab to see more",
  });
});

interface TypeCase {
  readonly code: string;
  /** Texts of the flag and the value of each; null: refused. */
  readonly texts:
    readonly (readonly [text: string | readonly string[], value: unknown])[];
  /** What a refusal asks for. */
  readonly wants?: string;
}

const TYPES: readonly TypeCase[] = [
  {
    code: "const olderThan: number = 20",
    texts: [
      ["25", 25],
      ["-1", -1],
      ["2.5", 2.5],
      ["1e2", 100],
      ["x", null],
      ["1e999", null],
      ["", null],
      [
        "0x10",
        null,
      ],
    ],
    wants: "a number; the cell says olderThan: number",
  },
  {
    code: "const n = 20",
    texts: [["25", 25], ["x", null]],
    wants: "a number; the cell says n: number",
  },
  {
    code: 'const a: string = "é"',
    texts: [["x y", "x y"], ["", null]],
    wants: "a text that is not empty; the cell says a: string",
  },
  { code: 'const a: FilePath = "x"', texts: [["y.csv", "y.csv"]] },
  {
    code: "const a = true",
    texts: [["false", false], ["true", true], ["1", null]],
    wants: "true or false; the cell says a: boolean",
  },
  {
    code: 'const a: "en" | "fr" = "en"',
    texts: [["fr", "fr"], ["de", null]],
    wants: 'en or fr; the cell says a: "en" | "fr"',
  },
  {
    code: `const a: 'en' | 'à la "fr"' = 'en'`,
    texts: [['à la "fr"', 'à la "fr"'], ["de", null]],
    wants: `en or à la "fr"; the cell says a: 'en' | 'à la "fr"'`,
  },
  {
    code: "const a: 1 | 2 = 1",
    texts: [["2", 2], ["3", null]],
    wants: "1 or 2; the cell says a: 1 | 2",
  },
  {
    code: 'const a: readonly string[] = ["x"]',
    texts: [[["y", "z"], ["y", "z"]]],
  },
  {
    code: "const a: number[] = []",
    texts: [[["1", "2"], [1, 2]], [["x"], null]],
    wants: "a number; the cell says a: number[]",
  },
];

for (const { code, texts, wants } of TYPES) {
  Deno.test(`parametersOf() takes for ${code} what its type takes`, () => {
    const [parameter] = parametersOf(notebook(`${code};`), "x");
    for (const [text, value] of texts) {
      const parsed = parameter!.schema.safeParse(text);
      if (parsed.success) assert.deepEqual(parsed.data, value, String(text));
      else {
        assert.equal(value, null, String(text));
        assert.equal(parsed.error.issues[0]!.message, wants);
      }
    }
    assert.equal(parameter!.isRepeatable, code.includes("[]"));
  });
}

Deno.test("parametersOf() reads only the cell tagged parameters", () => {
  const cells = notebook("const olderThan: number = 20;\nlet b = 2;", "const c = 3;");
  const names = parametersOf(cells, "x").map((
    { name, flag, type, code },
  ) => [name, flag, type, code]);
  assert.deepEqual(names, [["olderThan", "older-than", "number", "20"]]);
  assert.deepEqual(
    parametersOf({ ...cells, cells: cells.cells.slice(1) }, "x"),
    [],
  );
});

const UNFIT_PARAMETERS: readonly (readonly [code: string, message: string])[] = [
  [
    "const a: Date = new Date();",
    "x: the parameter a has the type Date, which no flag can give",
  ],
  [
    "const a = f();",
    "x: the parameter a has a value without a type, which no flag can give",
  ],
  ["const = 1", "x: the cell tagged parameters is not TypeScript: Unexpected token"],
];

for (const [code, message] of UNFIT_PARAMETERS) {
  Deno.test(`parametersOf() refuses ${code}`, () => {
    assert.throws(() => parametersOf(notebook(code), "x"), {
      kind: "input",
      message,
      hint: code === "const = 1"
        ? "Write one constant a line: const olderThan: number = 20;"
        : "Use string, FilePath, number, boolean, a choice of literals, string[] or number[]",
    });
  });
}

Deno.test("parametersOf() refuses a second cell that is tagged", () => {
  const { cells, ...rest } = notebook("const a = 1;");
  assert.throws(() => parametersOf({ ...rest, cells: [...cells, ...cells] }, "x"), {
    kind: "input",
    message: "x: two cells are tagged parameters",
    hint: "Put all parameters into one of them, and take the tag off the other",
  });
});

Deno.test("withParameters() puts the values into the cell as literals", () => {
  const cells = notebook(
    'const a: number = 20; // keep\nconst b: string = "x",\n  c = true;\nconst d = 1;',
    "const a2 = a;",
  );
  const values = new Map<string, string | number | boolean>([
    ["a", -5],
    ["b", 'a "quoted" `${x}`\n</script>'],
    ["c", false],
  ]);
  const [first, second] = withParameters(cells, values).cells;
  assert.equal(
    first!.source,
    "const a: number = -5; // keep\n" +
      'const b: string = "a \\"quoted\\" `${x}`\\n</script>",\n  c = false;\nconst d = 1;',
  );
  assert.equal(second!.source, "const a2 = a;");
});

diskTest("fromNotebook() turns a path of the command into one of the notebook", () => {
  assert.equal(fromNotebook("my.csv", "notebooks"), "../my.csv");
  assert.equal(fromNotebook("notebooks/my.csv", "notebooks"), "my.csv");
});
