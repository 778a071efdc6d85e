/**
 * What must not change between two runs on one store.
 */
import { PipelineError } from "../errors.ts";
import { unusable } from "./failures.ts";
import type { StoreIdentity } from "./schema.ts";

const NEW_STORE = "give another folder with --store; this one can still be reported on";

/**
 * Checks that a store is used as it was made.
 *
 * @throws {PipelineError} If it was made for another cluster, topic, group or threshold.
 */
export function checkIdentity(made: StoreIdentity, now: StoreIdentity, path: string) {
  if (made.olderThan !== now.olderThan) {
    throw unusable(
      path,
      `it keeps students older than ${made.olderThan}, not ${now.olderThan}`,
      {
        kind: "usage",
        hint: `Go on with --older-than ${made.olderThan}, or ${NEW_STORE}`,
      },
    );
  }
  if (made.groupId !== now.groupId) {
    throw unusable(
      path,
      `it belongs to consumer group ${made.groupId}, not ${now.groupId}`,
      { kind: "usage", hint: `Go on with that group.id, or ${NEW_STORE}` },
    );
  }
  if (made.topic !== now.topic) {
    throw unusable(path, `it holds messages of topic ${made.topic}, not ${now.topic}`, {
      kind: "usage",
      hint: `Go on with that topic, or ${NEW_STORE}`,
    });
  }
  if (made.clusterId !== now.clusterId) {
    throw unusable(
      path,
      `it holds messages of Kafka cluster ${made.clusterId}, not ${now.clusterId}`,
      { kind: "kafka", hint: `Check bootstrap.servers, or ${NEW_STORE}` },
    );
  }
  if (made.topicId !== now.topicId) {
    throw new PipelineError(
      "kafka",
      `Cannot use ${path}: topic ${made.topic} was deleted and made again since (its id was ${made.topicId}, now it is ${now.topicId})`,
      { hint: `Its offsets mean other messages now: ${NEW_STORE}` },
    );
  }
}
