/**
 * What the cells of a notebook find around them when they run without Jupyter: the display
 * of the Deno kernel. Imported first by the module of the cells, in a process of its own;
 * what the cells show goes to standard output as events among what they print.
 */
import { bundleOf, type MimeBundle } from "./bundle.ts";
import { type Event, MARK } from "./events.ts";

/** Begins the cell of that number. */
export function enter(cell: number): void {
  tell({ kind: "cell", cell });
}

/** Shows the value that a cell ends with; a text as the kernel prints it, in quotes. */
export async function result(value: unknown): Promise<void> {
  if (value === undefined) return;
  const isText = typeof value === "string";
  const data = isText ? { "text/plain": Deno.inspect(value) } : await bundleOf(value);
  tell({ kind: "result", data });
}

/** Returns the value, as one of which nothing but the type is known. */
export function wide<T>(value: T): T {
  return value;
}

interface DisplayOptions {
  readonly raw?: boolean;
  readonly update?: boolean;
  readonly display_id?: string;
}

async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  const { raw, update, display_id: id } = options;
  const data = raw ? value as MimeBundle : await bundleOf(value);
  tell({ kind: update ? "update" : "display", data, ...(id !== undefined && { id }) });
}

/** Returns a tag for templates of a MIME type, as `Deno.jupyter.md` is one. */
function template(type: string) {
  return (strings: TemplateStringsArray, ...values: readonly unknown[]) => {
    const text = String.raw({ raw: strings }, ...values);
    return { [Symbol.for("Jupyter.display")]: () => ({ [type]: text }) };
  };
}

function tell(event: Event): void {
  const bytes = new TextEncoder().encode(`${MARK}${JSON.stringify(event)}\n`);
  for (let done = 0; done < bytes.length;) {
    done += Deno.stdout.writeSync(bytes.subarray(done));
  }
}

const inspectAll = (values: readonly unknown[]): string =>
  values.map((value) => typeof value === "string" ? value : Deno.inspect(value))
    .join(" ") + "\n";

Object.assign(Deno, {
  jupyter: {
    display,
    html: template("text/html"),
    md: template("text/markdown"),
    svg: template("image/svg+xml"),
  },
});
for (const method of ["error", "warn"] as const) {
  console[method] = (...values) => tell({ kind: "stderr", text: inspectAll(values) });
}
console.assert = (isTrue, ...values) => {
  if (!isTrue) console.error("Assertion failed", ...values);
};
console.trace = (...values) => console.error("Trace:", ...values);
addEventListener("unhandledrejection", ({ reason }) => tellError(reason));
addEventListener("error", ({ error }) => tellError(error));

function tellError(reason: unknown): void {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const { name, message, stack = "" } = error;
  const { kind, hint } = error as { readonly kind?: unknown; readonly hint?: unknown };
  tell({
    kind: "error",
    name,
    message,
    stack,
    ...(typeof kind === "string" && { error: kind }),
    ...(typeof hint === "string" && { hint }),
  });
}

tell({ kind: "ready" });
