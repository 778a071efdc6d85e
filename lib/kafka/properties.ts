/**
 * Reads the `.properties` files of Java, in which Kafka's tools keep their settings:
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
import { PipelineError } from "../errors.ts";

/** A key and its value as they stand in a file. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** The line on which it begins, counted from 1. */
  readonly line: number;
}

/**
 * Returns the properties in their order, those of the same key too.
 *
 * @param name The file's name, for errors.
 * @throws {PipelineError} If an escape such as `\u00e9` is cut short.
 */
export function parseProperties(text: string, name: string): readonly Property[] {
  return [...logicalLines(text)].map(({ text, line }) => {
    const [, key, value] = KEY_AND_VALUE.exec(text)!;
    const read = (escaped: string): string => unescape(escaped, `${name}:${line}`);
    return { key: read(key!), value: read(value!), line };
  });
}

/** The key ends at the first `=`, `:` or blank that is not escaped. */
const KEY_AND_VALUE = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/su;

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** Yields lines with those that continue them; comments and empty lines are left out. */
function* logicalLines(text: string): Generator<LogicalLine> {
  const lines = text.split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let whole = lines[i]!.replace(/^[ \t\f]+/, "");
    if (whole === "" || whole.startsWith("#") || whole.startsWith("!")) continue;
    while (endsOpen(whole) && i + 1 < lines.length) {
      whole = whole.slice(0, -1) + lines[++i]!.replace(/^[ \t\f]+/, "");
    }
    yield { text: endsOpen(whole) ? whole.slice(0, -1) : whole, line };
  }
}

/** Whether the line ends with a backslash that is not itself escaped. */
function endsOpen(line: string): boolean {
  return /\\*$/.exec(line)![0].length % 2 === 1;
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: "\t",
  n: "\n",
  r: "\r",
  f: "\f",
};

function unescape(text: string, place: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_all, code, character) => {
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    if (character === "u") {
      throw new PipelineError("usage", `${place}: \\u is not followed by four digits`, {
        hint: "Write \\u00e9 for é, or \\\\ for a backslash",
      });
    }
    return ESCAPES[character] ?? character;
  });
}
