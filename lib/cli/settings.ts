/**
 * Settings: each is declared once, with its type, its default, its help line. The flag
 * `--older-than` beats the variable `COHORT_OLDER_THAN`, which beats the key `older-than` of
 * a config file, which beats the default.
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
  /** Whether it never stands on a command line, where others can read it, nor in an output. */
  readonly isSecret?: boolean;
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
    .pipe(z.number().min(min, error).max(max, error));
}

/** Where settings come from, the strongest first. */
export interface Given {
  readonly args: readonly string[];
  /** An environment variable's value; undefined where it is not set. */
  readonly env: (name: string) => string | undefined;
  readonly config?: ConfigFile | undefined;
}

/** A config file, read. */
export interface ConfigFile {
  /** For errors. */
  readonly name: string;
  /** Its values as texts, by their flags. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** How errors call the values, by their flags; absent: by the file's name and the flag. */
  readonly places?: ReadonlyMap<string, string>;
}

/**
 * Returns the values that the arguments, the environment and the config file give.
 *
 * @throws {PipelineError} If a flag does not exist, lacks its value, or a value is no good.
 */
export function readSettings<S extends Settings>(settings: S, given: Given): Values<S> {
  const flags = readFlags(settings, given.args);
  const values: Record<string, unknown> = {};
  for (const [flag, setting] of Object.entries(settings)) {
    const { name, texts } = textsOf(flag, flags, given);
    const parsed = setting.schema.safeParse(setting.isRepeatable ? texts : texts?.at(-1));
    if (!parsed.success) {
      const at = parsed.error.issues[0]!.path[0]; // which of a repeatable one
      const text = texts?.at(typeof at === "number" ? at : -1) ?? "";
      const what = setting.isSecret && text !== "" ? "what it is" : `"${text}"`;
      throw new PipelineError("usage", `${name} cannot be ${what}`, {
        hint: hintOf(parsed.error.issues[0]!),
        cause: parsed.error,
      });
    }
    values[flag] = parsed.data;
  }
  return values as Values<S>;
}

/** A schema says what it wants, "a whole number"; a check of its own says all. */
function hintOf({ code, message }: z.core.$ZodIssue): string {
  return code === "custom" ? message : `Give ${message}`;
}

/** Returns what the strongest of flag, variable and config file says, and which that is. */
function textsOf(
  flag: string,
  flags: ReadonlyMap<string, readonly string[]>,
  { env, config }: Given,
): { readonly name: string; readonly texts: readonly string[] | undefined } {
  if (flags.has(flag)) return { name: `--${flag}`, texts: flags.get(flag) };
  const variable = env(variableOf(flag)) ?? "";
  if (variable !== "") return { name: variableOf(flag), texts: [variable] };
  const name = config?.places?.get(flag) ?? `${config?.name}: ${flag}`;
  return { name, texts: config?.texts.get(flag) };
}

/** A value and where it comes from, as texts for a person. */
export interface Origin {
  readonly flag: string;
  /** "hidden" of a secret. */
  readonly value: string;
  /** `--topic`, `COHORT_TOPIC`, the place in a config file, or "default". */
  readonly from: string;
}

/** Returns where each value comes from; what is neither given nor has a default is left out. */
export function originsOf(
  settings: Settings,
  given: Given,
  values: Readonly<Record<string, unknown>>,
): readonly Origin[] {
  const flags = readFlags(settings, given.args);
  return Object.entries(settings).flatMap(([flag, { isSecret }]) => {
    const value = values[flag];
    if (value === undefined) return [];
    const { name, texts } = textsOf(flag, flags, given);
    const from = texts === undefined ? "default" : name;
    return [{ flag, value: isSecret ? "hidden" : String(value), from }];
  });
}

const configSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

/**
 * Returns the settings that the text of a config file gives: a JSON object whose keys are
 * flags without their dashes.
 *
 * @param name The file's name, for errors.
 * @throws {PipelineError} If it is no such object or has a key that is no setting.
 */
export function parseConfig(text: string, name: string, settings: Settings): ConfigFile {
  const hint = 'Write a JSON object of flags: { "older-than": 20, "lang": "fr" }';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new PipelineError("usage", `Cannot read ${name}: it is not JSON`, {
      hint,
      cause,
    });
  }
  const parsed = configSchema.safeParse(data);
  if (!parsed.success) {
    const key = parsed.error.issues[0]!.path[0];
    const what = key === undefined
      ? "it is not an object"
      : `${String(key)} is not a text, a number, true or false`;
    throw new PipelineError("usage", `Cannot read ${name}: ${what}`, { hint });
  }
  const texts = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(parsed.data)) {
    if (!Object.hasOwn(settings, key)) throw unknownKey(key, name, Object.keys(settings));
    if (Array.isArray(value) && (value.length === 0 || !settings[key]!.isRepeatable)) {
      const what = value.length === 0 ? "an empty list" : "a list";
      throw new PipelineError("usage", `${name}: ${key} cannot be ${what}`, {
        hint: "Give one value, or leave the key out",
      });
    }
    texts.set(key, [value].flat().map(String));
  }
  return { name, texts };
}

function unknownKey(key: string, name: string, keys: readonly string[]): PipelineError {
  const close = nearest(key, keys);
  return new PipelineError("usage", `${name} has a key that does not exist: ${key}`, {
    hint: close === undefined
      ? "The keys are the flags that --help shows"
      : `Did you mean ${close}?`,
  });
}

/** Returns the environment variable of a flag: `older-than` → `COHORT_OLDER_THAN`. */
export function variableOf(flag: string): string {
  return `COHORT_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Returns the texts that each flag was given. */
export function readFlags(
  settings: Settings,
  args: readonly string[],
): Map<string, string[]> {
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
    if (["help", "version"].includes(token.name)) throw takesNoValue(token.rawName);
    const setting = Object.hasOwn(settings, token.name)
      ? settings[token.name]
      : undefined;
    if (setting === undefined) {
      throw unknown(token.rawName, [...flagsOf(settings), "help", "version"]);
    }
    if (setting.isSecret) throw notAFlag(token.name);
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
    throw takesNoValue(rawName);
  }
  if (value === undefined || (!inlineValue && value.startsWith("--"))) {
    throw new PipelineError("usage", `${rawName} needs a value`, {
      hint: `Write ${rawName} ${setting.value}`,
    });
  }
  return value;
}

function takesNoValue(rawName: string): PipelineError {
  return new PipelineError("usage", `${rawName} takes no value`, {
    hint: `Write ${rawName} alone`,
  });
}

function flagsOf(settings: Settings): readonly string[] {
  return Object.keys(settings).filter((flag) => !settings[flag]!.isSecret);
}

function notAFlag(name: string): PipelineError {
  return new PipelineError("usage", `--${name} does not belong on a command line`, {
    hint: `Others can read it there: set the variable ${variableOf(name)}`,
  });
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
  if (best === undefined || best.distance > Math.max(2, word.length / 3)) {
    return undefined;
  }
  return best.distance < best.other.length ? best.other : undefined; // else nothing is alike
}
