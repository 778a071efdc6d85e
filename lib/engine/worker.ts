/**
 * A thread that cleans blocks; `pool.ts` tells what it is asked and what it answers.
 */
import type { AgesByField } from "../analyse/ages.ts";
import { fastCleaning } from "../transform/clean.ts";
import type { Cleaning } from "../transform/cleaning.ts";
import { type Answer, type BlockJob, type Question, roomFor } from "./pool.ts";

/** What a worker's global object has, beside what every script's has. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(answer: Answer, transfer: readonly ArrayBufferLike[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let cleaning: Cleaning | undefined;

scope.onmessage = ({ data }) => {
  try {
    answer(data);
  } catch (error) {
    scope.postMessage({ failure: String(error) }, []);
  }
};

function answer(data: Question): void {
  if ("olderThan" in data) cleaning = fastCleaning(data.olderThan).cleaning;
  else if ("input" in data) cleanBlock(cleaning!, data);
  else {
    const ages: AgesByField = new Map();
    cleaning!.takeAges(ages);
    scope.postMessage({ ages }, []);
  }
}

function cleanBlock(
  cleaning: Cleaning,
  { input, block, state, weight, spare }: BlockJob,
): void {
  const cleaned = cleaning.cleanBlock(input, block, state, weight);
  const csvEnd = cleaned.csv.length;
  const end = csvEnd + cleaned.rejects.length;
  const bytes = roomFor(end, spare);
  bytes.set(cleaned.csv);
  bytes.set(cleaned.rejects, csvEnd);
  const csv = bytes.subarray(0, csvEnd);
  const rejects = bytes.subarray(csvEnd, end);
  scope.postMessage(
    { cleaned: { ...cleaned, csv, rejects }, block, memory: bytes },
    [bytes.buffer, block.bytes.buffer],
  );
}
