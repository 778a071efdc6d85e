/**
 * A terminal's second screen, drawn over without flicker: each frame is one write that holds
 * only the lines that have changed, and the terminal shows it as a whole.
 */
import { type Output, writeAll } from "./effects.ts";
import type { Line, Size } from "./live_lines.ts";

/** What a view needs of the terminal beside writing to it. */
export interface Terminal {
  /** Its size now. */
  readonly size: () => Size;
  /** Tells when it has changed, or the process goes on after Ctrl-Z; returns what ends that. */
  readonly onChange: (listener: () => void) => () => void;
  /** Tells when the process exits; returns what ends that. */
  readonly onExit: (listener: () => void) => () => void;
}

/** The second screen, no cursor, and lines that are too wide do not wrap. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
/** Between the two the terminal waits with showing; one that does not know them ignores them. */
const FRAME = { begin: "\x1b[?2026h", end: "\x1b[?2026l" };

const STYLES = { bold: "1", warning: "1;33" } as const;

/** Where frames go; none does while another is on its way. */
export type ScreenOutput = Output & { readonly isBusy?: boolean };

/** Draws frames; dispose of it to give the terminal back as it was. */
export class Screen implements Disposable {
  readonly #output: ScreenOutput;
  readonly #isPlain: boolean;
  /** What each row shows now. */
  #shown: readonly string[] = [];
  /** Of the last frame; undefined where nothing is known of what the screen shows. */
  #size: Size | undefined;
  #isLeft = false;

  /** @param isPlain Whether it goes without bold type and colours. */
  constructor(output: ScreenOutput, { isPlain }: { readonly isPlain: boolean }) {
    this.#output = output;
    this.#isPlain = isPlain;
  }

  /** Draws the lines over those of the last frame, unless that is still on its way. */
  draw(lines: readonly Line[], size: Size): void {
    if (this.#isLeft || this.#output.isBusy) return;
    const isSame = this.#size?.columns === size.columns && this.#size.rows === size.rows;
    const before = isSame ? this.#shown : [];
    const fresh = lines.map((line) => this.#styled(line));
    // wiped before it is written: afterwards the cursor may stand on its last character
    const changes = Array.from(
      { length: Math.max(fresh.length, before.length) },
      (_, i) => fresh[i] ?? "",
    ).flatMap((text, i) =>
      text === (before[i] ?? "") ? [] : [`\x1b[${i + 1};1H\x1b[2K${text}`]
    );
    const start = this.#size === undefined ? ENTER : "";
    const wipe = isSame ? "" : "\x1b[2J";
    this.#shown = fresh;
    this.#size = size;
    if (changes.length === 0 && isSame) return;
    this.#write(`${start}${FRAME.begin}${wipe}${changes.join("")}${FRAME.end}`);
  }

  /** Forgets what the screen shows: the next frame is drawn whole. */
  forget(): void {
    this.#size = undefined;
  }

  /** Gives the terminal back. */
  [Symbol.dispose](): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#write(LEAVE);
  }

  #styled({ text, style }: Line): string {
    if (style === undefined || this.#isPlain || text === "") return text;
    return `\x1b[${STYLES[style]}m${text}\x1b[0m`;
  }

  /** A terminal that has gone away is no reason to stop. */
  #write(text: string): void {
    try {
      writeAll(this.#output, new TextEncoder().encode(text));
    } catch { /* nobody is watching any more */ }
  }
}

const SIGNALS = ["SIGWINCH", "SIGCONT"] as const;

/** Returns the terminal of this process. */
export function terminalOf(
  { addSignalListener, build, consoleSize, removeSignalListener }: Pick<
    typeof Deno,
    "addSignalListener" | "build" | "consoleSize" | "removeSignalListener"
  >,
): Terminal {
  return {
    size: () => {
      try {
        const { columns, rows } = consoleSize();
        if (columns > 0 && rows > 0) return { columns, rows };
      } catch { /* a terminal that does not know its size */ }
      return { columns: 80, rows: 24 };
    },
    onChange: (listener) => {
      if (build.os === "windows") return () => {};
      for (const signal of SIGNALS) addSignalListener(signal, listener);
      return () => SIGNALS.forEach((signal) => removeSignalListener(signal, listener));
    },
    onExit: (listener) => {
      globalThis.addEventListener("unload", listener);
      return () => globalThis.removeEventListener("unload", listener);
    },
  };
}
