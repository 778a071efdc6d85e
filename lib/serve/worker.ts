/**
 * A thread that draws charts, so that the stream does not wait for them: Vega is loaded here,
 * once, and takes longer to draw a page than a broker waits between two batches.
 */
import { drawSvg } from "../report/charts/svg.ts";
import type { Drawn, Question } from "./drawing.ts";
import { drawNumbers } from "./numbers.ts";

/** What a worker's global object has, beside what every script's has. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(drawn: Drawn): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ markup: await drawNumbers(data, drawSvg) });
  } catch (error) {
    scope.postMessage({ failure: String(error) });
  }
};
