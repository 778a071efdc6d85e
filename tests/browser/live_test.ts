/**
 * The live page in a real browser: accessible, silent, up to date, and there again when the
 * stream is.
 */
import assert from "node:assert/strict";
import { type LiveServer, serveLive } from "../../lib/serve/server.ts";
import type { StreamMonitor } from "../../lib/stream/status.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { busyStream, feed, streamOfFields } from "../live_support.ts";
import {
  browserTest,
  type Desk,
  SCREENS,
  sidewaysScroll,
  violations,
} from "./chromium.ts";
import { HOSTILE_NAMES } from "./fixtures.ts";

function serve(monitor: StreamMonitor, port = 0, lang: "en" | "fr" = "en"): LiveServer {
  const onError = (error: unknown): void => console.error(error);
  return serveLive(monitor.read, { port, lang, onError });
}

function visit(desk: Desk, { url }: LiveServer, screen = SCREENS["light"]!) {
  return desk.visit(url, screen, [`${url}events`]);
}

browserTest("the live page is accessible, silent and never too wide", async (desk, t) => {
  const hostile = streamOfFields(HOSTILE_NAMES);
  feed(hostile, [
    "</script><img src=x onerror=alert(1)>, vingt, Law",
    "\x1b[2J, 1, \u202e",
  ]);
  for (const [name, monitor] of [["busy", busyStream()], ["hostile", hostile]] as const) {
    await using server = serve(monitor, 0, name === "busy" ? "fr" : "en");
    for (const [where, screen] of Object.entries(SCREENS)) {
      await t.step(`${name}, ${where}`, async () => {
        await using opened = await visit(desk, server, screen);
        const { page, said } = opened;
        await page.waitForSelector("#numbers svg");
        assert.deepEqual(await violations(page), []);
        assert.equal(await sidewaysScroll(page), 0);
        assert.equal(await page.$("img, iframe, form, [onerror], [style]"), null);
        assert.deepEqual(said, []);
      });
    }
  }
});

browserTest(
  "the live page shows new numbers, charts too, and keeps what is open",
  async (desk) => {
    const monitor = busyStream();
    await using server = serve(monitor);
    await using opened = await visit(desk, server);
    const { page, said } = opened;
    await page.waitForSelector("#numbers summary");
    await page.click("#numbers summary");
    await page.focus("#now .scroll");
    await page.evaluate(
      "window.spoken = []; new MutationObserver(() => spoken.push(" +
        "document.getElementById('connection').textContent)).observe(" +
        "document.getElementById('connection'), { childList: true, characterData: true, subtree: true })",
    );
    feed(monitor, new Array(100).fill("Zoé Martin, 30, New Field"), { offset: 165n });
    await page.waitForFunction(
      "document.getElementById('now').textContent.includes('273')",
    );
    await page.waitForFunction(
      "document.querySelector('#numbers svg').textContent.includes('NEW FIELD')",
    );
    assert.equal(
      await page.evaluate("document.querySelector('#numbers details').open"),
      true,
    );
    assert.equal(await page.evaluate("document.activeElement.className"), "scroll");
    assert.deepEqual(await page.evaluate("window.spoken"), []); // numbers are not announced
    monitor.phase = "waiting for the broker";
    await page.waitForFunction("window.spoken.length > 0");
    assert.deepEqual(await page.evaluate("window.spoken"), [
      "The broker is away: it is tried again and again",
    ]);
    assert.deepEqual(said, []);
  },
);

browserTest(
  "the live page survives a restart of the stream on its port",
  async (desk) => {
    const [port] = freePorts(1); // one that no connection is given while nobody listens
    const first = serve(busyStream(), port);
    await using opened = await visit(desk, first);
    const { page } = opened;
    const connection = (text: string): Promise<unknown> =>
      page.waitForFunction(
        `document.getElementById("connection").textContent.startsWith("${text}")`,
      );
    await connection("Live");
    await first[Symbol.asyncDispose]();
    await connection("Disconnected");
    assert.deepEqual(await violations(page), []);
    const monitor = busyStream();
    feed(monitor, new Array(1000).fill("Zoé Martin, 30, Law"), { offset: 165n });
    await using _second = serve(monitor, port);
    await connection("Live");
    await page.waitForFunction(
      "document.getElementById('now').textContent.includes('1,173')",
    );
  },
);

browserTest("the live page is readable with scripts off", async (desk) => {
  await using server = serve(busyStream());
  await using opened = await visit(desk, server, {
    ...SCREENS["light"]!,
    hasScripts: false,
  });
  const numbers = await opened.page.$("#numbers svg");
  assert.ok(numbers !== null && await numbers.isVisible());
  assert.deepEqual(opened.said, []);
});
