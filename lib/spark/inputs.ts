/**
 * Files and folders that the cluster sees: which there are, and how each is laid out, by the
 * same code that a run on this machine asks.
 */
import { PipelineError } from "../errors.ts";
import { HEAD_BYTES } from "../ingest/dialect.ts";
import { openText, type TextOptions } from "../ingest/text.ts";
import { concat } from "../transform/bytes.ts";
import { columnOf } from "./arrow.ts";
import { HEAD_LINES, headsQuery, linesOf, splitSettings, WHOLE_FILES } from "./plan.ts";
import type { SparkSession } from "./session.ts";
import type { WorkerSource } from "./worker/protocol.ts";

/** A file that is ready to be cleaned. */
export interface SparkFile extends WorkerSource {
  /** Whether there is nothing in it. */
  readonly isEmpty: boolean;
  /** Whether Spark unpacks it. */
  readonly isPacked: boolean;
}

/** A file as it was found. */
interface Found {
  /** As Spark names it: a URI. */
  readonly path: string;
  /** As the user names it. */
  readonly name: string;
}

/**
 * Returns the files in the order given, each checked and laid out.
 *
 * @param inputs Files and folders (their `*.csv*` files by name), as Spark names them.
 * @throws {PipelineError} If one is missing, is given twice, or cannot be read this way.
 */
export async function findFiles(
  session: SparkSession,
  inputs: readonly string[],
  options: TextOptions,
): Promise<readonly SparkFile[]> {
  const found: Found[] = [];
  for (const input of inputs) found.push(...await filesAt(session, input));
  refuseTwice(found);
  const heads = await readHeads(session, found);
  return await Promise.all(found.map((file, i) => layOut(file, heads[i]!, options)));
}

/** Returns the path itself, or the `*.csv*` files of the folder that it is, by name. */
async function filesAt(
  session: SparkSession,
  input: string,
): Promise<readonly Found[]> {
  if (input === "-") {
    throw new PipelineError("usage", "--input - does not go with --engine", {
      hint: "Spark reads files that its machines see: put the data there",
    });
  }
  const uris = await session.inputFiles(linesOf([escapeGlob(input)]));
  // as the hidden column of each line has it
  const paths = uris.map((uri) => uri.replace(/^file:\/+/, "file:/"));
  const folder = input.replace(/(?<=.)\/+$/, "");
  if (paths.length === 1 && isAt(paths[0]!, folder)) {
    return [{ path: paths[0]!, name: input }];
  }
  const names = paths.map((path) => ({
    path,
    name: decodePath(path).split("/").at(-1)!,
  }));
  const files = names.filter(({ path, name }) =>
    /^[^.].*\.csv/is.test(name) && isAt(path, `${folder}/${name}`)
  );
  if (files.length === 0) throw nothingThere(input, paths.length);
  return files.map(({ path, name }) => ({ path, name: `${folder}/${name}` }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function nothingThere(input: string, others: number): PipelineError {
  const isHidden = /(^|\/)[._][^/]*\/*$/.test(input);
  return new PipelineError(
    "input",
    isHidden && others === 0
      ? `Cannot read ${input}: Spark takes names that begin with . or _ for hidden ones`
      : `Cannot read ${input}: the folder has no *.csv* file`,
    {
      hint: isHidden
        ? "Give it another name"
        : "Spark does not see names that begin with _",
    },
  );
}

/** Whether the URI is that of a path as the user has written it. */
function isAt(uri: string, path: string): boolean {
  const [found, wanted] = [decodePath(uri), path].map((text) =>
    text.replace(/^file:\/*/, "/").replace(/\/{2,}/g, "/").replace(/^(\.\/)+/, "")
  );
  return found === wanted ||
    found!.endsWith(wanted!.startsWith("/") ? wanted! : `/${wanted}`);
}

/** Returns the path that a URI of Spark's means. */
function decodePath(uri: string): string {
  return decodeURIComponent(uri);
}

/** Returns the path so that Spark looks for it and for nothing else. */
export function escapeGlob(path: string): string {
  return path.replace(/[{}[\]*?\\]/g, "\\$&");
}

function refuseTwice(files: readonly Found[]): void {
  const seen = new Set<string>();
  for (const { path, name } of files) {
    if (seen.has(path)) {
      throw new PipelineError("usage", `${name} is given twice`, {
        hint: "With --engine, a file can be read only once in a run",
      });
    }
    seen.add(path);
  }
}

/** How many files one query looks into. */
const FILES_A_QUERY = 16;

/** Returns the first lines of each file, 64 KiB at least or all there is, unpacked. */
async function readHeads(
  session: SparkSession,
  files: readonly Found[],
): Promise<readonly (readonly Uint8Array[])[]> {
  // one split a file, so that Spark opens no more than it must
  await session.config(splitSettings(WHOLE_FILES));
  await session.createView("cohort_heads", linesOf(filePaths(files)));
  const wanted = files.map(({ path }, index) => ({ path, index }));
  const heads: (readonly Uint8Array[])[] = [];
  for (let from = 0; from < wanted.length; from += FILES_A_QUERY) {
    const some = wanted.slice(from, from + FILES_A_QUERY);
    for (const [index, lines] of await readLines(session, some, HEAD_LINES)) {
      const isShort = lines.length === HEAD_LINES && sizeOf(lines) < HEAD_BYTES;
      const file = wanted[index]!;
      heads[index] = isShort
        ? (await readLines(session, [file], HEAD_BYTES)).get(index)!
        : lines;
    }
  }
  return heads;
}

/** Returns the first lines of the files. */
async function readLines(
  session: SparkSession,
  files: readonly { readonly index: number; readonly path: string }[],
  most: number,
): Promise<ReadonlyMap<number, readonly Uint8Array[]>> {
  const lines = new Map<number, Uint8Array[]>(files.map(({ index }) => [index, []]));
  const size = { lines: most, bytes: HEAD_BYTES + 1 };
  for await (const rows of session.sql(headsQuery("cohort_heads", files, size))) {
    for (const row of columnOf(rows)) {
      const [index, line] = new TextDecoder("latin1").decode(row).split("\t");
      lines.get(Number(index))!.push(Uint8Array.fromHex(line!));
    }
  }
  return lines;
}

function sizeOf(lines: readonly Uint8Array[]): number {
  return lines.reduce((sum, { length }) => sum + length + 1, 0);
}

const LF = 10;
const CR = 13;

/** Returns the lines as they stand in the file; whether the last one has an end is not known. */
function joined(lines: readonly Uint8Array[]): Uint8Array {
  const end = Uint8Array.of(LF);
  const bytes = concat(lines.flatMap((line, i) => i === 0 ? [line] : [end, line]));
  // the one line of a file: a CR at its end is more likely half of an end than a whole one
  const isHalf = lines.length === 1 && bytes.indexOf(CR) === bytes.length - 1;
  return isHalf && bytes.length > 0 ? concat([bytes, end]) : bytes;
}

/** Encodings whose lines end elsewhere than where Spark cuts them. */
const OTHER_LINES = /^(utf-16|iso-2022|replacement)/;

/** Returns how the file is laid out, by its head. */
async function layOut(
  { path, name }: Found,
  lines: readonly Uint8Array[],
  options: TextOptions,
): Promise<SparkFile> {
  const head = joined(lines);
  const chunks = (async function* () {
    yield head.subarray(0, HEAD_BYTES); // more than that decides on nothing
    yield head.subarray(HEAD_BYTES);
  })();
  const { layout, encoding, compression } = await openText(name, chunks, options);
  const refuse = (what: string, hint: string): never => {
    throw new PipelineError("input", `Cannot read ${name} with --engine: ${what}`, {
      hint,
    });
  };
  if (compression !== undefined) {
    refuse(
      `it is packed by ${compression}, which its name does not tell`,
      "Spark goes by the name: let it end in .gz, or unpack it",
    );
  }
  if (OTHER_LINES.test(encoding.name)) {
    refuse(`it is ${encoding.name}`, "Save it as UTF-8, or run without --engine");
  }
  if (layout.lineEnd === "\r") {
    refuse(
      "its lines end with CR alone",
      "Give them LF, or run without --engine",
    );
  }
  return {
    ...{ path, name, layout, encoding: encoding.name },
    isEmpty: lines.length === 0,
    isPacked: /\.(gz|bz2|zst|lz4|snappy|deflate)$/i.test(name),
  };
}

/** Returns the paths as Spark takes them: decoded, and no pattern. */
export function filePaths(files: readonly Pick<Found, "path">[]): readonly string[] {
  return files.map(({ path }) => escapeGlob(decodePath(path)));
}
