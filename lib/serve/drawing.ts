/**
 * Has the charts of a result drawn in a thread of its own.
 */
import { PipelineError } from "../errors.ts";
import type { Result } from "../report/result.ts";

/** What the thread is told. */
export type Question = Result;

/** What the thread answers. */
export type Drawn = { readonly markup: string } | { readonly failure: string };

/** Draws results, one at a time; dispose of it to end its thread. */
export class Drawing implements Disposable {
  /** Started when something is drawn for the first time. */
  #worker: Worker | undefined;
  /** Who waits for what is being drawn. */
  #waiting: PromiseWithResolvers<string> | undefined;

  /**
   * Returns the sections with the numbers and charts of a result, as markup.
   *
   * @throws {PipelineError} If it cannot be drawn: a fault of the program.
   */
  draw(result: Result): Promise<string> {
    const waiting = this.#waiting = Promise.withResolvers<string>();
    this.#worker ??= this.#start();
    this.#worker.postMessage(result);
    return waiting.promise;
  }

  /** Ends the thread; what it draws never comes. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
  }

  #start(): Worker {
    const url = new URL("./worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: "drawing" });
    worker.onmessage = ({ data }: MessageEvent<Drawn>) => {
      if ("markup" in data) this.#waiting?.resolve(data.markup);
      else this.#fail(data.failure);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
      this.#worker = undefined; // it has ended
    };
    return worker;
  }

  #fail(reason: string): void {
    this.#waiting?.reject(
      new PipelineError("internal", `The charts cannot be drawn: ${reason}`),
    );
  }
}
