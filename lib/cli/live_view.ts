/**
 * What a stream shows while it runs: a view that is drawn over four times a second on a
 * terminal, else a plain line every few seconds and whenever its state changes.
 */
import { isFlowing } from "../stream/health.ts";
import type { StatusReader, StreamState } from "../stream/status.ts";
import { complain, type Effects, printable } from "./effects.ts";
import { liveLines, liveSummary } from "./live_lines.ts";
import { Screen, type Terminal } from "./screen.ts";

/** How often the view is drawn, in ms. */
const EVERY_MS = 250;
/** How often a plain line is written, in ms. */
const PLAIN_MS = 5000;

/** Shows a stream; dispose of it to end that, which restores the terminal. */
export interface LiveView extends Disposable {
  /** Tells something else; nothing may be written to standard error beside it. */
  readonly say: (message: string) => void;
}

/** What a view needs of the world. */
export type LiveEffects = Pick<Effects, "env" | "stderr" | "now" | "terminal">;

/** Returns the view, which shows itself from now on. */
export function liveView(read: StatusReader, effects: LiveEffects): LiveView {
  const { stderr, terminal } = effects;
  return terminal !== undefined && stderr.isTerminal()
    ? screenView(read, effects, terminal)
    : plainView(read, effects);
}

function screenView(
  read: StatusReader,
  effects: LiveEffects,
  terminal: Terminal,
): LiveView {
  const messages: string[] = [];
  const opened = new DisposableStack();
  // first, so that it comes last: what was told is read on the screen that stays
  opened.defer(() => {
    for (const message of messages) complain(effects, `${printable(message)}\n`);
  });
  const isPlain = (effects.env("NO_COLOR") ?? "") !== "";
  const screen = opened.use(new Screen(effects.stderr, { isPlain }));
  const draw = (): void => {
    const size = terminal.size();
    screen.draw(liveLines(read(), size, messages), size);
  };
  opened.defer(terminal.onExit(() => screen[Symbol.dispose]()));
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
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function plainView(read: StatusReader, effects: LiveEffects): LiveView {
  const lines = new PlainLines(read, effects);
  const timer = setInterval(() => lines.tick(), EVERY_MS);
  return {
    say: (message) => complain(effects, `${printable(message)}\n`),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Writes plain lines; to be asked often. */
export class PlainLines {
  readonly #read: StatusReader;
  readonly #effects: Pick<LiveEffects, "stderr" | "now">;
  #last: { readonly time: number; readonly state: StreamState | "flowing" } | undefined;

  constructor(read: StatusReader, effects: Pick<LiveEffects, "stderr" | "now">) {
    this.#read = read;
    this.#effects = effects;
  }

  /** Writes a line if it is time again, or the stream does something else now. */
  tick(): void {
    const status = this.#read();
    const time = this.#effects.now().getTime();
    // from reading to caught up and back is a matter of milliseconds
    const state = isFlowing(status) ? "flowing" : status.state;
    if (this.#last?.state === state && time < this.#last.time + PLAIN_MS) return;
    this.#last = { time, state };
    complain(this.#effects, `${liveSummary(status)}\n`);
  }
}
