/**
 * The command that makes a report again, for its provenance.
 */
import type { Result } from "./result.ts";

/** How many inputs are named on the page; `report.json` names them all. */
export const MOST_INPUTS = 50;

/**
 * Returns the command line that gives this result from the same inputs, for a POSIX shell;
 * undefined where a script's own source was read, which no command can name.
 */
export function commandOf(
  { parameters, inputs, suppressed }: Result,
): string | undefined {
  const isNamed = parameters.engine !== undefined ||
    inputs.every(({ sha256, ranges }) => (sha256 ?? ranges) !== undefined);
  if (!suppressed && !isNamed) return undefined;
  const isLong = inputs.length > MOST_INPUTS;
  const sources = suppressed || isLong ? ["…"] : inputs.map(({ source }) => source);
  const { older_than, lang, columns, delimiter, encoding, date } = parameters;
  const { title, author, course } = parameters;
  const flags:
    readonly (readonly [flag: string, value: string | number | true | undefined])[] = [
      ["engine", parameters.engine],
      ...sources.map((source) => ["input", source] as const),
      ["parts", parameters.parts],
      ["older-than", older_than === 20 ? undefined : older_than],
      ["allow-gaps", parameters.allow_gaps],
      ["columns", columns],
      ["delimiter", delimiter === "\t" ? "tab" : delimiter],
      ["encoding", encoding],
      ["no-header", parameters.no_header],
      ["bom", parameters.bom],
      ["max-reject-rate", parameters.max_reject_rate],
      ["min-group-size", parameters.min_group_size],
      ["no-examples", parameters.no_examples],
      ["lang", lang === "en" ? undefined : lang],
      ["title", title],
      ["author", author],
      ["course", course],
      ["date", date],
    ];
  const words = flags.filter(([, value]) => value !== undefined).map(([flag, value]) =>
    value === true ? `--${flag}` : `--${flag}${flagValue(String(value))}`
  );
  return ["deno task report", ...words].join(" ");
}

/** Returns the value behind its flag; one that begins with a dash needs the `=`. */
export function flagValue(value: string): string {
  const quoted = /^[\w.,:;/=@%+…-]+$/.test(value) && !value.includes(";")
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
  return value.startsWith("-") && value !== "-" ? `=${quoted}` : ` ${quoted}`;
}
