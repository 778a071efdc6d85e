/** What `stream` refuses to be told, before anything is read. */
import assert from "node:assert/strict";
import { openHere } from "./store_support.ts";
import { diskTest, runHere } from "./support.ts";

const STARTS =
  "Give earliest, latest, stored, an offset, or a time such as 2026-11-22T08:00Z";
const TIME = "Give a time from 1s to 500h, such as 90s, 10m or 2h";
const WHOLE = "Give a whole number from";
const NAME = "Give letters, digits, dots, - and _";

const USAGE: readonly (readonly [string, value: string, second: string])[] = [
  ["--from", "-1", STARTS],
  ["--from", "99999999999999999999", STARTS],
  ["--from", "2026-13-01", STARTS],
  ["--from", "yesterday", STARTS],
  ["--max-records", "0", `${WHOLE} 1 to 9007199254740991`],
  ["--max-records", "1e3", `${WHOLE} 1 to 9007199254740991`],
  ["--for", "0s", TIME],
  ["--for", "10", TIME],
  ["--for", "1d", TIME],
  ["--for", "501h", TIME], // a timer of more than 24 days would end at once
  ["--for", "999999999h", TIME],
  ["--serve", "65536", `${WHOLE} 0 to 65535`],
  ["--older-than", "151", `${WHOLE} -1 to 150`],
  ["--session-timeout-ms", "999", `${WHOLE} 1000 to 1800000`],
  ["--dead-letters", "a/b", NAME],
  ["--topic", "a b", NAME],
  ["--store", "", "Give a folder"],
  ["--out", "", "Give a folder"],
  ["--lang", "de", "Give en or fr"],
];

for (const [flag, value, second] of USAGE) {
  Deno.test(`stream ${flag} "${value}" ends with 2`, async () => {
    const { code, stdout, stderr } = await runHere(["stream", `${flag}=${value}`]);
    assert.equal(stderr, `error: ${flag} cannot be "${value}"\n       ${second}\n`);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}

/** Fails where the run did not end with 2 and these lines. */
async function isRefused(args: readonly string[], first: string, second: string) {
  const { code, stdout, stderr } = await runHere(args);
  assert.equal(stderr, `error: ${first}\n       ${second}\n`);
  assert.deepEqual([code, stdout], [2, ""]);
}

Deno.test("stream refuses to send the rejects to the topic that it reads", () =>
  isRefused(
    ["stream", "--topic", "t", "--dead-letters", "t"],
    "--dead-letters cannot be t itself",
    "Each reject would come back as a message, without end: give another topic",
  ));

diskTest("no report takes the place of a store's files", async (dir) => {
  const OVER = "The report would take the place of its files: give another folder";
  const store = `${dir}/live`;
  await isRefused(
    ["stream", "--until-end", "--store", store, "--out", `${dir}/x/../live/`],
    `--out cannot be ${dir}/x/../live/: that is --store`,
    OVER,
  );
  (await openHere(store))[Symbol.dispose]();
  const before = Deno.readTextFileSync(`${store}/etudiants_transformed.csv`);
  for (
    const args of [
      ["report", "--input", store],
      ["report", "--input", "data/students.csv"],
      ["stream", "--until-end", "--store", `${dir}/other`],
    ]
  ) {
    await isRefused(
      [...args, "--out", store],
      `--out cannot be ${store}: it is the store of a stream`,
      OVER,
    );
  }
  assert.equal(
    Deno.readTextFileSync(`${store}/etudiants_transformed.csv`),
    before,
  );
});
