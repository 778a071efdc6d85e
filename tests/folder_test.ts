/** The output folder: its files appear whole or not at all. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PipelineError } from "../lib/errors.ts";
import { OutputFolder } from "../lib/export/folder.ts";
import { diskTest, processTest, put } from "./support.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the names of what is in the folder, the hidden ones included. */
function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Asserts that the action is refused as an output that cannot be written. */
function assertRefused(action: () => unknown, message: string): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.message, `Cannot write ${message}`);
    assert.equal(error.exitCode, 6);
    assert.match(error.hint!, /--out; earlier outputs are untouched$/);
    return true;
  });
}

diskTest(
  "OutputFolder shows its files only when it is committed, with what was written",
  (dir) => {
    put(dir, "b", "old b");
    using folder = OutputFolder.open(dir, ["a", "b"]);
    const a = folder.create("a");
    a.write(bytes("one\ntw"));
    a.write(bytes("o\n"));
    a.write(new Uint8Array(0));
    const b = folder.write("b", "new b é");
    assert.equal(Deno.readTextFileSync(`${dir}/b`), "old b");
    assert.ok(!namesIn(dir).includes("a"));

    assert.equal(a.lines, 2);
    folder.commit();
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "one\ntwo\n");
    assert.equal(Deno.readTextFileSync(`${dir}/b`), "new b é");
    assert.deepEqual(namesIn(dir), ["a", "b"]);
    const sha256 = (text: string): string =>
      createHash("sha256").update(text).digest("hex");
    assert.deepEqual(a.close(), { file: "a", bytes: 8, sha256: sha256("one\ntwo\n") });
    assert.deepEqual(b, { file: "b", bytes: 8, sha256: sha256("new b é") });
  },
);

diskTest("OutputFolder keeps what is unfinished hidden beside its place", (dir) => {
  using folder = OutputFolder.open(dir, ["a.csv"]);
  folder.create("a.csv").write(bytes("x"));
  assert.match(namesIn(dir).join(), /^\.a\.csv\.[0-9a-f]{8}\.partial$/);
});

diskTest(
  "OutputFolder drops all that was not committed when it is disposed of",
  (dir) => {
    put(dir, "a", "old");
    {
      using folder = OutputFolder.open(dir, ["a", "b"]);
      folder.create("a").write(bytes("open"));
      folder.write("b", "closed");
      assert.equal(namesIn(dir).length, 3);
    }
    assert.deepEqual(namesIn(dir), ["a"]);
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "old");
  },
);

diskTest("OutputFolder disposed of after its commit leaves the files alone", (dir) => {
  {
    using folder = OutputFolder.open(dir, ["a"]);
    folder.write("a", "new");
    folder.commit();
  }
  assert.equal(Deno.readTextFileSync(`${dir}/a`), "new");
});

diskTest(
  "OutputFolder.open() makes folders that are missing and takes slashes at the end",
  (dir) => {
    for (const path of [`${dir}/new/er/est`, `${dir}/slash/`, `${dir}/slashes//`]) {
      using folder = OutputFolder.open(path, ["a"]);
      folder.write("a", "x");
      folder.commit();
      assert.equal(Deno.readTextFileSync(`${path}/a`), "x");
    }
  },
);

diskTest(
  "OutputFolder.open() refuses a folder that is a link, wherever it leads",
  (dir) => {
    Deno.mkdirSync(`${dir}/real`);
    Deno.symlinkSync(`${dir}/real`, `${dir}/link`);
    Deno.symlinkSync(`${dir}/nowhere`, `${dir}/broken`);
    for (
      const path of [`${dir}/link`, `${dir}/link/`, `${dir}/link//`, `${dir}/broken`]
    ) {
      const shown = path.replace(/\/+$/, "");
      assertRefused(
        () => OutputFolder.open(path, ["a"]),
        `${shown}: it is a symbolic link`,
      );
    }
    assert.deepEqual(namesIn(`${dir}/real`), []);
    assert.deepEqual(namesIn(dir), ["broken", "link", "real"]);
  },
);

diskTest("OutputFolder.open() refuses a link in each place, wherever it leads", (dir) => {
  const target = put(dir, "target", "precious");
  const names = ["a", "b", "c"];
  for (const to of [target, `${dir}/nowhere`, dir]) {
    for (const name of names) {
      Deno.mkdirSync(`${dir}/out`);
      Deno.symlinkSync(to, `${dir}/out/${name}`);
      assertRefused(
        () => OutputFolder.open(`${dir}/out`, names),
        `${dir}/out/${name}: it is a symbolic link`,
      );
      assert.deepEqual(namesIn(`${dir}/out`), [name]);
      Deno.removeSync(`${dir}/out`, { recursive: true });
    }
  }
  assert.equal(Deno.readTextFileSync(target), "precious");
});

diskTest(
  "OutputFolder.open() refuses a folder in a file's place and a file in the folder's",
  (dir) => {
    Deno.mkdirSync(`${dir}/a`);
    put(dir, "file", "old");
    assertRefused(() => OutputFolder.open(dir, ["b", "a"]), `${dir}/a: it is a folder`);
    assertRefused(
      () => OutputFolder.open(`${dir}/file`, ["a"]),
      `${dir}/file: it is not a folder`,
    );
    assertRefused(
      () => OutputFolder.open(`${dir}/file/below`, ["a"]),
      `${dir}/file/below: a part of its path is not a folder`,
    );
    assert.equal(Deno.readTextFileSync(`${dir}/file`), "old");
  },
);

processTest(
  "OutputFolder.open() refuses a FIFO in a file's place and does not wait for it",
  async (dir) => {
    await new Deno.Command("mkfifo", { args: [`${dir}/a`] }).output();
    // with both ends open, nobody who opens it has to wait: a mistake fails, and hangs nothing
    using _fifo = Deno.openSync(`${dir}/a`, { read: true, write: true });
    assertRefused(() => OutputFolder.open(dir, ["a"]), `${dir}/a: it is not a file`);
  },
);

const PARTIAL = ".a.0123abcd.partial";

diskTest(
  "OutputFolder.open() sweeps what a killed run has left of these files, nothing else",
  (dir) => {
    const others = [
      ".other.0123abcd.partial",
      ".a.0123ABCD.partial",
      ".a.123.partial",
      "a.0123abcd.partial",
      ".a.0123abcd.partial.bak",
    ];
    for (const name of [PARTIAL, ".b.csv.fedcba98.partial", ...others]) {
      put(dir, name, "x");
    }
    Deno.mkdirSync(`${dir}/.a.11111111.partial`);
    Deno.symlinkSync(`${dir}/a.0123abcd.partial`, `${dir}/.a.22222222.partial`);
    OutputFolder.open(dir, ["a", "b.csv"]);
    assert.deepEqual(
      namesIn(dir),
      [...others, ".a.11111111.partial", ".a.22222222.partial"].sort(),
    );
  },
);

diskTest(
  "OutputFolder.open() leaves a file alone that a living run is writing",
  (dir) => {
    using first = OutputFolder.open(dir, ["a", "b"]);
    first.create("a").write(bytes("first"));
    {
      using second = OutputFolder.open(dir, ["a", "b"]);
      second.write("a", "second");
      assert.equal(namesIn(dir).length, 2);
      second.commit();
    }
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "second");
    first.commit();
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "first");
    assert.deepEqual(namesIn(dir), ["a"]);
  },
);

diskTest(
  "OutputFolder.open() leaves a file alone that a living run has written, not yet committed",
  (dir) => {
    using first = OutputFolder.open(dir, ["a"]);
    first.write("a", "first");
    {
      using _second = OutputFolder.open(dir, ["a"]);
      assert.equal(namesIn(dir).length, 1);
    }
    first.commit();
    assert.equal(Deno.readTextFileSync(`${dir}/a`), "first");
  },
);

diskTest(
  "OutputFolder.commit() puts the files into place in the order of their making",
  async (dir) => {
    using folder = OutputFolder.open(dir, ["a", "b", "c"]);
    const watcher = Deno.watchFs(dir);
    for (const name of ["b", "c", "a"]) folder.create(name).write(bytes(name));
    folder.commit();
    const seen: string[] = [];
    for await (const { paths } of watcher) {
      for (const path of paths) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        if (["a", "b", "c"].includes(name) && !seen.includes(name)) seen.push(name);
      }
      if (seen.length === 3) break;
    }
    assert.deepEqual(seen, ["b", "c", "a"]);
  },
);

const SURPRISES: readonly (readonly [reason: string, make: (place: string) => void])[] = [
  ["it is a symbolic link", (place) => Deno.symlinkSync("/nowhere", place)],
  ["it is a folder", (place) => Deno.mkdirSync(place)],
];

for (const [reason, make] of SURPRISES) {
  diskTest(
    `OutputFolder.commit() touches no earlier output where another place has become unfit: ${reason}`,
    (dir) => {
      put(dir, "a", "old a");
      {
        using folder = OutputFolder.open(dir, ["a", "b", "c"]);
        for (const name of ["a", "b", "c"]) folder.write(name, "new");
        make(`${dir}/b`);
        assertRefused(() => folder.commit(), `${dir}/b: ${reason}`);
      }
      assert.deepEqual(namesIn(dir), ["a", "b"]);
      assert.equal(Deno.readTextFileSync(`${dir}/a`), "old a");
    },
  );
}

diskTest(
  "OutputFolder.commit() names the place when the folder was removed meanwhile",
  (dir) => {
    using folder = OutputFolder.open(`${dir}/out`, ["a"]);
    folder.create("a").write(bytes("x"));
    Deno.removeSync(`${dir}/out`, { recursive: true });
    assertRefused(() => folder.commit(), `${dir}/out/a: it does not exist`);
  },
);

diskTest(
  "OutputFolder.create() names the place when the folder was removed meanwhile",
  (dir) => {
    using folder = OutputFolder.open(`${dir}/out`, ["a"]);
    Deno.removeSync(`${dir}/out`);
    assertRefused(() => folder.create("a"), `${dir}/out/a: it does not exist`);
  },
);
