/**
 * What of a result is shown to others, as its parameters say, and the page that shows it.
 */
import { commandOf } from "./command.ts";
import type { Result } from "./result.ts";
import { suppressSmallGroups } from "./suppress.ts";

/** Returns the result without the examples and the small groups that are not to be shown. */
export function publish(result: Result): Result {
  const { no_examples, min_group_size } = result.parameters;
  const shown = no_examples ? { ...result, reject_examples: [] } : result;
  return min_group_size === undefined
    ? shown
    : suppressSmallGroups(shown, min_group_size);
}

/** Returns the page of a result, in the language and under the heading that it names. */
export async function drawResult(result: Result): Promise<string> {
  const { drawPage } = await import("./page.ts"); // many files, and not every run draws
  const { title, author, course, date, no_examples } = result.parameters;
  return await drawPage(result, {
    title,
    author,
    course,
    date,
    examples: no_examples !== true,
    command: commandOf(result),
  });
}
