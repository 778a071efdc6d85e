/** What `deno task stream` shows while it runs, on a real terminal, with a real broker. */
import assert from "node:assert/strict";
import { browserTest, SCREENS, sidewaysScroll, violations } from "../browser/chromium.ts";
import { checkStore } from "../store_support.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { commandWords, hasProcesses, isGate } from "../support.ts";
import { run, works } from "../world.ts";
import {
  openFeeder,
  PARTITIONS,
  sent,
  startStream,
  TOPIC,
  until,
  wait,
} from "./stream_support.ts";
import { flagsFor, hasBroker, kafkaTest, putCertificates, useBroker } from "./support.ts";

const bench = useBroker(async (folder) => {
  await putCertificates(`${folder}/certs`);
  return { topic: TOPIC, partitions: PARTITIONS };
});

const hasTmux = hasProcesses && await works("tmux", "-V");

if (hasBroker && !hasTmux && !isGate) {
  console.info("left out, tmux is not installed: a held terminal");
} else {
  kafkaTest(
    "a stream on a held terminal goes on, and shows the newest afterwards",
    async () => {
      const { folder } = bench();
      const store = `${folder}/held`;
      const tmux = async (...args: string[]): Promise<string> =>
        (await run("tmux", "-S", `${folder}/tmux`, ...args)).stdout;
      const shows = (pattern: RegExp): Promise<void> =>
        until(async () => pattern.test(await tmux("capture-pane", "-p")));
      const flags = [...flagsFor(bench()), "--store", store, "--group-id", "held"];
      const words = commandWords(["stream", ...flags]).map((word) => `'${word}'`);
      await using feeder = await openFeeder(bench());
      await feeder.send(200);
      await tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "sh");
      try {
        await tmux(
          "send-keys",
          `cd '${folder}'; ${words.join(" ")}; echo code $?`,
          "Enter",
        );
        await shows(/^ibtissam: caught up[^]*^Read 200 /m);
        assert.match(await tmux("capture-pane", "-p"), /^Last rejects$/m);
        await tmux("send-keys", "C-s");
        await wait(1500); // until a frame waits
        await feeder.send(500);
        const csv = `${store}/etudiants_transformed.csv`;
        await until(() =>
          Promise.resolve(Deno.readTextFileSync(csv).includes("P1N499,"))
        );
        assert.match(await tmux("capture-pane", "-p"), /^Read 200 /m);
        await tmux("send-keys", "C-q");
        await shows(/^Read 700 /m);
        await tmux("send-keys", "C-c");
        await shows(/^code 130$/m);
        assert.doesNotMatch(await tmux("capture-pane", "-p"), /Last rejects/);
      } finally {
        await tmux("kill-server");
      }
      assert.deepEqual(await checkStore(store), sent());
    },
  );
}

browserTest(
  "the page of a real stream is accessible, up to date, and there again",
  async (desk) => {
    const [store, [port]] = [`${bench().folder}/served`, freePorts(1)];
    const flags = ["--store", store, "--group-id", "served", "--serve", `${port}`];
    await using feeder = await openFeeder(bench());
    const total = () => sent().values().reduce((sum, end) => sum + end, 0);
    const number = new Intl.NumberFormat("en-GB");
    const url = `http://127.0.0.1:${port}/`;
    const first = startStream(bench(), flags);
    await first.said("Reading");
    await feeder.send(300);
    await using opened = await desk.visit(url, SCREENS["phone"], [`${url}events`]);
    const { page, said } = opened;
    const shows = () =>
      page.waitForFunction(
        `document.getElementById("now").textContent.includes("${
          number.format(total())
        }")`,
      );
    await shows();
    await page.waitForSelector("#numbers svg");
    assert.deepEqual(await violations(page), []);
    assert.equal(await sidewaysScroll(page), 0);
    await feeder.send(1000);
    await shows();
    assert.equal(await fetch(`${url}readyz`).then((answer) => answer.text()), "ready\n");
    const metrics = await fetch(`${url}metrics`).then((answer) => answer.text());
    for (const [partition, end] of sent()) {
      const labels = `{topic="${TOPIC}",partition="${partition}"}`;
      assert.ok(metrics.includes(`cohort_end_offset${labels} ${end}\n`), metrics);
      assert.ok(metrics.includes(`cohort_lag_records${labels} 0\n`), metrics);
    }
    assert.deepEqual(said, []);
    first.child.kill("SIGTERM");
    assert.equal((await first.ended).code, 143);
    await page.waitForFunction("document.body.classList.contains('gone')");
    const second = startStream(bench(), flags);
    await second.said("Reading");
    await feeder.send(100);
    await shows();
    await page.waitForFunction("!document.body.classList.contains('gone')");
    second.child.kill("SIGTERM");
    assert.equal((await second.ended).code, 143);
    assert.deepEqual(await checkStore(store), sent());
  },
  hasBroker,
);
