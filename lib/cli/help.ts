/**
 * The flags of a command as its help lists them.
 */
import { type Settings, toggle } from "./settings.ts";

/** Settings that every command has. */
const COMMON: Settings = {
  help: toggle("Show this help"),
  version: toggle("Show the version"),
};

/** Returns a line for each flag, those that every command has at the end. */
export function flagLines(settings: Settings): string {
  return Object.entries({ ...settings, ...COMMON }).map(([flag, { value, help }]) =>
    `  ${`--${flag}${value === undefined ? "" : ` ${value}`}`.padEnd(24)} ${help}`
  ).join("\n");
}
