/** What is handed over: taken in order, later than asked for, and never too much of it. */
import assert from "node:assert/strict";
import { Handover } from "../lib/kafka/handover.ts";

Deno.test("Handover takes what it gets in order, one at a time, after put() returned", async () => {
  const handover = new Handover();
  const taken: string[] = [];
  const { promise: isAllowed, resolve: allow } = Promise.withResolvers<void>();
  const { promise: isDone, resolve: finish } = Promise.withResolvers<void>();
  await handover.put(10, async () => {
    taken.push("first begins");
    await isAllowed;
    taken.push("first ends");
  });
  assert.equal(taken.length, 0, "the client must be free to ask for more before");
  await handover.put(10, () => {
    taken.push("second");
    finish();
  });
  allow();
  await isDone;
  assert.deepEqual(taken, ["first begins", "first ends", "second"]);
});

Deno.test("Handover.put() waits while more than 2 MiB wait", async () => {
  const handover = new Handover();
  let taken = 0;
  const { promise: isAllowed, resolve: allow } = Promise.withResolvers<void>();
  await handover.put(2_000_000, async () => {
    await isAllowed;
    taken++;
  });
  // the first is at work soon, and leaves the room to these two together, not to a third
  await handover.put(1_500_000, () => void taken++);
  let hasRoom = false;
  const third = handover.put(1_500_000, () => void taken++).then(() => hasRoom = true);
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(hasRoom, false);
  allow();
  await third;
  assert.ok(taken >= 1, `${taken}`);
});
