/**
 * What the live page shows now, piece by piece: made when somebody looks, at most once a
 * second, and the charts only when their numbers have changed.
 */
import { html } from "../report/html.ts";
import type { Lang } from "../report/words/numbers.ts";
import { type Words, wordsFor } from "../report/words/words.ts";
import type { StatusReader, StreamStatus } from "../stream/status.ts";
import { Drawing } from "./drawing.ts";
import { resultOf } from "./numbers.ts";
import { connectionText, nowPart, rejectsPart } from "./parts.ts";

/** The pieces of the page that change: their markup, by the id of the element that holds it. */
export type Parts = ReadonlyMap<string, string>;

/** What the page shows at one moment. */
export interface Shown {
  /** What the stream is doing, in words. */
  readonly connection: string;
  readonly parts: Parts;
}

/** The page is as new as that, in ms. */
const EVERY_MS = 1000;
/** After drawing the thread rests this many times as long: the processor is for the stream. */
const REST = 3;

/** What a board needs. */
export interface BoardOptions {
  readonly read: StatusReader;
  readonly lang: Lang;
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Told why the charts could not be drawn. */
  readonly onError: (error: unknown) => void;
}

/** What the page shows; dispose of it to end its thread. */
export class Board implements Disposable {
  readonly #options: BoardOptions;
  readonly #words: Words;
  readonly #drawing = new Drawing();
  #shown: Shown | undefined;
  #shownAt = -Infinity;
  #numbers: string;
  #firstDrawing: Promise<void> | undefined;
  /** How many records had been read when the charts were begun. */
  #drawnRead = -1;
  /** When they may be drawn again; infinite while they are being drawn. */
  #drawAt = -Infinity;

  constructor(options: BoardOptions) {
    this.#options = options;
    this.#words = wordsFor(options.lang);
    this.#numbers = html`<p class="note">${this.#words.drawing}</p>`.markup;
  }

  /** The stream now. */
  get status(): StreamStatus {
    return this.#options.read();
  }

  /** Returns what the page shows now; new charts come with a later call. */
  show(): Shown {
    const now = this.#options.clock();
    // a little less, so that no timer that is early misses its turn
    if (this.#shown !== undefined && now < this.#shownAt + 0.9 * EVERY_MS) {
      return this.#shown;
    }
    const status = this.status;
    if (status.counts.read !== this.#drawnRead && now >= this.#drawAt) {
      const drawing = this.#draw(status);
      this.#firstDrawing ??= drawing;
    }
    this.#shownAt = now;
    return this.#shown = {
      connection: connectionText(status, this.#words),
      parts: new Map([
        ["now", nowPart(status, this.#words).markup],
        ["numbers", this.#numbers],
        ["rejects", rejectsPart(status, this.#words).markup],
      ]),
    };
  }

  /** Returns what the page shows now, once there are charts. */
  async showDrawn(): Promise<Shown> {
    this.show();
    await this.#firstDrawing;
    return this.show();
  }

  /** Ends the drawing. */
  [Symbol.dispose](): void {
    this.#drawing[Symbol.dispose]();
  }

  async #draw(status: StreamStatus): Promise<void> {
    const { clock, lang, onError } = this.#options;
    const started = clock();
    this.#drawAt = Infinity;
    this.#drawnRead = status.counts.read;
    try {
      this.#numbers = await this.#drawing.draw(resultOf(status, lang));
    } catch (error) {
      onError(error);
    }
    const took = clock() - started;
    this.#drawAt = started + Math.max(0.9 * EVERY_MS, (1 + REST) * took);
    this.#shownAt = -Infinity; // what is shown is out of date
  }
}
