/**
 * `deno task notebook` as a user has it: JupyterLab for this machine only, behind a token,
 * and a notebook run in it draws its charts.
 */
import assert from "node:assert/strict";
import { environment, jupyterTest } from "../notebook/jupyter.ts";
import { startCommand } from "../support.ts";
import { type Desk, hasBrowser, startDesk } from "./chromium.ts";

/** A lab that runs. */
interface Lab extends AsyncDisposable {
  /** Its address, without the token. */
  readonly origin: string;
  readonly token: string;
  /** Stops it as the system does; returns the exit code and what it said. */
  stop(): Promise<readonly [code: number, said: string]>;
}

async function startLab(): Promise<Lab> {
  await environment(); // once for all tests: a minute of a first run is not the lab's start
  const child = startCommand(["notebook", "--no-open", "--port", "0"]);
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let found: RegExpExecArray | null = null;
  while (found === null) {
    const { value, done } = await lines.read();
    if (done) throw new assert.AssertionError({ message: said });
    said += value;
    found = /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token=([0-9a-f]+)\s/.exec(said);
  }
  await reachable(found[1]!);
  const stopped = (async () => {
    for (let next = await lines.read(); !next.done; next = await lines.read()) {
      said += next.value;
    }
    await child.stdout.cancel();
    return [(await child.status).code, said] as const;
  })();
  const stop = async () => {
    child.kill("SIGTERM");
    return await stopped;
  };
  return {
    origin: found[1]!,
    token: found[2]!,
    stop,
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill("SIGTERM"); // a harder signal would leave the server behind
      } catch { /* it has ended, as it should */ }
      await stopped;
    },
  };
}

/** Waits until the server listens: it tells its address a moment before. */
async function reachable(origin: string): Promise<void> {
  const { hostname, port } = new URL(origin);
  for (let tries = 0;; tries++) {
    try {
      return (await Deno.connect({ hostname, port: Number(port) })).close();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** Returns the status that the server answers with, whatever host it is asked for. */
async function statusFor(origin: string, path: string, host: string): Promise<number> {
  const { hostname, port } = new URL(origin);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(64);
  const read = await connection.read(answer);
  const text = new TextDecoder().decode(answer.subarray(0, read ?? 0));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

/** The addresses on which anything listens at the port, as Linux tells. */
async function listeners(port: number): Promise<readonly string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  // a program, because Deno itself reads no such file without all permissions
  const { stdout } = await new Deno.Command("cat", {
    args: ["/proc/net/tcp", "/proc/net/tcp6"],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${hex}`))
    .map(([, local]) => local!.split(":")[0]!);
}

jupyterTest(
  "notebook opens JupyterLab for this machine only, behind a token",
  async () => {
    await using lab = await startLab();
    const { origin, token } = lab;
    const host = new URL(origin).host;
    assert.equal(await statusFor(origin, "/api/contents", host), 403);
    assert.equal(await statusFor(origin, `/api/contents?token=${token}`, host), 200);
    assert.equal(
      await statusFor(origin, `/api/contents?token=${token}`, "a.example"),
      403,
    );
    if (Deno.build.os === "linux") {
      assert.deepEqual(await listeners(Number(new URL(origin).port)), ["0100007F"]);
    }
    const kernels = await fetch(`${origin}/api/kernelspecs?token=${token}`);
    const { default: standard, kernelspecs } = await kernels.json();
    const { argv, display_name: name } = kernelspecs.deno.spec;
    assert.deepEqual([argv[0], argv[1], name], [Deno.execPath(), "jupyter", "Deno"]);
    assert.ok(typeof standard === "string");
    const contents = await fetch(`${origin}/api/contents?token=${token}`);
    const names = (await contents.json()).content.map((file: { name: string }) =>
      file.name
    );
    assert.ok(names.includes("01_explore.ipynb"), `${names}`);

    const [code, said] = await lab.stop();
    assert.equal(code, 143);
    assert.match(said, /error: Stopped by SIGTERM\n/);
  },
);

jupyterTest("JupyterLab draws the charts of 01_explore", async () => {
  await using lab = await startLab();
  const copied = await fetch(`${lab.origin}/api/contents?token=${lab.token}`, {
    method: "POST",
    body: JSON.stringify({ copy_from: "01_explore.ipynb" }),
  });
  const { name } = await copied.json(); // the lab saves what it runs
  try {
    await using desk = await startDesk();
    await runInLab(desk, lab, name);
  } finally {
    const url = `${lab.origin}/api/contents/${name}?token=${lab.token}`;
    await (await fetch(url, { method: "DELETE" })).body?.cancel();
  }
}, hasBrowser);

async function runInLab(
  desk: Desk,
  { origin, token }: Lab,
  name: string,
): Promise<void> {
  const url = `${origin}/lab/tree/${name}?token=${token}`;
  // as high as the notebook: the lab draws no cell that is out of sight
  const viewport = { width: 1300, height: 5000 };
  await using opened = await desk.visit(url, { scheme: "light", viewport });
  const { page, said } = opened;
  page.setDefaultTimeout(120_000); // a kernel and a lab start, on a machine with other work
  await page.waitForSelector(".jp-Notebook .jp-CodeCell");
  // "idle" stands there before there is a kernel: then running would ask for one
  await page.waitForFunction(
    "/Deno \\| Idle/.test(document.querySelector('#jp-main-statusbar')?.innerText)",
  );
  await page.locator(".lm-MenuBar-item ::-p-text(Run)").click();
  await page.locator('[data-command="runmenu:run-all"]').click();
  await page.waitForFunction("document.querySelectorAll('.vega-embed').length === 2");
  const drawn = `[...document.querySelectorAll(".vega-embed canvas")].map((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return new Set(new Uint32Array(data.buffer)).size;
  })`;
  // a chart is drawn a frame after its element is there
  await page.waitForFunction(`(${drawn}).every((colours) => colours > 20)`);
  const charts = await page.evaluate(drawn) as readonly number[];
  assert.equal(charts.length, 2, "two charts with more colours than blank paper");
  const rows = await page.$$eval(
    ".jp-OutputArea table",
    (tables) => tables.map((table) => table.querySelectorAll("tbody tr").length),
  );
  assert.deepEqual(rows, [20, 13], "twenty students, and each field");
  const failed = await page.$$eval(
    '[data-mime-type="application/vnd.jupyter.stderr"]',
    (all) => all.map((one) => one.textContent),
  );
  assert.deepEqual(failed, []);
  const outside = said.filter((one) =>
    one.startsWith("request: ") && !/^request: (blob:)?http:\/\/127\.0\.0\.1:/.test(one)
  );
  assert.deepEqual(outside, []);
}
