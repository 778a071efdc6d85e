/**
 * Showing a value in a notebook. A value that a cell ends with is shown by itself; in the
 * middle of a cell, `await show(value)` does it.
 *
 * Deno's kernel can tell "idle" before a result that comes a little late; whoever runs the
 * notebook then drops it. What `Deno.jupyter.display` has sent a moment before is never
 * lost: so everything goes that way, and waits for that moment.
 */
import { bundleOf, DISPLAY, knownForm, type MimeBundle } from "./bundle.ts";

/** How long the kernel takes to hand a message over, amply, in ms. */
const MOMENT_MS = 40;

interface Jupyter {
  display(
    bundle: MimeBundle,
    options: {
      readonly raw: true;
      readonly display_id?: string;
      readonly update?: boolean;
    },
  ): Promise<void>;
}

/** Returns the display of the kernel; nothing outside of a notebook. */
function jupyter(): Jupyter | undefined {
  try {
    return Deno.jupyter as unknown as Jupyter;
  } catch {
    return undefined; // the getter throws where there is no kernel
  }
}

/**
 * Shows the value: students, rejects, ages, statistics, the funnel, rejects by reason and a
 * comparison as a table, a spec as a chart, a text as Markdown, anything else as Deno prints
 * it. In a script or a REPL the text is printed.
 *
 * @example
 * ```ts
 * import { agesByField, readFiles, show } from "cohort";
 *
 * await show(await agesByField(await readFiles("data/students.csv")));
 * ```
 */
export async function show(value: unknown): Promise<void> {
  await send(await bundleOf(value));
}

/** Something shown that changes in its place. */
export interface Live {
  /** Shows another value in the place of the last one. */
  update(value: unknown): Promise<void>;
}

/**
 * Shows the value in a place where others can follow it: a chart that grows.
 *
 * @example
 * ```ts
 * import { showLive } from "cohort";
 *
 * const place = await showLive("0 records");
 * await place.update("1,000 records");
 * ```
 */
export async function showLive(value: unknown): Promise<Live> {
  const id = crypto.randomUUID();
  await send(await bundleOf(value), { display_id: id });
  return {
    update: async (next) =>
      await send(await bundleOf(next), { display_id: id, update: true }),
  };
}

async function send(
  bundle: MimeBundle,
  options: { readonly display_id?: string; readonly update?: boolean } = {},
): Promise<void> {
  const kernel = jupyter();
  if (kernel === undefined) return console.log(bundle["text/plain"]);
  await kernel.display(bundle, { raw: true, ...options });
  await new Promise((done) => setTimeout(done, MOMENT_MS));
}

/**
 * Lets a table or a chart that a cell ends with show itself. The kernel asks a value for the
 * method `Jupyter.display` and knows no other way to tell it how a kind of value looks; so
 * all objects have it here, and it is undefined for all but tables and charts. Arrays of
 * students that a cell has filtered or sorted are shown like any other.
 */
function teachKernel(): void {
  Object.defineProperty(Object.prototype, DISPLAY, {
    configurable: true,
    get(this: unknown) {
      const form = knownForm(this);
      return form && (async () => {
        await send(await form());
        return {}; // all is shown already: the late result has nothing to lose
      });
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, DISPLAY, { value, configurable: true, writable: true });
    },
  });
}

if (jupyter() !== undefined) teachKernel();
