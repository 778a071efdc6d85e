/** The architecture: which folder may know which, and what the core may touch. */
import assert from "node:assert/strict";
import { hasDisk } from "./support.ts";

const ROOT = new URL("../", import.meta.url);

/** How far out a folder of lib/ is; an import goes inwards, or stays in its folder. */
const RINGS: Readonly<Record<string, number>> = {
  "errors.ts": 0,
  "json.ts": 0,
  "printable.ts": 0,
  transform: 1,
  analyse: 1,
  ingest: 2,
  kafka: 2,
  export: 2,
  report: 2,
  generate: 2,
  engine: 3,
  stream: 3,
  spark: 4,
  notebook: 4,
  serve: 4,
  "mod.ts": 5,
  cli: 6,
};

/** Folders of one ring that know each other. */
const NEIGHBOURS: readonly string[] = ["transform → analyse", "analyse → transform"];

/** The folders that compute and do nothing else. */
const CORE: readonly string[] = ["transform", "analyse", "report"];

// new Date(text) reads no clock: it is told the time
/** What would make the same input give other bytes, or reach outside. */
const WORLD: readonly RegExp[] = [
  /\bDeno\b/,
  /\bprocess\b(?=\s*[.[])/,
  /\bDate\s*\.\s*now\b|(?<!\bnew\s+)\bDate\s*\(|\bnew\s+Date\b(?!\s*\(\s*[^\s)])/,
  /\bTemporal\b/,
  /\bperformance\b/,
  /\bMath\s*\.\s*random\b/,
  /\bcrypto\b(?!\s*\.\s*subtle\s*\.\s*digest\b)/,
  /\bfetch\b/,
  /\bWebSocket\b/,
  /\bWorker\b/,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bconsole\b/,
  /\bnavigator\b/,
  /\btoLocale\w+\b/,
];

/** Built-in modules that only compute: the page's policy names its script by digest. */
const PURE_MODULES: readonly string[] = ["node:crypto"];

/** Packages that more than one file may import. */
const SHARED_PACKAGES: readonly string[] = ["zod"];

/** Folders that hold no sources. */
const NOT_OURS: readonly string[] = [
  ...[".git", ".venv", "node_modules", "reports", "data", "jars"],
];

interface File {
  /** Below lib/: `report/html.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Returns all files below the folder, by path. */
function filesBelow(folder: URL, path = ""): readonly File[] {
  return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)
    .filter(({ name }) => !NOT_OURS.includes(name))
    .flatMap(({ name, isDirectory }) => {
      const url = new URL(`${name}${isDirectory ? "/" : ""}`, folder);
      if (isDirectory) return filesBelow(url, `${path}${name}/`);
      return [{ path: path + name, text: Deno.readTextFileSync(url) }];
    });
}

/** Returns the source without comments; what stands in quotes and templates stays. */
function code(source: string): string {
  const token =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[^]*?\*\//g;
  return source.replace(token, (found) => found.startsWith("/") ? " " : found);
}

/** Returns the source without comments and without the text in quotes. */
function bareCode(source: string): string {
  return code(source).replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '""');
}

/** Returns what the file imports, from wherever. */
function importsOf({ text }: File): readonly string[] {
  const forms =
    /^\s*(?:import|export)\s[^"';]*?from\s*["'](.+?)["']|\bimport\s*\(?\s*["'](.+?)["']/gm;
  return [...code(text).matchAll(forms)].map(([, from, alone]) => from ?? alone!);
}

/** Returns the folder of lib/ in which the path is, or the file itself. */
function folderOf(path: string): string {
  return path.split("/")[0]!;
}

/** Returns what a relative import of a file means, below lib/. */
function resolve(file: File, from: string): string {
  return new URL(from, `file:///lib/${file.path}`).pathname.replace("/lib/", "");
}

const lib = hasDisk ? filesBelow(new URL("lib/", ROOT)) : [];

/** A test over the sources; ignored where they may not be read. */
function sourceTest(name: string, fn: () => void): void {
  Deno.test({ name, ignore: !hasDisk, fn });
}

sourceTest("each folder of lib/ has its ring", () => {
  const unknown = lib.filter(({ path }) => !Object.hasOwn(RINGS, folderOf(path)));
  assert.deepEqual(unknown.map(({ path }) => path), []);
  assert.ok(lib.length > 30, `${lib.length} files`);
});

sourceTest("imports in lib/ go inwards, never outwards or sideways", () => {
  const wrong = lib.flatMap((file) =>
    importsOf(file).filter((from) => from.startsWith(".")).map((from) => {
      const [here, there] = [folderOf(file.path), folderOf(resolve(file, from))];
      const isFine = here === there || there === ".." || there === "" ||
        RINGS[there]! < RINGS[here]! || NEIGHBOURS.includes(`${here} → ${there}`);
      return isFine ? "" : `${file.path} imports ${from}`;
    })
  );
  assert.deepEqual(wrong.filter((one) => one !== ""), []);
});

sourceTest("out of lib/ only deno.json is imported, and not by the core", () => {
  const outside = lib.flatMap((file) =>
    importsOf(file).filter((from) =>
      from.startsWith(".") && !new URL(from, `file:///lib/${file.path}`).pathname
        .startsWith("/lib/")
    ).map((from) => `${folderOf(file.path)} imports ${from}`)
  );
  for (const one of outside) {
    assert.match(one, /^(cli|engine|spark) imports .*\/deno\.json$/);
  }
});

sourceTest("the core does no I/O, reads no clock, rolls no dice", () => {
  const core = lib.filter(({ path }) => CORE.includes(folderOf(path)));
  assert.ok(core.length > 15, `${core.length} files`);
  const found = core.flatMap((file) => {
    const source = bareCode(file.text);
    const world = WORLD.flatMap((word) => source.match(word)?.[0] ?? []);
    const modules = importsOf(file).filter((from) =>
      /^(node:|jsr:|https?:|npm:)/.test(from) && !PURE_MODULES.includes(from)
    );
    return [...world, ...modules].map((what) => `${file.path}: ${what}`);
  });
  assert.deepEqual(found, []);
});

sourceTest(
  "only the command line holds the environment, and main.ts the exit code",
  () => {
    const env = lib.filter(({ text }) => /\bDeno\.(env|args)\b/.test(bareCode(text)));
    const exit = lib.filter(({ text }) => /\bDeno\.exit\b/.test(bareCode(text)));
    assert.deepEqual([...env, ...exit].map(({ path }) => path), []);
    const main = code(Deno.readTextFileSync(new URL("main.ts", ROOT)));
    assert.match(main, /Deno\.exit\(/);
    assert.ok(main.trim().split("\n").length <= 15, "main.ts has 15 lines at most");
  },
);

sourceTest("each package is imported by one file of lib/, with an exact version", () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const importers = new Map<string, string[]>();
  for (const file of lib) {
    for (const from of new Set(importsOf(file))) {
      if (/^(\.|node:)/.test(from)) continue;
      importers.set(from, [...importers.get(from) ?? [], file.path]);
    }
  }
  for (const [name, files] of importers) {
    assert.match(config.imports[name] ?? "", /^npm:.+@\d+\.\d+\.\d+(\/.+)?$/, name);
    if (!SHARED_PACKAGES.includes(name)) {
      assert.equal(files.length, 1, `${name}: ${files}`);
    }
  }
  assert.ok(importers.has("leven") && importers.has("zod"), `${[...importers.keys()]}`);
});

sourceTest("no file of the project names a path of a machine", () => {
  // put together here, so that this file does not name one either
  const homes = ["home", "Users", "root", "work", "private/var", "mnt", "tmp"].join("|");
  const path = new RegExp(`(?<![\\w.:/*-])/(?:${homes})/[\\w.-]|\\b[A-Z]:\\\\+Users`);
  assert.match(`at ${["", "home", "me"].join("/")}`, path);
  assert.match("C" + ":\\Users", path);
  assert.doesNotMatch(`https://example.org${["", "home", "me"].join("/")}`, path);

  const files = filesBelow(ROOT);
  assert.ok(files.some((file) => file.path === "lib/mod.ts"));
  const found = files.flatMap((file) =>
    file.text.split("\n").flatMap((line, i) =>
      path.test(line) ? [`${file.path}:${i + 1}: ${line.trim()}`] : []
    )
  );
  assert.deepEqual(found, []);
});

Deno.test("the layering tests see through comments and quotes", () => {
  const source = `// Deno.env\n/* Date */ const a = "Deno"; Deno.env\n` +
    "const url = 'https://a comes from';\nexport * from './y.ts'; await import('z');\n" +
    "import {\n  type d,\n} from 'e';\nimport 'f'; `${Date}`;";
  assert.doesNotMatch(
    bareCode("// Deno.env\n/* Date */ 'fetch' \"Deno\""),
    /Deno|Date|fetch/,
  );
  assert.match(bareCode(source), /Deno\.env/);
  assert.match(bareCode(source), /\bDate\b/);
  assert.deepEqual(importsOf({ path: "", text: source }), ["./y.ts", "z", "e", "f"]);
});

Deno.test("the layering tests tell a clock from a time that is given", () => {
  const isFound = (source: string): boolean => WORLD.some((word) => word.test(source));
  const clocks = ["new Date()", "new Date", "new Date( )", "Date()", "Date.now()"];
  for (const clock of [...clocks, "performance.now()", "Math.random()"]) {
    assert.ok(isFound(clock), clock);
  }
  for (
    const given of ["new Date(iso)", "Date.parse(day)", "function f(at: Date): void"]
  ) {
    assert.ok(!isFound(given), given);
  }
});
