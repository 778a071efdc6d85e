/** When a query is given up because nobody works on it: by the clock, without Spark. */
import assert from "node:assert/strict";
import { Idleness } from "../lib/spark/idleness.ts";

const stage = (done: boolean) => ({
  ...{ stage_id: 1, num_tasks: 2, num_completed_tasks: done ? 2 : 1 },
  done,
});
/** What Spark tells: that somebody works, that nobody does, and that all is done. */
const WORK = { stages: [stage(false)], num_inflight_tasks: 1 };
const IDLE = { stages: [stage(true), stage(false)], num_inflight_tasks: 0 };
const DONE = { stages: [stage(true)], num_inflight_tasks: 0 };
const NOT_BEGUN = { stages: [], num_inflight_tasks: 0 };

Deno.test("Idleness warns after half a minute and gives up after ten", () => {
  const warnings: string[] = [];
  const idle = new Idleness({ onWarning: (message) => warnings.push(message) });
  for (const told of [IDLE, WORK, DONE, NOT_BEGUN, IDLE]) idle.take(told, 0);
  idle.take(IDLE, 29_999);
  assert.deepEqual(warnings, []);
  idle.take(IDLE, 30_000);
  idle.take(IDLE, 599_999);
  const warning =
    "No executor of Spark works on this: they are lost, or busy; waiting up to 600 s";
  assert.deepEqual(warnings, [warning]);
  assert.throws(() => idle.take(IDLE, 600_000), {
    kind: "engine",
    message: "No executor of Spark has worked on this for 600 s",
    hint: "See whether its executors are there and what else they do; then run again",
  });
});

Deno.test("Idleness begins again once somebody works, or where nothing is to be done", () => {
  const warnings: string[] = [];
  const idle = new Idleness({
    idleMs: 1000,
    onWarning: (message) => warnings.push(message),
  });
  let now = 0;
  for (const between of [WORK, DONE, NOT_BEGUN]) {
    idle.take(IDLE, now);
    idle.take(IDLE, now += 900);
    idle.take(between, now += 900);
    idle.take(between, now += 5000);
  }
  assert.equal(warnings.length, 3);
});
