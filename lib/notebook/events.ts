/**
 * What the process that runs the cells tells on its standard output, among what they print.
 */
import type { MimeBundle } from "./bundle.ts";

/** Something that a cell did; text that is no event was printed by it. */
export type Event =
  /** All is checked; from now on nothing but the cells takes time. */
  | { readonly kind: "ready" }
  | { readonly kind: "cell"; readonly cell: number }
  | Shown & { readonly kind: "display" }
  | Shown & { readonly kind: "update" }
  | Shown & { readonly kind: "result" }
  | { readonly kind: "stderr"; readonly text: string }
  | {
    readonly kind: "error";
    readonly name: string;
    readonly message: string;
    readonly stack: string;
    /** Of a `PipelineError`: its kind and what to do. */
    readonly error?: string;
    readonly hint?: string;
  };

interface Shown {
  readonly data: MimeBundle;
  /** By which a later one takes its place. */
  readonly id?: string;
}

/** Something that a cell did, or printed. */
export type Happening = Event | { readonly kind: "stdout"; readonly text: string };

/** Begins an event; nothing that a program would print. */
export const MARK = "\u001ecohort\u001f";

/**
 * Yields the events in what was printed, and what was printed around them, as it comes: no
 * more is held than one event.
 */
export async function* eventsIn(
  chunks: AsyncIterable<string>,
): AsyncGenerator<Happening> {
  let held = ""; // may be the beginning of a mark
  let event: string[] | undefined; // the beginning of an event
  for await (const chunk of chunks) {
    let rest = held + chunk;
    held = "";
    while (rest !== "") {
      const border = event === undefined ? MARK : "\n";
      const at = rest.indexOf(border);
      if (at < 0) held = event === undefined ? markBegun(rest) : "";
      const piece = rest.slice(0, at < 0 ? rest.length - held.length : at);
      rest = at < 0 ? "" : rest.slice(at + border.length);
      if (event === undefined) {
        if (piece !== "") yield { kind: "stdout", text: piece };
        if (at >= 0) event = [];
      } else {
        event.push(piece);
        if (at < 0) continue;
        yield parseEvent(event.join(""));
        event = undefined;
      }
    }
  }
  if (held !== "") yield { kind: "stdout", text: held };
}

/** Returns the end of the text that may be the beginning of a mark. */
function markBegun(text: string): string {
  const end = text.slice(-MARK.length);
  const at = end.indexOf(MARK[0]!);
  return at >= 0 && MARK.startsWith(end.slice(at)) ? end.slice(at) : "";
}

/** Returns the event; what only looks like one was printed by a cell. */
function parseEvent(line: string): Happening {
  try {
    const event = JSON.parse(line);
    if (typeof event.kind === "string") return event;
  } catch { /* it is no event */ }
  return { kind: "stdout", text: `${MARK}${line}\n` };
}
