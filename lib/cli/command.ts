/**
 * What a command is: whoever adds one writes one file with it.
 */
import type { Effects } from "./effects.ts";
import type { Settings } from "./settings.ts";

/** One thing that the program can do. */
export interface Command {
  /** What it does, one line. */
  readonly summary: string;
  readonly settings: Settings;
  run(args: readonly string[], effects: Effects): Promise<void>;
}
