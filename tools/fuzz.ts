/**
 * Looks for a difference between the byte kernel and the rules as text until the time is up;
 * a seed that shows one is named, and shows it again.
 *
 * deno task fuzz [--minutes 1] [--seed 1]
 */
import { parseArgs } from "node:util";
import { compareSeed } from "../tests/kernel_cases.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
  },
});
const end = performance.now() + 60_000 * Number(values.minutes);
let seed = Number(values.seed);
do {
  compareSeed(seed, seed % 50 === 0 ? 3000 : 60);
  seed++;
} while (performance.now() < end);
console.log(`No difference in seeds ${values.seed} to ${seed - 1}`);
