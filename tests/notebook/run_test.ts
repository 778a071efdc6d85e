/** Notebooks without Jupyter: checked, run as a report, cleaned; every error text. */
import assert from "node:assert/strict";
import { PipelineError } from "../../lib/errors.ts";
import { eventsIn, type Happening, MARK } from "../../lib/notebook/events.ts";
import { MOST_TEXT, Outputs } from "../../lib/notebook/outputs.ts";
import {
  formatNotebook,
  type Notebook,
  readNotebook,
} from "../../lib/notebook/notebook.ts";
import {
  commandWords,
  hasProgram,
  processTest,
  put,
  type Ran,
  runCommandProcess,
  runHere,
} from "../support.ts";
import { checkContent, CONTENT } from "./content.ts";
import { other } from "./jupyter.ts";

/** Writes a notebook of these code cells, the first tagged `parameters`; returns its path. */
function putNotebook(folder: string, ...sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code" as const,
    id: `c${i}`,
    metadata: i === 0 ? { tags: ["parameters"] } : {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
  return put(folder, "own.ipynb", formatNotebook(notebook));
}

const hasTime = Deno.build.os === "linux" && hasProgram("/usr/bin/time");

const NOTHING = "Nothing was written; run the cell in JupyterLab to see more";

/** Returns what the chunks of a standard output tell. */
const happeningsIn = (...chunks: readonly string[]): Promise<readonly Happening[]> =>
  Array.fromAsync(eventsIn(ReadableStream.from(chunks)));

/** Returns them with texts that follow each other as one. */
function joined(happenings: readonly Happening[]): readonly Happening[] {
  const all: Happening[] = [];
  for (const one of happenings) {
    const last = all.at(-1);
    if (one.kind === "stdout" && last?.kind === "stdout") {
      all.splice(-1, 1, { kind: "stdout", text: last.text + one.text });
    } else all.push(one);
  }
  return all;
}

Deno.test("eventsIn() tells events from what is printed around them, however it is cut", async () => {
  const one = { kind: "cell", cell: 1 } as const;
  const error = { kind: "stderr", text: "b\u001ec" } as const;
  const line = (event: unknown) => `${MARK}${JSON.stringify(event)}\n`;
  const printed = `warn\n${line(one)}a${line(error)}\u001ec\nd${MARK.slice(0, 3)}`;
  const told = [
    { kind: "stdout", text: "warn\n" },
    one,
    { kind: "stdout", text: "a" },
    error,
    { kind: "stdout", text: `\u001ec\nd${MARK.slice(0, 3)}` },
  ];
  assert.deepEqual(joined(await happeningsIn(printed)), told);
  assert.deepEqual(joined(await happeningsIn(...printed)), told);
  for (let cut = 1; cut < printed.length; cut++) {
    const halves = await happeningsIn(printed.slice(0, cut), printed.slice(cut));
    assert.deepEqual(joined(halves), told, `cut at ${cut}`);
  }
});

for (const line of ["{}x", "no JSON", "null", '{"kind":7}']) {
  Deno.test(`eventsIn() takes ${line} after a mark for something printed`, async () => {
    const text = `${MARK}${line}\n`;
    assert.deepEqual(await happeningsIn(text), [{ kind: "stdout", text }]);
  });
}

/** Returns what is kept of these happenings. */
function collected(...happenings: readonly Happening[]): Outputs {
  const outputs = new Outputs();
  for (const one of happenings) outputs.add(one);
  return outputs;
}

Deno.test("Outputs keep what each cell showed, and change it in its place", () => {
  const outputs = collected(
    { kind: "stdout", text: "while modules load\n" },
    { kind: "cell", cell: 1 },
    { kind: "stdout", text: "a\n" },
    { kind: "stdout", text: "b\n" },
    { kind: "stderr", text: "c\n" },
    { kind: "display", data: { "text/plain": "old" }, id: "x" },
    { kind: "cell", cell: 2 },
    { kind: "update", data: { "text/plain": "new" }, id: "x" },
    { kind: "update", data: { "text/plain": "lost" }, id: "y" },
    { kind: "result", data: { "text/plain": "7" } },
  );
  assert.deepEqual(outputs.of(1), [
    { output_type: "stream", name: "stdout", text: "while modules load\na\nb\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
    { output_type: "display_data", data: { "text/plain": "new" }, metadata: {} },
  ]);
  assert.deepEqual(outputs.of(2), [
    {
      output_type: "execute_result",
      data: { "text/plain": "7" },
      metadata: {},
      execution_count: 2,
    },
  ]);
  assert.deepEqual(outputs.of(3), []);
});

Deno.test("Outputs keep the beginning of a cell's text, and say how much more there was", () => {
  const text = (kind: "stdout" | "stderr", length: number) =>
    ({ kind, text: "x".repeat(length) }) as const;
  const [all] = collected(text("stdout", MOST_TEXT)).of(1);
  assert.equal(all!["text"], "x".repeat(MOST_TEXT));

  const mixed = collected(
    text("stdout", MOST_TEXT - 2),
    { kind: "display", data: { "text/plain": "seen" } },
    text("stderr", 5),
    text("stdout", 2000),
    { kind: "cell", cell: 2 },
    text("stdout", 7),
  );
  assert.deepEqual(mixed.of(1).slice(1), [
    { output_type: "display_data", data: { "text/plain": "seen" }, metadata: {} },
    {
      output_type: "stream",
      name: "stderr",
      text: "xx\n… and 2,003 more characters that this cell printed\n",
    },
  ]);
  assert.equal(mixed.of(2)[0]!["text"], "xxxxxxx", "each cell has room of its own");

  const late = collected(
    text("stdout", MOST_TEXT),
    { kind: "display", data: { "text/plain": "seen" } },
    { kind: "stdout", text: "y" },
  );
  assert.deepEqual(late.of(1).at(-1), {
    output_type: "stream",
    name: "stdout",
    text: "\n… and 1 more characters that this cell printed\n",
  });
  const half = collected(text("stdout", MOST_TEXT - 1), { kind: "stdout", text: "😀" });
  assert.ok(String(half.of(1)[0]!["text"]).isWellFormed());
});

processTest(
  "notebook run holds little of what a cell prints too much",
  async (folder) => {
    const path = putNotebook(
      folder,
      "const a: number = 1;",
      'const text = "x".repeat(1e6);\nfor (let i = 0; i < 200; i++) console.log(text);',
    );
    const out = `${folder}/new/folder/x.html`;
    const ran = await measured(folder, ["notebook", "run", path, "--out", out]);
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
    assert.ok(ran.megabytes < 600, `${ran.megabytes} MB`);
    assert.ok(Deno.statSync(out).size < 200_000);
    assert.match(
      await Deno.readTextFile(out),
      /x\n… and 199,900,200 more characters that this cell printed\n/,
    );
  },
);

processTest("notebook run shows what a cell says in every other way", async (folder) => {
  const path = putNotebook(
    folder,
    "const a: number = 1;",
    'console.assert(a === 1, "unsaid");\nconsole.assert(a === 2, "so", a);\nconsole.trace("here");',
    '"a <b>text</b>";',
    'const b = "x";\nb + b',
  );
  const out = `${folder}/x.html`;
  assert.equal((await runHere(["notebook", "run", path, "--out", out])).code, 0);
  const { cells } = await readNotebook(`${folder}/x.ipynb`);
  const shown = cells.flatMap(({ outputs }) => outputs ?? [])
    .map((output) => output["text"] ?? output["data"]);
  assert.deepEqual(shown, [
    "Assertion failed so 1\nTrace: here\n",
    { "text/plain": '"a <b>text</b>"' }, // as the kernel prints it, and no Markdown
    { "text/plain": '"xx"' },
  ]);
});

/** What never ends, and what is said of it; PATH stands for the notebook. */
const ENDLESS: readonly (readonly [cells: readonly string[], says: string])[] = [
  [["export const a: number = 1;", "for (;;);"], "PATH, cell 2: it has not ended"],
  [
    ["export const a: number = 1;", "setInterval(() => {}, 1000);", "a;"],
    "PATH, cell 3: it has not ended",
  ],
  [['import "./endless.ts";'], "PATH: no cell has begun"],
];

for (const [cells, says] of ENDLESS) {
  for (const command of ["run", "check"]) {
    processTest(`notebook ${command} ends ${cells.at(-1)}`, async (folder) => {
      put(folder, "endless.ts", "for (;;);");
      const path = putNotebook(folder, ...cells);
      const out = command === "run" ? ["--out", `${folder}/x.html`] : [];
      assert.deepEqual(
        await runHere(["notebook", command, path, "--timeout", "5", ...out]),
        {
          code: 3,
          stdout: "",
          stderr: `error: ${says.replace("PATH", path)} after 5 seconds\n` +
            "       Nothing was written; give it longer with --timeout, or 0 for no end\n",
        },
      );
    });
  }
}

processTest(
  "notebook run gives each cell the whole time, or all of it",
  async (folder) => {
    const wait = "await new Promise((done) => setTimeout(done, 3000));";
    const path = putNotebook(folder, wait, wait, wait);
    for (const timeout of ["8", "0"]) {
      const args = ["notebook", "run", path, "--timeout", timeout];
      const out = `${folder}/x.html`;
      const ran = await runHere([...args, "--out", out]);
      assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      const again = `--timeout ${timeout} --out ${out}`;
      assert.ok((await Deno.readTextFile(out)).includes(again), "it is in the command");
    }
  },
);

const TIME = "/usr/bin/time";

/**
 * Runs the command as a real process, and tells what it took of the processors and of memory
 * where GNU time is there: what others run beside it does not count.
 */
async function measured(
  folder: string,
  args: readonly string[],
): Promise<Ran & { readonly cpuSeconds: number; readonly megabytes: number }> {
  if (!hasTime) return { ...await runCommandProcess(args), cpuSeconds: 0, megabytes: 0 };
  const { code, stdout, stderr } = await new Deno.Command(TIME, {
    args: ["-f", "%U %S %M", "-o", `${folder}/time`, ...commandWords(args)],
  }).output();
  const [user, system, kilobytes] = Deno.readTextFileSync(`${folder}/time`)
    .split(" ").map(Number);
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    cpuSeconds: user! + system!,
    megabytes: kilobytes! / 1024,
  };
}

for (const name of Object.keys(CONTENT)) {
  processTest(`notebook run ${name} shows the report's numbers`, async (folder) => {
    const { parameters, input, result } = await other(folder);
    const path = `notebooks/${name}.ipynb`;
    const source = await Deno.readTextFile(path);
    const flags: Readonly<Record<string, readonly string[]>> = {
      "03_age_by_field": [
        ...["--field-a", "DROIT", "--field-b", "GÉNIE CIVIL", "--confidence", "0.9"],
      ],
      "04_live": ["--source", "file", "--size", "300", "--pause-ms", "1"],
    };
    const own = name === "05_your_own_analysis" ? ["--report", `${folder}/own`] : [];
    const { code, stderr, stdout, cpuSeconds } = await measured(folder, [
      ...["notebook", "run", path, "--input", input, "--older-than", "25"],
      ...[...flags[name] ?? [], ...own, "--out", `${folder}/pages/x.html`],
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(
      stdout,
      `Written:\n  ${folder}/pages/x.ipynb\n  ${folder}/pages/x.html\n`,
    );
    assert.ok(cpuSeconds < 10, `${cpuSeconds} s of a processor`);
    const notebook = await readNotebook(`${folder}/pages/x.ipynb`);
    checkContent(name, { notebook, result, parameters });
    assert.equal(
      await Deno.readTextFile(path),
      source,
      "the notebook itself is untouched",
    );
  });
}

processTest("notebook check says what is sound, one line each", async () => {
  const { code, stdout, stderr } = await runCommandProcess(["notebook", "check"]);
  assert.deepEqual([code, stderr], [0, ""]);
  for (const name of Object.keys(CONTENT)) {
    assert.ok(stdout.includes(`ok  notebooks/${name}.ipynb\n`), stdout);
  }
});

interface Fault {
  readonly cells: readonly string[];
  readonly says: string;
  readonly hint: string;
  readonly code?: number;
}

/** What can be wrong with a cell; PATH stands for the notebook. */
const NETWORK =
  "Cells may read and write files, and use the network with --network, no more";

const FAULTS: Readonly<Record<string, Fault>> = {
  "a lint": {
    cells: ["export const a = 1;", "var b = 2;\nconsole.log(b);"],
    says: "PATH, cell 2, line 1: `var` keyword is not allowed (no-var)",
    hint: "",
  },
  "a type": {
    cells: ["const a: number = 1;", "\nconst b: string = a;\nb;"],
    says: "PATH, cell 2, line 2: Type 'number' is not assignable to type 'string'",
    hint: NOTHING,
  },
  "a name that is declared twice": {
    cells: ["const a: number = 1;", "const b = a;\nexport const a = b;"],
    says: "PATH, cell 2, line 2: Redeclaration is not allowed (no-redeclare)",
    hint: "",
  },
  "a module that is missing": {
    cells: ['import { a } from "./nowhere.ts";\na;'],
    says: "PATH, cell 1, line 1: Cannot find module 'file://FOLDER/nowhere.ts'",
    hint: NOTHING,
  },
  "a throw": {
    cells: ["1;", '2;\nJSON.parse("null").x;'],
    says: "PATH, cell 2, line 2: TypeError: Cannot read properties of null (reading 'x')",
    hint: NOTHING,
  },
  "an error of the pipeline": {
    cells: ['import { readFiles } from "cohort";', 'await readFiles("nix.csv");'],
    says: "PATH, cell 2, line 1: Cannot read nix.csv: it does not exist",
    hint: NOTHING,
  },
  "an output that cannot be written": {
    cells: [
      'import { PipelineError } from "cohort";',
      'throw new PipelineError("output", "Cannot write x: the disk is full", { hint: "Make room" });',
    ],
    says: "PATH, cell 2, line 1: Cannot write x: the disk is full",
    hint: "Make room",
    code: 6,
  },
  "the network": {
    cells: ['await fetch("http://127.0.0.1:8001/");'],
    says:
      'PATH, cell 1, line 1: NotCapable: Requires net access to "127.0.0.1:8001", run again with the --allow-net flag',
    hint: NETWORK,
  },
  "a module from the network": {
    cells: ['import { a } from "https://deno.land/x/a.ts";\na;'],
    says:
      'PATH, cell 1, line 1: A remote specifier was requested: "https://deno.land/x/a.ts", but --no-remote is specified',
    hint: NETWORK,
  },
  "a module from the network, by a name that is put together": {
    cells: [
      'const name: string = ["https:", "", "deno.land", "x.ts"].join("/");',
      "await import(name);",
    ],
    says:
      'PATH, cell 2, line 1: TypeError: A remote specifier was requested: "https://deno.land/x.ts", but --no-remote is specified',
    hint: NETWORK,
  },
  "a process that ends": {
    cells: ["Deno.exit(3);"],
    says: "PATH: the process ended early",
    hint: NOTHING,
  },
};

for (const [what, { cells, says, hint, code = 3 }] of Object.entries(FAULTS)) {
  processTest(`notebook check names the cell: ${what}`, async (folder) => {
    const path = putNotebook(folder, ...cells);
    const ran = await runHere(["notebook", "check", path]);
    const told = says.replace("PATH", path).replace("FOLDER", folder);
    assert.deepEqual(ran, {
      code,
      stdout: "",
      stderr: `error: ${told}\n${hint === "" ? "" : `       ${hint}\n`}`,
    });
  });
}

processTest("notebook run says that a name is declared twice", async (folder) => {
  const path = putNotebook(folder, "const a: number = 1;", "const a: number = 2;");
  const out = `${folder}/x.html`;
  assert.deepEqual(await runHere(["notebook", "run", path, "--out", out]), {
    code: 3,
    stdout: "",
    stderr:
      `error: ${path}, cell 1, line 1: Cannot redeclare block-scoped variable 'a'\n` +
      "       All cells run as one module: give the second one another name\n",
  });
});

processTest("a cell that fails leaves what was written before", async (folder) => {
  const path = putNotebook(folder, "const a: number = 1;\nif (a > 1) throw a;");
  const out = `${folder}/x.html`;
  assert.equal((await runHere(["notebook", "run", path, "--out", out])).code, 0);
  const before = [
    await Deno.readTextFile(out),
    await Deno.readTextFile(`${folder}/x.ipynb`),
  ];
  const { code } = await runHere(["notebook", "run", path, "--a", "2", "--out", out]);
  assert.equal(code, 3);
  assert.deepEqual(
    [await Deno.readTextFile(out), await Deno.readTextFile(`${folder}/x.ipynb`)],
    before,
  );
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
    "own.ipynb",
    "x.html",
    "x.ipynb",
  ]);
});

processTest("notebook run ends its cells when it is stopped", async (folder) => {
  const path = putNotebook(
    folder,
    `Deno.writeTextFileSync("began", "");\nsetInterval(() => {}, 1000);`,
  );
  const controller = new AbortController();
  const stopped = new PipelineError("terminated", "Stopped by SIGTERM");
  const { signal } = controller;
  const args = ["notebook", "run", path, "--out", `${folder}/x.html`];
  const running = runHere(args, { signal });
  const began = setInterval(() => {
    if ([...Deno.readDirSync(folder)].some(({ name }) => name === "began")) {
      controller.abort(stopped);
    }
  }, 50);
  const { code, stderr } = await running;
  clearInterval(began);
  assert.deepEqual([code, stderr], [143, "error: Stopped by SIGTERM\n"]);
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["began", "own.ipynb"]);
});

const SAMPLE = "notebooks/03_age_by_field.ipynb";

/** What is refused before any cell runs; PATH stands for a notebook of the folder. */
const REFUSED:
  readonly (readonly [args: readonly string[], says: string, hint: string])[] = [
    [
      ["run"],
      "No notebook is given",
      "Write notebook run notebooks/03_age_by_field.ipynb, then the flags",
    ],
    [
      ["run", SAMPLE, "--oldr-than", "25"],
      "There is no flag --oldr-than",
      "Did you mean --older-than? See --help",
    ],
    [
      ["run", SAMPLE, "--older-than", "abc"],
      '--older-than cannot be "abc"',
      "Give a number; the cell says olderThan: number",
    ],
    [
      ["run", SAMPLE, "--out", "x.pdf"],
      '--out cannot be "x.pdf"',
      "Give a file that ends in .html",
    ],
    [
      ["run", SAMPLE, "--out", "notebooks/03_age_by_field.html"],
      "--out notebooks/03_age_by_field.html would write over the notebook itself",
      "Choose another name or folder: the executed notebook stands beside the page",
    ],
    [
      ["rum", SAMPLE],
      'There is no command "notebook rum"',
      "Write notebook, notebook run FILE, notebook check or notebook clean",
    ],
    [
      [SAMPLE],
      `There is no command "notebook ${SAMPLE}"`,
      `To run it, write notebook run ${SAMPLE}`,
    ],
  ];

for (const [args, says, hint] of REFUSED) {
  processTest(`notebook ${args.join(" ")} is refused before anything runs`, async () => {
    assert.deepEqual(await runHere(["notebook", ...args]), {
      code: 2,
      stdout: "",
      stderr: `error: ${says}\n       ${hint}\n`,
    });
  });
}

processTest(
  "notebook run refuses a parameter with the name of a flag",
  async (folder) => {
    const path = putNotebook(folder, "const out = 1;");
    assert.deepEqual(await runHere(["notebook", "run", path]), {
      code: 3,
      stdout: "",
      stderr: `error: ${path}: the parameter out has the name of a flag, --out\n` +
        "       Give the constant another name\n",
    });
  },
);

processTest("notebook run refuses two parameters with one flag", async (folder) => {
  const path = putNotebook(folder, "const aB = 1;\nconst AB = 2, ab = 3;");
  assert.deepEqual(await runHere(["notebook", "run", path]), {
    code: 3,
    stdout: "",
    stderr: `error: ${path}: two parameters have the same flag, --ab\n` +
      "       Give one of the constants another name\n",
  });
});

processTest("notebook run takes a variable where no flag is given", async (folder) => {
  const path = putNotebook(folder, "const a: number = 1;", "a;");
  const env = { COHORT_A: "5" };
  const out = `${folder}/x.html`;
  assert.equal((await runHere(["notebook", "run", path, "--out", out], { env })).code, 0);
  const { cells } = await readNotebook(`${folder}/x.ipynb`);
  assert.equal(cells[0]!.source, "const a: number = 5;");
});

processTest("notebook run FILE --help lists the parameters of the notebook", async () => {
  const { code, stdout } = await runHere(["notebook", "run", SAMPLE, "--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /^ {2}--older-than number {2}Parameter \(20\)$/m);
  assert.match(stdout, /^ {2}--out FILE\.html/m);
});

processTest(
  "notebook run FILE --help sends nothing hostile to the terminal",
  async (folder) => {
    const path = putNotebook(folder, 'const a = "\u001b[2J";');
    const { code, stdout } = await runHere(["notebook", "run", path, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--a string +Parameter \("\\u\{1b\}\[2J"\)/);
    assert.ok(!stdout.includes("\u001b"));
  },
);

processTest("notebook run needs no permission beyond its task's", async (folder) => {
  const path = putNotebook(folder, "const name = 'a';", "console.log(name);\n1 + 1");
  const out = `${folder}/x.html`;
  const ran = await runCommandProcess(
    ["notebook", "run", path, "--name", "<script>alert(1)</script>", "--out", out],
    { env: { SOURCE_DATE_EPOCH: "0" } },
  );
  assert.deepEqual([ran.code, ran.stderr], [0, ""]);
  const page = await Deno.readTextFile(out);
  assert.match(page, /<dt>made<\/dt><dd>1970-01-01T00:00:00\.000Z by cohort/);
  assert.match(
    page,
    /<pre class="said">&lt;script&gt;alert\(1\)&lt;\/script&gt;\n<\/pre>/,
  );
  assert.match(page, /<pre class="said">2<\/pre>/);
  assert.doesNotMatch(page, /<pre class="cell"|<script>alert/);
});

processTest(
  "notebook clean takes outputs out, and is quiet after that",
  async (folder) => {
    const path = putNotebook(folder, "1 + 1");
    const out = `${folder}/x.html`;
    await runHere(["notebook", "run", path, "--out", out]);
    const executed = `${folder}/x.ipynb`;
    assert.match(await Deno.readTextFile(executed), /"text\/plain": "2"/);
    const cleaned = { code: 0, stdout: `cleaned  ${executed}\n`, stderr: "" };
    assert.deepEqual(await runHere(["notebook", "clean", executed]), cleaned);
    assert.doesNotMatch(await Deno.readTextFile(executed), /text\/plain/);
    assert.equal((await runHere(["notebook", "clean", executed])).stdout, "");
  },
);

processTest("notebook clean and check refuse flags that they do not have", async () => {
  assert.deepEqual(await runHere(["notebook", "clean", SAMPLE, "--code"]), {
    code: 2,
    stdout: "",
    stderr: "error: There is no flag --code\n       See --help\n",
  });
});

for (const command of ["check", "clean"]) {
  processTest(`notebook ${command} says that there are no notebooks`, async (folder) => {
    assert.deepEqual(await runCommandProcess(["notebook", command], { cwd: folder }), {
      code: 3,
      stdout: "",
      stderr: "error: There are no notebooks in notebooks/\n" +
        "       Name them, or run the command where notebooks/ is\n",
    });
  });
}

processTest("a REPL has the same imports, and shows a table as text", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["repl", "--quiet", "--allow-read"],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = [
    'import { agesByField, readFiles, show } from "cohort";',
    'await show(await agesByField(await readFiles("data/students.csv")));',
    "",
  ];
  await writer.write(new TextEncoder().encode(lines.join("\n")));
  await writer.close();
  const { stdout } = await child.output();
  assert.match(new TextDecoder().decode(stdout), /^DROIT +217 +24\.0 /m);
});
