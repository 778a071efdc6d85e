/** A way to a real Spark that breaks in the middle: no row is lost, and none comes twice. */
import assert from "node:assert/strict";
import { parseAddress } from "../../lib/spark/address.ts";
import {
  openSession,
  type SessionOptions,
  type SparkSession,
} from "../../lib/spark/session.ts";
import { freePorts } from "../../tools/java/ports.ts";
import { Proxy } from "../kafka/proxy.ts";
import { columnOf } from "../../lib/spark/arrow.ts";
import { sparkTest, texts, useSpark } from "./support.ts";

const cluster = useSpark();

/** A test with a session over a way that can be cut. */
function proxyTest(
  name: string,
  fn: (session: SparkSession, proxy: Proxy) => Promise<void>,
  options: SessionOptions = {},
): void {
  sparkTest(name, async () => {
    using proxy = new Proxy();
    proxy.target = cluster().server.port;
    const address = parseAddress(`sc://127.0.0.1:${proxy.port}`);
    await using session = await openSession(address, options);
    await fn(session, proxy);
  });
}

const ROWS = 20_000;
/** Some megabytes: the server is far from done when the first rows are here. */
const QUERY = `SELECT rpad(string(id), 500, '.') FROM range(0, ${ROWS}, 1, 4)`;

/** Reads all rows, and lets something happen each time that a tenth of them is here. */
async function readRows(session: SparkSession, happen: () => void): Promise<void> {
  await session.config({ "spark.sql.execution.arrow.maxRecordsPerBatch": "500" });
  const decoder = new TextDecoder();
  let rows = 0;
  for await (const arrow of session.sql(QUERY)) {
    for (const row of columnOf(arrow)) {
      assert.equal(Number.parseInt(decoder.decode(row)), rows++);
      if (rows % (ROWS / 10) === 1) happen();
    }
  }
  assert.equal(rows, ROWS);
}

proxyTest("connections that break ten times cost no row", async (session, proxy) => {
  await readRows(session, () => proxy.drop());
});

proxyTest("a connection that falls silent is made again", async (session, proxy) => {
  let isCut = false;
  await readRows(session, () => {
    if (!isCut) proxy.cut();
    isCut = true;
  });
  assert.ok(isCut);
}, { silenceMs: 3000 });

proxyTest("a way that stays cut is a lost connection", async (session, proxy) => {
  const [closed] = freePorts(1) as [number];
  const lost = readRows(session, () => {
    proxy.target = closed;
    proxy.drop();
  });
  await assert.rejects(lost, {
    kind: "engine",
    message: `The connection to Spark at 127.0.0.1:${proxy.port} is lost`,
    hint: "See its log; run this again when it is back",
  });
});

proxyTest("a query finds the server as soon as it is back", async (session, proxy) => {
  const listenAgain = proxy.leave();
  const ask = () => texts(session.sql("SELECT 'a'"));
  const lost = { message: `The connection to Spark at 127.0.0.1:${proxy.port} is lost` };
  await assert.rejects(ask(), lost); // on its way when the connection ends
  await assert.rejects(ask(), lost); // nobody is there
  listenAgain();
  assert.deepEqual(await ask(), ["a"]);
});

proxyTest("a file that arrives damaged is refused", async (session, proxy) => {
  const bytes = new TextEncoder().encode("what the executors are to run");
  proxy.alterSent = (sent) => {
    const at = new TextDecoder("latin1").decode(sent).indexOf("executors");
    if (at >= 0) sent[at]! ^= 1;
  };
  await assert.rejects(session.addFile("worker.js", bytes), {
    kind: "engine",
    message: "Spark has received worker.js damaged",
    hint: "Run this again; if it stays so, look at the network on the way",
  });
  proxy.alterSent = () => {};
  await session.addFile("worker.js", bytes);
});
