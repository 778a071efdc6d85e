/**
 * Settings: each is declared once, with its type, its default, its help line. The flag
 * `--older-than` beats the variable `COHORT_OLDER_THAN`, which beats the default.
 */
import { parseArgs } from "node:util";
import leven from "leven";
import { z } from "zod";
import { PipelineError } from "../errors.ts";

/** One setting; its flag is its key in {@linkcode Settings}. */
export interface Setting<T> {
  /** What stands for the value in the help, `FILE`; absent for a switch. */
  readonly value?: string;
  /** One line of help. */
  readonly help: string;
  /** Whether it can be given more than once. */
  readonly isRepeatable?: boolean;
  /** Turns the text (`"true"` of a switch, all texts of a repeatable one) into the value. */
  readonly schema: z.ZodType<T>;
}

/** The settings of a command by their flags, without the dashes. */
// deno-lint-ignore no-explicit-any -- a table of settings of any types
export type Settings = Readonly<Record<string, Setting<any>>>;

/** The values of a command's settings. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A switch: given or not. */
export function toggle(help: string): Setting<boolean> {
  const schema = z.enum(["true", "1", "false", "0"], { error: "true or false" })
    .transform((text) => text === "true" || text === "1").default(false);
  return { help, schema };
}

/** Returns the schema of a whole number between two bounds. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = `a whole number from ${min} to ${max}`;
  return z.string().regex(/^[+-]?[0-9]+$/, error).transform(Number)
    .refine((number) => number >= min && number <= max, error);
}

/**
 * Returns the values that the arguments and the environment give.
 *
 * @throws {PipelineError} If a flag does not exist, lacks its value, or the value is no good.
 */
export function readSettings<S extends Settings>(
  settings: S,
  args: readonly string[],
  env: (name: string) => string | undefined,
): Values<S> {
  const texts = readFlags(settings, args);
  const values: Record<string, unknown> = {};
  for (const [flag, setting] of Object.entries(settings)) {
    const given = texts.get(flag);
    const variable = variableOf(flag);
    const fromEnv = given === undefined ? env(variable) : undefined;
    const text = given ??
      (fromEnv === undefined || fromEnv === "" ? undefined : [fromEnv]);
    const input = setting.isRepeatable ? text : text?.at(-1);
    const parsed = setting.schema.safeParse(input);
    if (!parsed.success) {
      const name = given === undefined ? variable : `--${flag}`;
      throw new PipelineError("usage", `${name} cannot be "${text?.at(-1) ?? ""}"`, {
        hint: `Give ${parsed.error.issues[0]!.message}`,
        cause: parsed.error,
      });
    }
    values[flag] = parsed.data;
  }
  return values as Values<S>;
}

/** Returns the environment variable of a flag: `older-than` → `COHORT_OLDER_THAN`. */
export function variableOf(flag: string): string {
  return `COHORT_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Returns the texts that each flag was given. */
function readFlags(settings: Settings, args: readonly string[]): Map<string, string[]> {
  const options = Object.fromEntries(
    Object.entries(settings).map((
      [flag, { value }],
    ) => [flag, { type: value === undefined ? "boolean" : "string" } as const]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const texts = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new PipelineError("usage", `"${token.value}" is not a flag`, {
        hint: "input" in settings
          ? `For a file to read, write --input ${token.value}`
          : "See --help",
      });
    }
    const setting = Object.hasOwn(settings, token.name)
      ? settings[token.name]
      : undefined;
    if (setting === undefined) throw unknown(token.rawName, Object.keys(settings));
    texts.set(token.name, [...texts.get(token.name) ?? [], textOf(token, setting)]);
  }
  return texts;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function textOf(token: OptionToken, setting: Setting<unknown>): string {
  const { rawName, value, inlineValue } = token;
  if (setting.value === undefined) {
    if (value === undefined) return "true";
    throw new PipelineError("usage", `${rawName} takes no value`, {
      hint: `Write ${rawName} alone`,
    });
  }
  if (value === undefined || (!inlineValue && value.startsWith("--"))) {
    throw new PipelineError("usage", `${rawName} needs a value`, {
      hint: `Write ${rawName} ${setting.value}`,
    });
  }
  return value;
}

function unknown(rawName: string, flags: readonly string[]): PipelineError {
  const close = nearest(rawName.replace(/^-+/, ""), flags);
  return new PipelineError("usage", `There is no flag ${rawName}`, {
    hint: close === undefined ? "See --help" : `Did you mean --${close}? See --help`,
  });
}

/** Returns the word that is most like another, or undefined where none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((other) => ({ other, distance: leven(word, other) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 3)
    ? best.other
    : undefined;
}
