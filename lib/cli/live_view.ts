/**
 * What a stream shows on a terminal while it runs: a view that is drawn over four times a
 * second.
 */
import type { StatusReader } from "../stream/status.ts";
import { complain, type Effects, printable } from "./effects.ts";
import { liveLines } from "./live_lines.ts";
import { Screen, type Terminal } from "./screen.ts";
import { Unhurried } from "./unhurried.ts";

/** How often the view is drawn, in ms. */
const EVERY_MS = 250;

/** Shows a stream; dispose of it to end that, which restores the terminal. */
export interface LiveView extends AsyncDisposable {
  /** Tells something else; nothing may be written to standard error beside it. */
  readonly say: (message: string) => void;
}

/** What a view needs of the world. */
export type LiveEffects = Pick<Effects, "env" | "stderr"> & {
  readonly terminal: Terminal;
};

/** Returns the view on standard error, a terminal, which shows itself from now on. */
export function liveView(read: StatusReader, effects: LiveEffects): LiveView {
  const { terminal } = effects;
  const messages: string[] = [];
  const opened = new AsyncDisposableStack();
  // first, so that it comes last: what was told is read on the screen that stays
  opened.defer(() => {
    for (const message of messages) complain(effects, `${printable(message)}\n`);
  });
  const isPlain = (effects.env("NO_COLOR") ?? "") !== "";
  const output = opened.use(new Unhurried(effects.stderr));
  const screen = opened.use(new Screen(output, { isPlain }));
  const draw = (): void => {
    const size = terminal.size();
    screen.draw(liveLines(read(), size, messages), size);
  };
  opened.defer(terminal.onExit(() => {
    if (output.isBusy) return; // the terminal is held, and the process is not
    screen[Symbol.dispose]();
    output.writeNow();
  }));
  opened.defer(terminal.onChange(() => {
    screen.forget();
    draw();
  }));
  const timer = setInterval(draw, EVERY_MS);
  opened.defer(() => clearInterval(timer));
  draw();
  return {
    say: (message) => {
      messages.push(message);
      draw();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
