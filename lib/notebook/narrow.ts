/**
 * Charts that are drawn twice: as wide as a screen has room, and narrow for the page of a run
 * on a phone, where a wide one would be cut or too small to read.
 */
import type { Spec } from "../report/charts/base.ts";

/** Fits a phone, in pixels. */
const NARROW_WIDTH = 350;

/**
 * Returns the chart with its words and its narrow form: Vega leaves alone what is `usermeta`.
 *
 * @param words A heading, and a line for each thing that it shows.
 */
export function drawTwice(
  width: number,
  draw: (width: number) => Spec,
  words?: readonly string[],
): Spec {
  return {
    ...draw(width),
    ...(words !== undefined && { description: words.join("\n") }),
    usermeta: { narrow: draw(NARROW_WIDTH) },
  };
}

/** Returns the narrow form of a chart; nothing where it has none. */
export function narrowOf({ usermeta }: Spec): Spec | undefined {
  const { narrow } = (usermeta ?? {}) as { readonly narrow?: Spec };
  return narrow;
}
