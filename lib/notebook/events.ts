/**
 * What the process that runs the cells tells on its standard output, among what they print.
 */
import type { MimeBundle } from "./bundle.ts";

/** Something that a cell did; text that is no event was printed by it. */
export type Event =
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

/** Begins an event; nothing that a program would print. */
export const MARK = "\u001ecohort\u001f";
