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
  /** Its help, where there is more to say than its flags. */
  help?(args: readonly string[]): Promise<string>;
  run(args: readonly string[], effects: Effects): Promise<void>;
}
