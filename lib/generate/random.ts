/**
 * Chance that can be repeated: the same seed gives the same draws on every machine.
 */

/** Returns an integer from 0 to `below` - 1, all equally likely; `below` is at most 2^32. */
export type Draw = (below: number) => number;

/**
 * Returns a source of even unsigned 32-bit integers: sfc32 by Chris Doty-Humphrey
 * (PractRand, public domain), warmed up by 12 rounds.
 */
export function sfc32(seed: number): () => number {
  let a = 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Draws without bias: takes as many bits as needed and again while they are too many. */
export function evenDraw(next: () => number): Draw {
  return (below) => {
    const mask = -1 >>> Math.clz32((below - 1) | 1);
    let drawn = (next() & mask) >>> 0;
    while (drawn >= below) drawn = (next() & mask) >>> 0;
    return drawn;
  };
}

/** Returns one of the items, all equally likely. */
export function pick<T>(items: readonly T[], draw: Draw): T {
  return items[draw(items.length)]!;
}

/** Returns each item as often as its share says, so that an even pick keeps the shares. */
export function byShare<T extends { readonly share: number }>(
  items: readonly T[],
): readonly T[] {
  return items.flatMap((item) => Array<T>(item.share).fill(item));
}
