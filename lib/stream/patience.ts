/**
 * What a broker tells of a topic before a stream begins: asked again for a while, since one
 * that has just started does not know its groups yet.
 */
import { PipelineError } from "../errors.ts";
import type { Connection } from "../kafka/connection.ts";
import { readTopicIdentity, type TopicIdentity } from "../kafka/identity.ts";

/**
 * Returns the ids of the topic.
 *
 * @throws {Error} If the broker has no such topic, or does not tell.
 */
export async function identityOf(
  connection: Connection,
  topic: string,
): Promise<TopicIdentity> {
  const ids = await readTopicIdentity(connection, topic);
  if (ids === undefined) throw new Error("it has no such topic");
  return ids;
}

/** How long a broker may take to tell where its partitions begin and end, in ms. */
const PATIENCE_MS = 10_000;
/** How long it is left in peace after an error, in ms. */
const PAUSE_MS = 200;

/**
 * Tries again for a while.
 *
 * @throws {PipelineError} If what is told cannot be used, or nothing is told in time.
 */
export async function retried<T>(topic: string, action: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof PipelineError) throw cause;
      if (performance.now() > deadline) {
        const { message } = cause as Error;
        throw new PipelineError("kafka", `Kafka does not tell of ${topic}: ${message}`, {
          hint:
            "We may lack a right to the topic or the group: the broker's log may tell",
          cause,
        });
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }
}
