/**
 * A notebook file, `.ipynb`, as nbformat 4 has it: read, written, and stripped of what a run
 * has left in it.
 */
import { z } from "zod";
import { PipelineError, systemReason } from "../errors.ts";

/** Jupyter writes a long text as a list of lines or as one. */
const multiline = z.union([z.string(), z.array(z.string())], "it is no text")
  .transform((text) => [text].flat().join(""));

const outputSchema = z.looseObject({ output_type: z.string() });

const cellSchema = z.looseObject({
  cell_type: z.enum(["code", "markdown", "raw"]),
  id: z.string().optional(),
  metadata: z.looseObject({ tags: z.array(z.string()).optional() }).default({}),
  source: multiline,
  outputs: z.array(outputSchema).readonly().optional(),
  execution_count: z.number().nullable().optional(),
});

const notebookSchema = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.number(),
  metadata: z.looseObject({
    kernelspec: z.looseObject({ name: z.string() }).optional(),
    lang: z.string().optional(),
  }),
  cells: z.array(cellSchema),
});

/** One output of a code cell, as Jupyter keeps it. */
export type CellOutput = Readonly<z.infer<typeof outputSchema>>;

/** One cell: a text, or code with its outputs. */
export type Cell = Readonly<z.infer<typeof cellSchema>>;

/** A notebook. */
export type Notebook = Readonly<z.infer<typeof notebookSchema>>;

/**
 * Returns the notebook that the text of a file holds.
 *
 * @param name The file's name, for the error.
 * @throws {PipelineError} If the text is no notebook of format 4.
 */
export function parseNotebook(text: string, name: string): Notebook {
  const fail = (reason: string, cause?: unknown): PipelineError =>
    new PipelineError("input", `Cannot read ${name}: ${reason}`, {
      hint: "Give a Jupyter notebook (.ipynb) of format 4",
      cause,
    });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw fail("it is not JSON", cause);
  }
  const parsed = notebookSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw fail(`${path.join(".") || "the whole"}: ${message}`, parsed.error);
}

/**
 * Returns the notebook of a file.
 *
 * @throws {PipelineError} If the file cannot be read or holds no notebook.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await Deno.readTextFile(path).catch((cause) => {
    throw new PipelineError("input", `Cannot read ${path}: ${systemReason(cause)}`, {
      hint: "Name a notebook, such as notebooks/01_explore.ipynb",
      cause,
    });
  });
  return parseNotebook(text, path);
}

/** Returns the text of the file, laid out as Jupyter does: one space, lines as a list. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: lines(cell.source) }));
  return JSON.stringify({ ...notebook, cells }, null, 1) + "\n";
}

function lines(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/**
 * Returns the notebook as it is committed: no outputs, no execution counts, and of the
 * metadata only the kernel, the language and the cells' tags.
 */
export function stripNotebook(notebook: Notebook): Notebook {
  const { kernelspec, lang } = notebook.metadata;
  return {
    cells: notebook.cells.map(stripCell),
    metadata: {
      ...(kernelspec !== undefined && { kernelspec }),
      ...(lang !== undefined && { lang }),
      language_info: { name: "typescript" },
    },
    nbformat: notebook.nbformat,
    nbformat_minor: notebook.nbformat_minor,
  };
}

/** Whether the cell holds the parameters. */
export function isParametersCell({ cell_type, metadata }: Cell): boolean {
  return cell_type === "code" && (metadata.tags ?? []).includes("parameters");
}

function stripCell({ cell_type, id, metadata, source, attachments }: Cell): Cell {
  const tags = metadata.tags ?? [];
  return {
    cell_type,
    ...(attachments !== undefined && { attachments }),
    ...(cell_type === "code" && { execution_count: null }),
    ...(id !== undefined && { id }),
    metadata: tags.length === 0 ? {} : { tags },
    ...(cell_type === "code" && { outputs: [] }),
    source,
  };
}
