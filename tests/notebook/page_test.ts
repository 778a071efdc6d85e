/** The page of a run, as text: its language, and which cells it shows. */
import assert from "node:assert/strict";
import type { Cell, Notebook } from "../../lib/notebook/notebook.ts";
import type { PageFacts } from "../../lib/notebook/page.ts";
import { langOf, pageWords } from "../../lib/notebook/words.ts";
import { processTest, put, runHere } from "../support.ts";

const FACTS: PageFacts = {
  notebook: "x.ipynb",
  parameters: [["older-than", 20]],
  command: "deno task notebook run x.ipynb",
  made: "2026-01-31T12:00:00.000Z",
  version: "0.1.0",
  code: true,
  lang: "en",
};

/** Loaded where it is used: what makes its HTML safe wants to read the environment. */
async function drawNotebook(notebook: Notebook, facts: PageFacts): Promise<string> {
  const page = await import("../../lib/notebook/page.ts");
  return page.drawNotebook(notebook, facts);
}

function text(source: string, ...tags: readonly string[]): Cell {
  return { cell_type: "markdown", metadata: { tags: [...tags] }, source };
}

function code(source: string, printed: string): Cell {
  return {
    cell_type: "code",
    metadata: {},
    source,
    execution_count: 1,
    outputs: [{
      output_type: "display_data",
      data: { "text/html": `<b>${printed}</b>`, "text/plain": printed },
    }],
  };
}

function notebook(lang: string | undefined, ...cells: readonly Cell[]): Notebook {
  const metadata = lang === undefined ? {} : { lang };
  return { nbformat: 4, nbformat_minor: 5, metadata, cells: [...cells] };
}

processTest(
  "drawNotebook() leaves out what is tagged remove-cell, with its outputs",
  async () => {
    const page = await drawNotebook(
      notebook(undefined, text("# A"), text("Try it", "remove-cell"), {
        ...code("secret()", "unseen"),
        metadata: { tags: ["remove-cell"] },
      }, code("shown()", "seen")),
      FACTS,
    );
    assert.match(page, /<h1>A<\/h1>[^]*shown\(\)[^]*<b>seen<\/b>/);
    assert.doesNotMatch(page, /Try it|secret|unseen/);
  },
);

const LANGUAGES = {
  en: ["How this page was made", "Cell 1, output 1", "Code of cell 1", "by cohort 0.1.0"],
  fr: [
    "Comment cette page a été faite",
    "Cellule 1, sortie 1",
    "Code de la cellule 1",
    "par cohort 0.1.0",
  ],
} as const;

for (const lang of ["en", "fr"] as const) {
  processTest(`drawNotebook() speaks ${lang} where the notebook does`, async () => {
    const cells = notebook(undefined, text("# A"), code("1", "one"));
    const page = await drawNotebook(cells, { ...FACTS, lang });
    assert.match(page, new RegExp(`<html lang="${lang}">`));
    for (const word of LANGUAGES[lang]) assert.ok(page.includes(word), word);
    for (const word of LANGUAGES[lang === "en" ? "fr" : "en"]) {
      assert.ok(!page.includes(word), word);
    }
  });
}

Deno.test("langOf() takes the language from the metadata, and English without", () => {
  const langs = [undefined, "fr", "fr-FR", "FR", "en", "de", "free", ""]
    .map((lang) => langOf(notebook(lang)));
  assert.deepEqual(langs, ["en", "fr", "fr", "fr", "en", "en", "en", "en"]);
  assert.equal(pageWords("fr").inWords, "\u202f: en mots");
});

processTest("notebook run --lang beats the notebook's own language", async (folder) => {
  const french = { ...notebook("fr", text("# Âges"), code("1", "")) };
  const path = put(folder, "own.ipynb", JSON.stringify(french));
  const out = `${folder}/x.html`;
  const page = async (...flags: readonly string[]): Promise<string> => {
    const ran = await runHere(["notebook", "run", path, ...flags, "--out", out]);
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
    return await Deno.readTextFile(out);
  };
  assert.match(await page(), /<html lang="fr">[^]*carnet/);
  assert.match(
    await page("--lang", "en"),
    /<html lang="en">[^]*own\.ipynb --lang en --out/,
  );
  assert.deepEqual(await runHere(["notebook", "run", path, "--lang", "de"]), {
    code: 2,
    stdout: "",
    stderr: 'error: --lang cannot be "de"\n       Give en or fr\n',
  });
});
