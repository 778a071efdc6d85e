/** A thread that fails at its first block. */
import type { Question } from "../lib/engine/pool.ts";

addEventListener("message", (event) => {
  const question = (event as MessageEvent<Question>).data;
  if (!("input" in question)) return;
  const scope = globalThis as unknown as { postMessage(answer: unknown): void };
  scope.postMessage({ failure: "Error: out of luck" });
});
