/**
 * The flags of a command as its help lists them.
 */
import { type Settings, toggle, variableOf } from "./settings.ts";

/** Settings that every command has. */
const COMMON: Settings = {
  help: toggle("Show this help"),
  version: toggle("Show the version"),
};

/** Returns a line for each flag, those that every command has at the end. */
export function flagLines(settings: Settings): string {
  const rows = Object.entries({ ...settings, ...COMMON }).map(
    ([flag, { value, help, isSecret }]) => {
      const term = value === undefined ? `--${flag}` : `--${flag} ${value}`;
      return [isSecret ? variableOf(flag) : term, help] as const;
    },
  );
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, help]) => `  ${term.padEnd(width)}  ${help}`).join("\n");
}
