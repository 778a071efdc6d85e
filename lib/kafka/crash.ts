/**
 * What it means that the client has given up.
 */
import { PipelineError } from "../errors.ts";

/** What the client takes for final, and is over when the broker is back. */
const TRANSIENT: readonly string[] = [
  "KafkaJSGroupCoordinatorNotFound",
  "KafkaJSTimeout",
  "KafkaJSLockTimeout",
];

/** Whether the client may begin again. */
export function isTransient(error: Error): boolean {
  return TRANSIENT.includes(innermost(error).name);
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

/** Returns the error for a client that has given up for good. */
export function givenUp(topic: string, cause: Error): PipelineError {
  return new PipelineError("kafka", `Cannot read ${topic} on: ${cause.message}`, {
    hint: "What was committed is safe: mend this, then start again",
    cause,
  });
}
