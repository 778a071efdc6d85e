/** The view of a stream in a real terminal: drawn, resized, and the terminal given back. */
import assert from "node:assert/strict";
import { Screen } from "../lib/cli/screen.ts";
import { Unhurried } from "../lib/cli/unhurried.ts";
import { hasProcesses } from "./support.ts";
import { needs, run, works } from "./world.ts";

const hasTmux = hasProcesses && await works("tmux", "-V");

/** A shell in a terminal of tmux, 80 by 24. */
async function inTerminal(
  folder: string,
  test: (tmux: (...args: string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  const tmux = async (...args: string[]): Promise<string> =>
    (await run("tmux", "-S", `${folder}/tmux`, ...args)).stdout;
  await tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh");
  try {
    await test(tmux);
  } finally {
    await tmux("kill-server");
  }
}

/** Waits until the terminal shows it; returns all that it shows. */
async function until(
  tmux: (...args: string[]) => Promise<string>,
  pattern: RegExp,
): Promise<string> {
  for (const start = Date.now(); Date.now() < start + 30_000;) {
    const shown = await tmux("capture-pane", "-p");
    if (pattern.test(shown)) return shown;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never ${pattern}:\n${await tmux("capture-pane", "-p")}`);
}

const CHILD = new URL("live_child.ts", import.meta.url).pathname;

for (const [how, code] of [["end", 0], ["fail", 1], ["exit", 3]] as const) {
  needs(
    hasTmux,
    "tmux is not installed",
    `liveView() draws, follows the size and gives the terminal back, ${how}`,
    (folder) =>
      inTerminal(folder, async (tmux) => {
        const command = `'${Deno.execPath()}' run -q --allow-env '${CHILD}' ${how}`;
        await tmux("send-keys", `echo before; ${command}; echo code $?`, "Enter");
        const wide = await until(tmux, /^ibtissam: .*^Last rejects$/ms);
        assert.match(wide, /^ibtissam\/1@44 {2}control_character {2}Ada \\u\{202e\}/m);
        assert.match(wide, / {2}计算机科学与技术$/m);
        assert.doesNotMatch(wide, /before/);
        await tmux("resize-window", "-x", "50", "-y", "12");
        await until(tmux, /^Read[^\n]*…$/m);
        await tmux("send-keys", "C-c");
        const after = await until(tmux, new RegExp(`^code ${code}$`, "m"));
        assert.match(after, /before/);
        assert.doesNotMatch(after, /Last rejects/);
        if (how === "end") assert.match(after, /^finished \\u\{1b\}\[31m$/m);
        const flags = "#{alternate_on}#{cursor_flag}#{wrap_flag}";
        assert.equal((await tmux("display", "-p", flags)).trim(), "011");
      }),
  );
}

/** A screen whose output is kept. */
function keptScreen(isPlain: boolean) {
  const written: string[] = [];
  const screen = new Screen({
    isTerminal: () => true,
    writeSync: (bytes) => {
      written.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  }, { isPlain });
  return { screen, written };
}

const SIZE = { columns: 80, rows: 24 };

Deno.test("Screen writes a frame at once, and only the lines that have changed", () => {
  const { screen, written } = keptScreen(false);
  screen.draw([{ text: "a", style: "bold" }, { text: "b" }], SIZE);
  screen.draw([{ text: "a", style: "bold" }, { text: "b" }], SIZE);
  screen.draw([{ text: "a", style: "bold" }, { text: "c" }, { text: "d" }], SIZE);
  screen.draw([{ text: "a", style: "bold" }], SIZE);
  screen.draw([{ text: "a", style: "bold" }], { columns: 40, rows: 24 });
  screen[Symbol.dispose]();
  screen[Symbol.dispose]();
  screen.draw([{ text: "late" }], SIZE);
  assert.deepEqual(written, [
    "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2026h\x1b[2J\x1b[1;1H\x1b[2K\x1b[1ma\x1b[0m\x1b[2;1H\x1b[2Kb\x1b[?2026l",
    "\x1b[?2026h\x1b[2;1H\x1b[2Kc\x1b[3;1H\x1b[2Kd\x1b[?2026l",
    "\x1b[?2026h\x1b[2;1H\x1b[2K\x1b[3;1H\x1b[2K\x1b[?2026l",
    "\x1b[?2026h\x1b[2J\x1b[1;1H\x1b[2K\x1b[1ma\x1b[0m\x1b[?2026l",
    "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l",
  ]);
});

Deno.test("Screen shows no bold type and no colour where it is plain", () => {
  const { screen, written } = keptScreen(true);
  screen.draw([{ text: "a", style: "warning" }], SIZE);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(written.join(""), /\x1b\[[0-9;]*m/);
});

/** A terminal that takes writes only when it is let go. */
function heldTerminal() {
  const written: string[] = [];
  const keep = (bytes: Uint8Array): number => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  const held = Promise.withResolvers<void>();
  const output = {
    isTerminal: () => true,
    writeSync: keep,
    async write(bytes: Uint8Array): Promise<number> {
      await held.promise;
      return keep(bytes.subarray(0, 4)); // as a terminal may: not all at once
    },
  };
  return {
    output,
    written,
    letGo: () => held.resolve(),
  };
}

const UTF8 = new TextEncoder();

Deno.test("Unhurried writes in order, drops what is too much, and waits at the end", async () => {
  const { output, written, letGo } = heldTerminal();
  const unhurried = new Unhurried(output);
  assert.equal(unhurried.isBusy, false);
  assert.equal(unhurried.writeSync(UTF8.encode("first ")), 6);
  assert.equal(unhurried.isBusy, true);
  await Promise.resolve();
  const most = "x".repeat(64 * 1024);
  for (const text of [most, "dropped"]) unhurried.writeSync(UTF8.encode(text));
  assert.deepEqual(written, []);
  letGo();
  await unhurried[Symbol.asyncDispose]();
  assert.equal(written.join(""), `first ${most}`);
  assert.equal(unhurried.isBusy, false);
});

Deno.test("Unhurried waits for a held terminal only at the end", async () => {
  const { output, written } = heldTerminal();
  const unhurried = new Unhurried(output);
  unhurried.writeSync(UTF8.encode("frame"));
  await Promise.resolve();
  unhurried.writeSync(UTF8.encode("leave"));
  await unhurried[Symbol.asyncDispose]();
  assert.deepEqual(written, ["leave"]); // what is on its way stays so
});

Deno.test("Unhurried.writeNow() writes what came just before; no reader is no error", async () => {
  const { output, written } = heldTerminal();
  const unhurried = new Unhurried(output);
  unhurried.writeSync(UTF8.encode("leave"));
  unhurried.writeNow();
  assert.deepEqual(written, ["leave"]);
  await unhurried[Symbol.asyncDispose]();
  const gone = new Unhurried({
    ...output,
    write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
  });
  gone.writeSync(UTF8.encode("lost"));
  await gone[Symbol.asyncDispose]();
  assert.deepEqual(written, ["leave"]);
});

Deno.test("Screen leaves out frames while the terminal is held, then shows the newest", async () => {
  const { output, written, letGo } = heldTerminal();
  const unhurried = new Unhurried(output);
  const screen = new Screen(unhurried, { isPlain: true });
  for (const text of ["one", "two", "three"]) screen.draw([{ text }], SIZE);
  letGo();
  while (unhurried.isBusy) await new Promise((done) => setTimeout(done));
  screen.draw([{ text: "four" }], SIZE);
  screen[Symbol.dispose]();
  await unhurried[Symbol.asyncDispose]();
  assert.equal(
    written.join(""),
    "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2026h\x1b[2J\x1b[1;1H\x1b[2Kone\x1b[?2026l" +
      "\x1b[?2026h\x1b[1;1H\x1b[2Kfour\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l",
  );
});
