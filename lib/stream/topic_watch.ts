/**
 * Looks after the topic while a stream reads it: one that was deleted would be waited for
 * without a word, and one that was made again in its place would be read on, at offsets that
 * mean other messages now.
 */
import { PipelineError } from "../errors.ts";
import type { TopicIdentity } from "../kafka/identity.ts";

/** How often it is looked, in ms. */
const EVERY_MS = 3000;
/** A broker that has just started may not know all of its topics yet: so often it is missed. */
const MOST_MISSED = 2;

/** What is to be looked after, and who is told. */
export interface TopicWatchOptions {
  readonly topic: string;
  /** Returns the ids; undefined where there is no such topic. */
  readonly read: () => Promise<TopicIdentity | undefined>;
  /** @throws {PipelineError} If it is another topic now. */
  readonly check: (now: TopicIdentity) => void;
  /** Told that the topic is gone or another one. */
  readonly onFailure: (error: unknown) => void;
}

/** Looks after a topic until it is disposed of. */
export function watchTopic(
  { topic, read, check, onFailure }: TopicWatchOptions,
): Disposable {
  let missed = 0;
  const look = async (): Promise<void> => {
    const now = await read().catch(() => "unknown" as const); // the broker may be away
    if (now === "unknown") return;
    missed = now === undefined ? missed + 1 : 0;
    try {
      if (now !== undefined) check(now);
      if (missed >= MOST_MISSED) throw goneError(topic);
    } catch (error) {
      clearInterval(timer);
      onFailure(error);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function goneError(topic: string): PipelineError {
  return new PipelineError("kafka", `Topic ${topic} was deleted while it was read`, {
    hint:
      "What came before is in the store and can be reported on; for a topic that is " +
      "made anew give another folder with --store",
  });
}
