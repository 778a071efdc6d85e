/** The command line: what it takes, what it refuses and how it says so. */
import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import config from "../deno.json" with { type: "json" };
import { writeAll } from "../lib/cli/effects.ts";
import { stopOnSignals } from "../lib/cli/main.ts";
import { PipelineError } from "../lib/errors.ts";
import {
  bytes,
  commandWords,
  diskTest,
  processTest,
  put,
  type Ran,
  runCommandProcess,
  runHere,
} from "./support.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const CSV = "etudiants_transformed.csv";
const HEADER = "first_name,last_name,age,field\n";

/** Runs `report` with the folder `out` of the test's folder; `{dir}` stands for the latter. */
function report(
  dir: string,
  args: readonly string[],
  world: Parameters<typeof runHere>[1] = {},
): Promise<Ran> {
  const flags = args.map((arg) => arg.replaceAll("{dir}", dir));
  return runHere(["report", "--out", `${dir}/out`, ...flags], world);
}

const read = (path: string): string => Deno.readTextFileSync(path);

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Asserts the error that the contract asks for: two lines at most, nothing else. */
function assertError({ code, stdout, stderr }: Ran, expected: {
  readonly code: number;
  readonly first: string;
  readonly second?: string | undefined;
}): void {
  const { first, second } = expected;
  const lines = [
    `error: ${first}`,
    ...(second === undefined ? [] : [`       ${second}`]),
  ];
  assert.equal(stderr, `${lines.join("\n")}\n`);
  assert.equal(code, expected.code);
  assert.equal(stdout, "");
}

type UsageCase = readonly [args: readonly string[], first: string, second: string];

const WHOLE_AGE = "Give a whole number from -1 to 150";
const ASCII = "Give one ASCII character, no quote; or tab";
const SHARE = "Give a share from 0 to 1";
const COLUMNS = "Write --columns name=…,age=…,field=… or first=…,last=…,age=…,field=…, " +
  "each with a name from the header or a column number from 1";

function badColumns(text: string, what: string): UsageCase {
  return [
    ["report", "--columns", text],
    `--columns cannot be "${text}"`,
    `${what}. ${COLUMNS}`,
  ];
}

const COMMANDS =
  "Commands: report, generate, certs, produce, stream, notebook; see --help";

// none of these files exists: whoever looked for one would end with code 3
const USAGE: readonly UsageCase[] = [
  // arguments → first line, second line
  [[], "No command is given", COMMANDS],
  [["reprot"], 'There is no command "reprot"', "Did you mean report?"],
  [
    ["frobnicate"],
    'There is no command "frobnicate"',
    COMMANDS,
  ],
  [
    ["--debugg"],
    'There is no command "--debugg"',
    COMMANDS,
  ],
  [
    ["report", "--older-tahn", "3"],
    "There is no flag --older-tahn",
    "Did you mean --older-than? See --help",
  ],
  [
    ["report", "--inptu=x"],
    "There is no flag --inptu",
    "Did you mean --input? See --help",
  ],
  [
    ["report", "--verison"],
    "There is no flag --verison",
    "Did you mean --version? See --help",
  ],
  [["report", "--hepl"], "There is no flag --hepl", "Did you mean --help? See --help"],
  [["report", "--frobnicate"], "There is no flag --frobnicate", "See --help"],
  [["report", "--__proto__"], "There is no flag --__proto__", "See --help"],
  [["report", "-x"], "There is no flag -x", "See --help"],
  [
    ["generate", "--sede", "1"],
    "There is no flag --sede",
    "Did you mean --seed? See --help",
  ],
  [["generate", "--input", "x"], "There is no flag --input", "See --help"],
  [
    ["report", "no.csv"],
    '"no.csv" is not a flag',
    "For a file to read, write --input no.csv",
  ],
  [["report", "-"], '"-" is not a flag', "For a file to read, write --input -"],
  [
    ["report", "--", "no.csv"],
    '"no.csv" is not a flag',
    "For a file to read, write --input no.csv",
  ],
  [["generate", "10"], '"10" is not a flag', "See --help"],
  [["report", "--input"], "--input needs a value", "Write --input PATH"],
  [["report", "--out", "--quiet"], "--out needs a value", "Write --out FOLDER"],
  [["report", "--input="], '--input cannot be ""', "Give a path"],
  [["report", "--out="], '--out cannot be ""', "Give a folder"],
  [["report", "--quiet=yes"], "--quiet takes no value", "Write --quiet alone"],
  [["report", "--help=yes"], "--help takes no value", "Write --help alone"],
  [["report", "--bom=true"], "--bom takes no value", "Write --bom alone"],
  [["report", "--older-than", "old"], '--older-than cannot be "old"', WHOLE_AGE],
  [["report", "--older-than", "20.5"], '--older-than cannot be "20.5"', WHOLE_AGE],
  [["report", "--older-than", "1e1"], '--older-than cannot be "1e1"', WHOLE_AGE],
  [["report", "--older-than", "151"], '--older-than cannot be "151"', WHOLE_AGE],
  [["report", "--older-than", "-2"], '--older-than cannot be "-2"', WHOLE_AGE],
  [["report", "--older-than="], '--older-than cannot be ""', WHOLE_AGE],
  [["report", "--lang", "de"], '--lang cannot be "de"', "Give en or fr"],
  [["report", "--delimiter", "ab"], '--delimiter cannot be "ab"', ASCII],
  [["report", "--delimiter", '"'], '--delimiter cannot be """', ASCII],
  [["report", "--delimiter", "é"], '--delimiter cannot be "é"', ASCII],
  [["report", "--delimiter="], '--delimiter cannot be ""', ASCII],
  [
    ["report", "--encoding", "klingon"],
    '--encoding cannot be "klingon"',
    'There is no encoding "klingon". ' +
    "Common ones: utf-8, utf-16le, utf-16be, latin1, windows-1252, iso-8859-15",
  ],
  badColumns("x=1", '--columns does not know "x=1"'),
  badColumns("name=", "--columns says no column for name"),
  badColumns("age=1,age=2", "--columns names age twice"),
  badColumns("name=1,age=2", "--columns names no column for field"),
  badColumns("first=1,age=2,field=3", "--columns names no column for last"),
  badColumns(
    "name=1,first=2,age=3,field=4",
    "--columns names both a full name and a first or last name",
  ),
  [["report", "--max-reject-rate", "2"], '--max-reject-rate cannot be "2"', SHARE],
  [["report", "--max-reject-rate", "5%"], '--max-reject-rate cannot be "5%"', SHARE],
  [["report", "--max-reject-rate", "-0.1"], '--max-reject-rate cannot be "-0.1"', SHARE],
  [["report", "--max-reject-rate", "1.5"], '--max-reject-rate cannot be "1.5"', SHARE],
  [
    ["report", "--no-html", "--pdf"],
    "--no-html does not go with --pdf or --open",
    "There is no page to show",
  ],
  [
    ["report", "--input", "-", "--input", "-"],
    "--input - is given twice",
    "There is only one standard input",
  ],
  [
    ["generate", "--records", "-1"],
    '--records cannot be "-1"',
    "Give a whole number from 0 to 4294967295",
  ],
  [
    ["generate", "--seed", "1.5"],
    '--seed cannot be "1.5"',
    "Give a whole number from 0 to 9007199254740991",
  ],
];

Deno.test("runCommand() ends wrong usage with 2 and two lines, before it reads anything", async (t) => {
  for (const [args, first, second] of USAGE) {
    await t.step(args.join(" ") || "nothing", async () => {
      const given = args[0] === "report" ? [...args, "--input=no such file"] : args;
      const isOpen = args.includes("--") || args.at(-1) === "--input";
      assertError(await runHere(isOpen ? args : given), { code: 2, first, second });
    });
  }
});

const BAD_VARIABLES: readonly (readonly [name: string, value: string, hint: RegExp])[] = [
  ["COHORT_OLDER_THAN", "old", /whole number from -1 to 150/],
  ["COHORT_LANG", "de", /en or fr/],
  ["COHORT_QUIET", "maybe", /true or false/],
  ["COHORT_BOM", "yes", /true or false/],
  ["COHORT_DELIMITER", "ab", /one ASCII character/],
  ["COHORT_MAX_REJECT_RATE", "5", /share from 0 to 1/],
  ["COHORT_ENCODING", "klingon", /latin1/],
  ["COHORT_COLUMNS", "x=1", /name=…,age=…,field=…/],
  ["SOURCE_DATE_EPOCH", "yesterday", /whole seconds since 1970/],
];

Deno.test("runCommand() names the variable whose value is no good, before it reads anything", async (t) => {
  for (const [name, value, hint] of BAD_VARIABLES) {
    await t.step(name, async () => {
      const args = ["report", "--input", "no such file"];
      const { code, stderr } = await runHere(args, { env: { [name]: value } });
      const [first, second] = stderr.split("\n");
      assert.ok(first!.includes(name), stderr);
      assert.match(second!, hint);
      assert.equal(code, 2, stderr);
    });
  }
});

interface InputCase {
  readonly what: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** `in` by default. */
  readonly args?: readonly string[];
  readonly first: string;
  readonly second?: string;
}

const SAY_WHICH = (flag: string): string =>
  `Say which with --columns ${flag} (or --no-header if that line is a record)`;

const UNUSABLE: readonly InputCase[] = [
  { what: "missing", first: "Cannot read {dir}/in: it does not exist" },
  {
    what: "below a file",
    files: { in: "" },
    args: ["--input", "{dir}/in/x.csv"],
    first: "Cannot read {dir}/in/x.csv: a part of its path is not a folder",
  },
  {
    what: "a folder without a CSV file",
    files: { "data.txt": "", ".a.csv": "" },
    args: ["--input", "{dir}"],
    first: "Cannot read {dir}: the folder has no *.csv* file",
  },
  {
    what: "a header without a field of study",
    files: { in: "Full Name,Age\nAli Bennis,21\n" },
    first: "Cannot read {dir}/in: its header names no field column",
    second: `Found: Full Name, Age. ${SAY_WHICH("name=1,age=Age,field=…")}`,
  },
  {
    what: "a header with a first name alone",
    files: { in: "Prénom;Filière\nAli;Droit\n" },
    first: "Cannot read {dir}/in: its header names no last name and no age column",
    second: `Found: Prénom, Filière. ${
      SAY_WHICH("first=Prénom,last=…,age=…,field=Filière")
    }`,
  },
  {
    what: "a header with two ages",
    files: { in: "name,age,âge,field\n" },
    first: "Cannot read {dir}/in: its header names more than one age column",
    second: `Found: name, age, âge, field. ${SAY_WHICH("name=name,age=…,field=field")}`,
  },
  {
    what: "a chosen column that is not there",
    files: { in: "name,age,field\n" },
    args: ["--input", "{dir}/in", "--columns", "name=name,age=years,field=field"],
    first: 'Cannot read {dir}/in: its first line has no column "years"',
    second: "Found: name, age, field. Mend --columns or name --delimiter",
  },
  {
    what: "UTF-16 without a byte order mark",
    files: { in: bytes("name,age,field\nAli Bennis,21,Law\n".replace(/./gs, "$&\0")) },
    first: "Cannot read {dir}/in: half of its bytes are NUL, so it is not UTF-8",
    second: "It looks like UTF-16: try --encoding utf-16le",
  },
  {
    what: "UTF-16, the other way round",
    files: { in: bytes("name,age,field\nAli Bennis,21,Law\n".replace(/./gs, "\0$&")) },
    first: "Cannot read {dir}/in: half of its bytes are NUL, so it is not UTF-8",
    second: "It looks like UTF-16: try --encoding utf-16be",
  },
  {
    what: "bytes that the named encoding does not have",
    files: { in: bytes("name,age,field\n\xff\xff\xff") },
    args: ["--input", "{dir}/in", "--encoding", "shift_jis"],
    first: "Cannot read {dir}/in: after byte 0 it is not valid shift_jis",
    second: "Name its true encoding with --encoding",
  },
  {
    what: "a workbook",
    files: { in: bytes("PK\x03\x04 and so on") },
    first: "Cannot read {dir}/in: it is a ZIP archive or a workbook, not a CSV file",
    second: 'Unpack it, or save the sheet as "CSV UTF-8" first',
  },
  {
    what: "gzip that ends too early",
    files: { in: gzipSync("name,age,field\nAli Bennis,21,Law\n").subarray(0, -12) },
    first: "Cannot read {dir}/in: its gzip data is damaged or ends too early",
    second: "Fetch or pack the file again",
  },
  {
    what: "zstd that ends too early",
    files: {
      in: zstdCompressSync("name,age,field\nAli Bennis,21,Law\n").subarray(0, -3),
    },
    first: "Cannot read {dir}/in: its zstd data is damaged or ends too early",
    second: "Fetch or pack the file again",
  },
];

for (const { what, files = {}, args = ["--input", "{dir}/in"], ...lines } of UNUSABLE) {
  diskTest(`report ends an input that cannot be used with 3: ${what}`, async (dir) => {
    for (const [name, content] of Object.entries(files)) put(dir, name, content);
    const [first, second] = [lines.first, lines.second].map((line) =>
      line?.replaceAll("{dir}", dir)
    );
    assertError(await report(dir, args), { code: 3, first: first!, second });
    assert.ok(!exists(`${dir}/out`));
  });
}

diskTest(
  "report writes nothing when the last of several inputs cannot be used",
  async (dir) => {
    put(dir, "a.csv", "Ali Bennis,21,Law\n");
    put(dir, "b.csv", "name,age\n");
    const ran = await report(dir, ["--input", "{dir}/a.csv", "--input", "{dir}/b.csv"]);
    assert.equal(ran.code, 3);
    assert.match(ran.stderr, /b\.csv: its header names no field column/);
    assert.ok(!exists(`${dir}/out`));
  },
);

processTest(
  "report refuses a FIFO, named or found in a folder, and does not wait for it",
  async (dir) => {
    put(dir, "a.csv", "Ali Bennis,21,Law\n");
    await new Deno.Command("mkfifo", { args: [`${dir}/b.csv`] }).output();
    // with both ends open, nobody who opens it has to wait: a mistake fails, and hangs nothing
    using _fifo = Deno.openSync(`${dir}/b.csv`, { read: true, write: true });
    for (const input of [`${dir}/b.csv`, dir]) {
      assertError(await report(dir, ["--input", input]), {
        code: 3,
        first: `Cannot read ${dir}/b.csv: it is not a file or folder`,
        second: "A pipe or device is read through standard input: --input - < …",
      });
    }
  },
);

interface OutputCase {
  readonly what: string;
  readonly prepare: (dir: string) => void;
  readonly args: readonly string[];
  readonly first: string;
}

const STUDENTS = `{dir}/out/${CSV}`;
const UNWRITABLE: readonly OutputCase[] = [
  {
    what: "a file in the folder's place",
    prepare: (dir) => void put(dir, "out", ""),
    args: ["report", "--input", "{dir}/in", "--out", "{dir}/out"],
    first: "Cannot write {dir}/out: it is not a folder",
  },
  {
    what: "a link in the folder's place",
    prepare: (dir) => Deno.symlinkSync(dir, `${dir}/out`),
    args: ["report", "--input", "{dir}/in", "--out", "{dir}/out/"],
    first: "Cannot write {dir}/out: it is a symbolic link",
  },
  {
    what: "a link in a file's place",
    prepare: (dir) => {
      Deno.mkdirSync(`${dir}/out`);
      Deno.symlinkSync("/nowhere", `${dir}/out/${CSV}`);
    },
    args: ["report", "--input", "{dir}/in", "--out", "{dir}/out"],
    first: `Cannot write ${STUDENTS}: it is a symbolic link`,
  },
  {
    what: "a folder in a file's place",
    prepare: (dir) => Deno.mkdirSync(`${dir}/out/${CSV}`, { recursive: true }),
    args: ["report", "--input", "{dir}/in", "--out", "{dir}/out"],
    first: `Cannot write ${STUDENTS}: it is a folder`,
  },
  {
    what: "generate and a link in the file's place",
    prepare: (dir) => Deno.symlinkSync(`${dir}/in`, `${dir}/made.csv`),
    args: ["generate", "--out", "{dir}/made.csv"],
    first: "Cannot write {dir}/made.csv: it is a symbolic link",
  },
];

for (const { what, prepare, args, first } of UNWRITABLE) {
  diskTest(`an output that cannot be written ends with 6: ${what}`, async (dir) => {
    put(dir, "in", "Ali Bennis,21,Law\n");
    prepare(dir);
    assertError(await runHere(args.map((arg) => arg.replaceAll("{dir}", dir))), {
      code: 6,
      first: first.replaceAll("{dir}", dir),
      second: "Choose another folder with --out; earlier outputs are untouched",
    });
    assert.equal(read(`${dir}/in`), "Ali Bennis,21,Law\n");
  });
}

const THREE_BAD_OF_FOUR = "Ali Bennis,21,Law\nAli,21,Law\nx\n,,\n";

diskTest("report --max-reject-rate ends with 4, the outputs written", async (dir) => {
  put(dir, "in", THREE_BAD_OF_FOUR);
  const args = ["--input", "{dir}/in", "--quiet", "--max-reject-rate"];
  assertError(await report(dir, [...args, "0.74"]), {
    code: 4,
    first: "75 % of the records were refused, more than the 74 % allowed",
    second: "The outputs are written; rejects.jsonl says which and why",
  });
  assert.equal(read(`${dir}/out/${CSV}`), `${HEADER}ALI,BENNIS,21,LAW\n`);
  assert.equal(read(`${dir}/out/rejects.jsonl`).split("\n").length - 1, 3);
  for (const rate of ["0.75", ".75", "1", "1.0"]) {
    assert.deepEqual(
      await report(dir, [...args, rate]),
      { code: 0, stdout: "", stderr: "" },
      rate,
    );
  }
});

diskTest(
  "report --max-reject-rate is a share of all records read, and nothing of nothing is 0",
  async (dir) => {
    put(dir, "in", `${THREE_BAD_OF_FOUR}\n`); // one of the five is blank
    const args = ["--input", "{dir}/in", "--quiet", "--max-reject-rate"];
    assert.equal((await report(dir, [...args, "0.59"])).code, 4);
    assert.equal((await report(dir, [...args, "0.60"])).code, 0);
    put(dir, "in", "\n\n");
    assert.equal((await report(dir, [...args, "0"])).code, 0);
  },
);

diskTest(
  "report prints a summary: the funnel, the reasons, the fields, the files, seconds",
  async (dir) => {
    put(dir, "in.csv", THREE_BAD_OF_FOUR + "\nSara Alami,19,Art\nOmar Idrissi,24,Law\n");
    const { code, stdout, stderr } = await report(dir, ["--input", "{dir}/in.csv"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.equal(
      stdout.replace(/[0-9.]+ s$/m, "# s").replaceAll(dir, "DIR"),
      `Read      7 records from DIR/in.csv
Blank     1
Rejected  3 (42.9%): field_count 1, blank_name 1, one_word_name 1
Filtered  1 (not older than 20)
Kept      2

 Students  Average   Median   Lowest  Highest  Field
        2     22.5     22.5       21       24  LAW
        0        –        –        –        –  ART
        2     22.5     22.5       21       24  All fields

Written:
  DIR/out/etudiants_transformed.csv
  DIR/out/statistics.csv
  DIR/out/rejects.jsonl
  DIR/out/report.html
  DIR/out/report.json
Done in # s
`,
    );
  },
);

diskTest(
  "report --json prints report.json and nothing else, --quiet nothing at all",
  async (dir) => {
    put(dir, "in", THREE_BAD_OF_FOUR);
    const json = await report(dir, ["--input", "{dir}/in", "--json"]);
    assert.deepEqual(json, {
      code: 0,
      stdout: read(`${dir}/out/report.json`),
      stderr: "",
    });
    assert.equal(JSON.parse(json.stdout).funnel.rejected, 3);

    put(dir, "empty", "");
    put(dir, "latin1", bytes("Zo\xe9 A,21,Law\n".repeat(5)));
    const quiet = ["empty", "latin1", "in"].flatMap((
      name,
    ) => ["--input", `{dir}/${name}`]);
    for (const isTerminal of [false, true]) {
      assert.deepEqual(
        await report(dir, ["--quiet", ...quiet], { isTerminal }),
        { code: 0, stdout: "", stderr: "" },
      );
    }
  },
);

diskTest(
  "report makes an input without a record a warning, and the outputs are there",
  async (dir) => {
    put(dir, "empty.csv", "");
    put(dir, "blank.csv", "\n \n");
    put(dir, "header.csv", "name,age,field\n");
    put(dir, "a.csv", "Ali Bennis,21,Law\n");
    const { code, stderr } = await report(dir, ["--input", "{dir}"]);
    assert.equal(code, 0);
    assert.equal(
      stderr,
      `warning: ${dir}/empty.csv has no records\nwarning: ${dir}/header.csv has no records\n`,
    );
    const alone = await report(dir, ["--input", "-"]);
    assert.deepEqual([alone.code, alone.stderr], [0, "warning: - has no records\n"]);
    assert.equal(read(`${dir}/out/${CSV}`), HEADER);
  },
);

diskTest(
  "report asks whether the input is Latin-1 when many records are not UTF-8",
  async (dir) => {
    put(dir, "in", bytes("Ali Bennis,21,Law\nZo\xe9 Benn,22,Law\nNo\xebl Ba,23,Law\n"));
    const hint = "warning: 2 records are not valid UTF-8: is the file Latin-1? " +
      "Try --encoding latin1\n";
    const asked = await report(dir, ["--input", "{dir}/in"]);
    assert.deepEqual([asked.code, asked.stderr], [0, hint]);
    assert.match(asked.stdout, /invalid_utf8 2/);
    const told = await report(dir, ["--input", "{dir}/in", "--encoding", "latin1"]);
    assert.deepEqual([told.code, told.stderr], [0, ""]);
    assert.match(read(`${dir}/out/${CSV}`), /^ZOÉ,BENN,22,LAW$/m);
  },
);

diskTest(
  "report asks for the columns when no record has the expected cells",
  async (dir) => {
    put(dir, "in", "1,Ali Bennis,21,Law\n2,Sara Alami,22,Law\n");
    const { code, stderr } = await report(dir, ["--input", "{dir}/in"]);
    assert.equal(code, 0);
    assert.equal(
      stderr,
      "warning: No record has the expected cells: name the columns with --columns, " +
        "or the --delimiter\n",
    );
  },
);

diskTest(
  "report --input of a folder reads its *.csv* files by name, hidden ones left out",
  async (dir) => {
    Deno.mkdirSync(`${dir}/in/sub.csv`, { recursive: true });
    put(dir, "in/b.csv", "B B,22,Law\n");
    put(dir, "in/a.csv.gz", gzipSync("A A,21,Law\n"));
    put(dir, "in/C.CSV", "C C,23,Law\n");
    put(dir, "in/d.csv.bak", "D D,24,Law\n");
    put(dir, "in/.hidden.csv", "HIDDEN H,25,Law\n");
    put(dir, "in/notes.txt", "N N,26,Law\n");
    put(dir, "in/sub.csv/e.csv", "E E,27,Law\n");
    put(dir, "in/line\nend.csv", "L L,28,Law\n");
    assert.equal((await report(dir, ["--input", "{dir}/in/"])).code, 0);
    assert.equal(
      read(`${dir}/out/${CSV}`),
      `${HEADER}C,C,23,LAW\nA,A,21,LAW\nB,B,22,LAW\nD,D,24,LAW\nL,L,28,LAW\n`,
    );
    const { inputs } = JSON.parse(read(`${dir}/out/report.json`));
    assert.deepEqual(
      inputs.map(({ source }: { source: string }) => source.slice(dir.length)),
      ["/in/C.CSV", "/in/a.csv.gz", "/in/b.csv", "/in/d.csv.bak", "/in/line\nend.csv"],
    );
  },
);

diskTest(
  "report reads several inputs in the order given, each with its own layout",
  async (dir) => {
    put(dir, "z.csv", "Prénom;Nom;Âge;Filière\nAli;Bennis;21;Droit, sciences\nx\n");
    put(dir, "y.tsv", "Sara Alami\t22\tLaw\n\nx\nLina Fassi\t22\tLaw\n");
    put(dir, "x.csv", "age,unused,field,name\r\n23,?,Art,Omar Idrissi\r\nx\r\n");
    const stdin = new Uint8Array(gzipSync("Nora Tazi|24|Law\nx|y|z\n"));
    const inputs = ["z.csv", "y.tsv", "-", "x.csv"].flatMap((name) => [
      "--input",
      name === "-" ? name : `{dir}/${name}`,
    ]);
    assert.equal((await report(dir, inputs, { stdin })).code, 0);
    assert.equal(
      read(`${dir}/out/${CSV}`),
      `${HEADER}ALI,BENNIS,21,"DROIT, SCIENCES"\nSARA,ALAMI,22,LAW\nLINA,FASSI,22,LAW\n` +
        "NORA,TAZI,24,LAW\nOMAR,IDRISSI,23,ART\n",
    );
    const rejects = read(`${dir}/out/rejects.jsonl`).trim().split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      rejects.map(({ source, line }) => [source.replace(`${dir}/`, ""), line]),
      [["z.csv", 3], ["y.tsv", 3], ["-", 2], ["x.csv", 3]],
    );
  },
);

diskTest(
  "report --input - reads the bytes of standard input as a file's",
  async (dir) => {
    const text = "\ufeffname;age;field\r\nZoé Bennis;21;Law\r\n";
    const stdin = new TextEncoder().encode(text);
    assert.equal((await report(dir, ["--input", "-"], { stdin })).code, 0);
    const piped = JSON.parse(read(`${dir}/out/report.json`));
    put(dir, "in", stdin);
    assert.equal((await report(dir, ["--input", "{dir}/in"])).code, 0);
    const file = JSON.parse(read(`${dir}/out/report.json`));
    assert.equal(piped.inputs[0].source, "-");
    assert.equal(piped.inputs[0].bytes, stdin.length);
    assert.deepEqual({ ...piped.inputs[0], source: "" }, {
      ...file.inputs[0],
      source: "",
    });
    assert.deepEqual(piped.outputs, file.outputs);
  },
);

diskTest(
  "report --bom begins the CSV with a byte order mark, and reads it back unchanged",
  async (dir) => {
    put(dir, "in", "Zoé Bennis,21,Law\n");
    await report(dir, ["--input", "{dir}/in", "--bom"]);
    const first = Deno.readFileSync(`${dir}/out/${CSV}`);
    assert.deepEqual([...first.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.equal(new TextDecoder().decode(first), `${HEADER}ZOÉ,BENNIS,21,LAW\n`);
    const again = await report(dir, ["--input", `{dir}/out/${CSV}`, "--bom"]);
    assert.equal(again.code, 0);
    assert.deepEqual(Deno.readFileSync(`${dir}/out/${CSV}`), first);
  },
);

diskTest(
  "a flag beats its variable, which beats the default; an empty one is none",
  async (dir) => {
    put(dir, "a", "Ali Bennis,21,Law\n");
    put(dir, "b", "Sara Alami,22,Law\nOmar Idrissi,23,Law\n");
    const env = {
      COHORT_INPUT: `${dir}/b`,
      COHORT_OUT: `${dir}/out`,
      COHORT_OLDER_THAN: "22",
      COHORT_LANG: "fr",
      COHORT_BOM: "1",
      COHORT_JSON: "true",
      COHORT_MAX_REJECT_RATE: "",
      COHORT_COLUMNS: "",
    };
    const fromEnv = JSON.parse((await runHere(["report"], { env })).stdout);
    assert.deepEqual(fromEnv.parameters, { older_than: 22, lang: "fr", bom: true });
    assert.deepEqual([fromEnv.funnel.read, fromEnv.funnel.kept], [2, 1]);

    const args = ["report", "--older-than", "20", "--lang=en", "--input", `${dir}/a`];
    const fromFlags = JSON.parse((await runHere(args, { env })).stdout);
    assert.deepEqual(fromFlags.parameters, { older_than: 20, lang: "en", bom: true });
    assert.deepEqual(fromFlags.inputs[0].source, `${dir}/a`);
    assert.equal(fromFlags.inputs.length, 1);
  },
);

diskTest("report names in report.json the flags that shape the result", async (dir) => {
  put(dir, "in", bytes("Zo\xe9 A|21|Law\n"));
  const args = ["--json", "--input", "{dir}/in", "--older-than", "-1", "--lang", "fr"];
  const more = ["--columns", "name=1,age=2,field=3", "--delimiter", "|", "--encoding"];
  const last = ["latin1", "--no-header", "--max-reject-rate", "0.5"];
  const { stdout } = await report(dir, [...args, ...more, ...last]);
  assert.deepEqual(JSON.parse(stdout).parameters, {
    older_than: -1,
    lang: "fr",
    columns: "name=1,age=2,field=3",
    delimiter: "|",
    encoding: "latin1",
    no_header: true,
    max_reject_rate: 0.5,
  });
  put(dir, "in", "A A\t21\tLaw\n");
  const tab = await report(dir, ["--json", "--input", "{dir}/in", "--delimiter", "tab"]);
  assert.deepEqual(JSON.parse(tab.stdout).parameters.delimiter, "\t");
});

diskTest("SOURCE_DATE_EPOCH fixes the time of the report", async (dir) => {
  put(dir, "in", "Ali Bennis,21,Law\n");
  const { stdout } = await report(dir, ["--input", "{dir}/in", "--json"], {
    env: { SOURCE_DATE_EPOCH: "1000000000" },
  });
  const { finished, seconds } = JSON.parse(stdout).run;
  assert.deepEqual([finished, seconds], ["2001-09-09T01:46:40.000Z", 0]);
});

diskTest("report survives a clock that is set back while it runs", async (dir) => {
  put(dir, "in", "Ali Bennis,21,Law\n");
  let time = Date.parse("2026-01-31T12:00:00Z");
  const now = (): Date => new Date(time -= 86_400_000);
  const { code, stderr } = await report(dir, ["--input", "{dir}/in"], { now });
  assert.deepEqual([code, stderr], [0, ""]);
});

Deno.test("--help of each command names every flag, its variable, and ends with 0", async () => {
  const flags = {
    report: [
      ..."input out older-than lang columns delimiter encoding no-header bom".split(" "),
      ..."max-reject-rate json quiet debug config help version".split(" "),
      ..."from title author course date min-group-size no-examples no-html".split(" "),
      ..."pdf browser open".split(" "),
    ],
    generate: "records seed out debug help version".split(" "),
    certs: "hosts days out force debug help version".split(" "),
    produce: [
      ..."input columns delimiter encoding no-header rate loop key".split(" "),
      ..."compression bootstrap-servers topic security-protocol".split(" "),
      ..."ssl-ca-location ssl-certificate-location ssl-key-location".split(" "),
      ..."client-id config quiet dry-run debug help version".split(" "),
    ],
  };
  for (const [command, names] of Object.entries(flags)) {
    const { code, stdout, stderr } = await runHere([command, "--out", "x", "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const name of names) {
      assert.match(stdout, new RegExp(`^  --${name}( [A-Za-z|]+)?  +[^ ]`, "m"), name);
    }
    assert.match(stdout, new RegExp(`deno task ${command} \\[FLAGS\\]`));
    assert.match(stdout, /COHORT_/);
  }
  const overview = await runHere(["--help"]);
  assert.deepEqual([overview.code, overview.stderr], [0, ""]);
  for (const command of Object.keys(flags)) {
    assert.match(overview.stdout, new RegExp(`^  ${command} +[A-Z]`, "m"));
  }
});

Deno.test("--version names the version of deno.json and of Deno", async () => {
  const version = `cohort ${config.version} (Deno ${Deno.version.deno})\n`;
  for (
    const args of [["--version"], ["report", "--version"], ["generate", "--version"]]
  ) {
    assert.deepEqual(await runHere(args), { code: 0, stdout: version, stderr: "" });
  }
});

const BOLD = "\x1b[1m";
const NOT_BOLD = "\x1b[22m";

diskTest(
  "report is bold on a terminal, plain with NO_COLOR and in a pipe",
  async (dir) => {
    put(dir, "in", "Ali Bennis,21,Law\n");
    const run = async (
      env: Record<string, string>,
      isTerminal: boolean,
    ): Promise<string> =>
      (await report(dir, ["--input", "{dir}/in"], { env, isTerminal })).stdout;
    const withoutTime = (text: string): string => text.replace(/Done.*/, "");
    const bold = await run({}, true);
    assert.equal(bold.match(/^.* Students .*$/m)?.[0].slice(0, 4), BOLD);
    assert.equal(withoutTime(await run({ NO_COLOR: "" }, true)), withoutTime(bold));
    for (const plain of [await run({ NO_COLOR: "1" }, true), await run({}, false)]) {
      assert.ok(!plain.includes("\x1b"));
      const unbold = bold.replaceAll(BOLD, "").replaceAll(NOT_BOLD, "");
      assert.equal(withoutTime(plain), withoutTime(unbold));
    }
  },
);

/** What must never reach a terminal: all but printable characters and the line end. */
const HOSTILE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Asserts that the command's output moves no cursor and hides nothing. */
function assertHarmless({ stdout, stderr }: Ran): void {
  assert.doesNotMatch(stdout, HOSTILE);
  assert.doesNotMatch(stderr, HOSTILE);
}

const EVIL = "\x1b]0;pwned\x07\x1b[31m\u202e\x9b2J\r\u2028";

Deno.test("text from the command line reaches the terminal only escaped", async () => {
  const cases: readonly (readonly [readonly string[], Record<string, string>])[] = [
    [[EVIL], {}],
    [["report", EVIL], {}],
    [["report", `--${EVIL}`], {}],
    [["report", "--lang", EVIL], {}],
    [["report", "--columns", EVIL], {}],
    [["report", "--encoding", EVIL], {}],
    [["report", "--delimiter", "a\nb\nc\nd"], {}],
    [["report"], { COHORT_LANG: EVIL }],
    [["report"], { SOURCE_DATE_EPOCH: EVIL }],
  ];
  for (const [args, env] of cases) {
    const ran = await runHere([...args], { env });
    assertHarmless(ran);
    assert.match(ran.stderr, /^error: .*\\u\{.*\n {7}.*\n$/, args.join(" "));
  }
});

diskTest(
  "names of files, columns and fields reach the terminal only escaped",
  async (dir) => {
    const file = put(dir, `${EVIL.replaceAll("\r", "\n")}.csv`, "");
    const shown = async (content: string, ...args: string[]): Promise<Ran> => {
      Deno.writeTextFileSync(file, content);
      const ran = await report(dir, ["--input", file, ...args]);
      assertHarmless(ran);
      return ran;
    };
    const missing = await report(dir, ["--input", `${file}.missing`]);
    assertHarmless(missing);
    assert.match(missing.stderr, /^error: .*\\u\{1b\}\]0;pwned\\u\{7\}.*\\u\{a\}.*\n$/);

    assert.match((await shown("")).stderr, /\\u\{1b\}.* has no records\n$/);
    const header = await shown(`name,"age\n${EVIL}",${EVIL}\n`);
    assert.equal(header.code, 3);
    assert.equal(header.stderr.split("\n").length, 3);
    assert.match(header.stderr, /Found: .*\\u\{1b\}/);
    const fields = await shown("Ali Bennis,21,Law\u200dx\nAli Bennis,22,Art\u200cy\n");
    assert.match(fields.stdout, /LAW\\u\{200d\}X/);
    assert.match(fields.stdout, /\\u\{1b\}\]0;pwned/);
    assert.match(
      (await shown("x", `--out=${file}/`)).stderr,
      /^error: Cannot write .*1b/,
    );
  },
);

diskTest(
  "--debug shows where an error comes from, but no escape sequence",
  async (dir) => {
    const args = ["--input", `{dir}/${EVIL}`];
    assert.doesNotMatch((await report(dir, args)).stderr, /^ +at /m);
    for (
      const ran of [
        await report(dir, [...args, "--debug"]),
        await report(dir, args, { env: { COHORT_DEBUG: "1" } }),
      ]
    ) {
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^ +at .*files\.ts:[0-9]+/m);
      assertHarmless(ran);
    }
  },
);

diskTest(
  "report --json lets no control character of a record reach the terminal",
  async (dir) => {
    put(dir, "in", `Ali${EVIL.replaceAll("\r", "")} Bennis,21,Law\n`);
    const { code, stdout } = await report(dir, ["--input", "{dir}/in", "--json"]);
    assert.equal(code, 0);
    const [example] = JSON.parse(stdout).reject_examples;
    assert.equal(example.raw, `Ali${EVIL.replaceAll("\r", "")} Bennis,21,Law`);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u);
  },
);

Deno.test("a fault of the program itself ends with 1 and two lines, no stack without --debug", async () => {
  const world = { stdin: new Uint8Array(0), now: () => new Date(NaN) };
  const args = ["report", "--input=-", "--out=no such/../folder", "--lang=en"];
  const broken = () => {
    throw new TypeError("first\nsecond");
  };
  const fault = await runHere(args, { ...world, now: broken });
  assertError(fault, {
    code: 1,
    first: "A fault of cohort: first\\u{a}second",
    second: "Run again with --debug and report what it shows",
  });
  const debug = await runHere([...args, "--debug"], { ...world, now: broken });
  assert.equal(debug.code, 1);
  assert.match(debug.stderr, /TypeError: first/);
  assert.match(debug.stderr, /^ +at .*cli_test\.ts/m);
});

Deno.test("stopOnSignals() aborts on the first signal with its exit code, ends on the second", () => {
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const listeners = new Map<string, () => void>();
    const exits: (number | undefined)[] = [];
    const signal = stopOnSignals({
      addSignalListener: (signal, listener) => void listeners.set(signal, listener),
      build: { ...Deno.build, os: "linux" },
      exit: ((code) => void exits.push(code)) as typeof Deno.exit,
    });
    assert.deepEqual([...listeners.keys()].sort(), ["SIGINT", "SIGTERM"]);
    assert.ok(!signal.aborted);
    listeners.get(name)!();
    assert.ok(signal.reason instanceof PipelineError);
    assert.equal(signal.reason.exitCode, code);
    assert.deepEqual(exits, []);
    listeners.get("SIGTERM")!();
    assert.deepEqual(exits, [143]);
  }
});

Deno.test("stopOnSignals() asks Windows for Ctrl-C alone, which is all it has", () => {
  const asked: string[] = [];
  stopOnSignals({
    addSignalListener: (signal) => void asked.push(signal),
    build: { ...Deno.build, os: "windows" },
    exit: Deno.exit,
  });
  assert.deepEqual(asked, ["SIGINT"]);
});

diskTest(
  "an aborted run ends with the exit code of its signal and leaves nothing",
  async (dir) => {
    put(dir, "in", "Ali Bennis,21,Law\n");
    for (const [kind, code] of [["interrupted", 130], ["terminated", 143]] as const) {
      const hint = "Earlier outputs are untouched";
      const signal = AbortSignal.abort(new PipelineError(kind, "Stopped", { hint }));
      for (const input of ["{dir}/in", "-"]) {
        const ran = await report(dir, ["--input", input], { signal });
        assertError(ran, { code, first: "Stopped", second: hint });
        assert.deepEqual(
          exists(`${dir}/out`) ? [...Deno.readDirSync(`${dir}/out`)] : [],
          [],
        );
      }
      assertError(await runHere(["generate", "--out", `${dir}/made.csv`], { signal }), {
        code,
        first: "Stopped",
        second: hint,
      });
      assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
        "in",
        ...(exists(`${dir}/out`) ? ["out"] : []),
      ]);
    }
  },
);

diskTest("generate --out writes the same bytes as standard output", async (dir) => {
  const args = ["generate", "--records", "3000", "--seed", "5"];
  const { stdout } = await runHere([...args, "--out", "-"]);
  const file = await runHere([...args, "--out", `${dir}/made.csv`]);
  assert.deepEqual(file, { code: 0, stdout: "", stderr: "" });
  // of bytes that are no UTF-8, runHere() shows replacement characters
  assert.equal(read(`${dir}/made.csv`).length, stdout.length);
  assert.ok(stdout.split("\n").length > 3000);
});

processTest(
  "main.ts reads the sample by default, from the folder of the project",
  async (dir) => {
    const ran = await runCommandProcess(["report", "--out", dir], { cwd: ROOT });
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
    assert.match(ran.stdout, /^Read +2,007 records from data\/students\.csv$/m);
    const [, excerpt] = /^```text\n(Read .*?)```$/ms.exec(read(`${ROOT}README.md`))!;
    for (const line of excerpt!.split("\n")) {
      if (line.trim() !== "…") assert.ok(ran.stdout.includes(`${line}\n`), line);
    }
    const elsewhere = await runCommandProcess(["report", "--out", dir], { cwd: dir });
    assertError(elsewhere, {
      code: 3,
      first: "Cannot read data/students.csv: it does not exist",
    });
  },
);

processTest(
  "main.ts takes arguments, environment and standard input from the process",
  async (dir) => {
    const input = put(dir, "in", "Ali Bennis,21,Law\nSara Alami,30,Law\n");
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec "$0" "$@" < "$COHORT_TEST_INPUT"', Deno.execPath(), "run"]
        .concat(
          [
            "--no-prompt",
            "--allow-read",
            "--allow-write",
            "--allow-env",
            `${ROOT}main.ts`,
          ],
          ["report", "--input", "-", "--out", `${dir}/out`, "--json"],
        ),
      env: { COHORT_OLDER_THAN: "25", COHORT_TEST_INPUT: input },
    });
    const { code, stdout } = await child.output();
    assert.equal(code, 0);
    assert.equal(new TextDecoder().decode(stdout), read(`${dir}/out/report.json`));
    assert.deepEqual(JSON.parse(read(`${dir}/out/report.json`)).funnel.kept, 1);
  },
);

processTest(
  "main.ts keeps its exit code where standard error is full",
  async (dir) => {
    const [program, ...args] = commandWords(["report", "--input", "-", "--out", dir]);
    const codes = [];
    for (const last of ["--no-html", "--frobnicate"]) {
      const { code } = await new Deno.Command("sh", {
        args: ["-c", 'exec "$0" "$@" 2>/dev/full </dev/null', program, ...args, last],
        cwd: dir,
      }).output();
      codes.push(code);
    }
    assert.deepEqual(codes, [0, 2]);
  },
  { ignore: Deno.build.os !== "linux" },
);

Deno.test("writeAll() waits where a pipe is full and does not wait itself", () => {
  let tries = 0;
  let written = "";
  const output = {
    isTerminal: () => false,
    writeSync(bytes: Uint8Array) {
      if (tries++ % 2 === 0) throw new Deno.errors.WouldBlock("full");
      written += new TextDecoder().decode(bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  };
  assert.ok(writeAll(output, bytes("a long text")));
  assert.equal(written, "a long text");
});

processTest("main.ts ends with the exit code of the error", async (dir) => {
  const input = put(dir, "in", THREE_BAD_OF_FOUR);
  const report = ["report", "--input", input];
  const cases: readonly (readonly [readonly string[], number])[] = [
    [["report", "--quite"], 2],
    [["report", "--input", `${dir}/missing`], 3],
    [[...report, "--out", `${dir}/out`, "--max-reject-rate", "0.1"], 4],
    [[...report, "--out", input], 6],
  ];
  for (const [args, code] of cases) {
    const ran = await runCommandProcess(args, { cwd: dir });
    assert.equal(ran.code, code, ran.stderr);
    assert.ok(ran.stderr.trimEnd().split("\n").length <= 2, ran.stderr);
  }
});

diskTest("report counts one record as one", async (dir) => {
  put(dir, "in", "Ali Bennis,21,Law\n");
  const { stdout } = await report(dir, ["--input", "{dir}/in"]);
  assert.match(stdout, /^Read +1 record from /);
});

diskTest("a variable beats the config file, which beats the default", async (dir) => {
  put(dir, "in", "Ali Bennis,21,Law\nSara Alami,30,Law\n");
  const settings = { "older-than": 29, lang: "fr", bom: true, input: [`${dir}/in`] };
  // Notepad begins a file with a byte order mark
  const config = put(dir, "settings.json", `\ufeff${JSON.stringify(settings)}`);
  const args = ["--config", config, "--json"];
  const fromFile = await report(dir, args);
  assert.equal(fromFile.stderr, "");
  const { parameters, funnel } = JSON.parse(fromFile.stdout);
  assert.deepEqual(parameters, { older_than: 29, lang: "fr", bom: true });
  assert.equal(funnel.kept, 1);
  const env = { COHORT_OLDER_THAN: "20", COHORT_LANG: "fr" };
  const stronger = await report(dir, [...args, "--lang", "en"], { env });
  const { older_than, lang } = JSON.parse(stronger.stdout).parameters;
  assert.deepEqual([older_than, lang], [20, "en"]);
});

diskTest("a config file that is no good ends with 2 and is named", async (dir) => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["{", /settings\.json/],
    ["[]", /settings\.json/],
    ['{"older-than": {}}', /settings\.json/],
    ['{"older-than": "old"}', /settings\.json.*older-than.*"old"/],
    ['{"input": []}', /settings\.json: input cannot be an empty list\n/],
    ['{"title": []}', /settings\.json: title cannot be an empty list\n/],
    ['{"lang": ["en", "fr"]}', /settings\.json: lang cannot be a list\n/],
    ['{"older-tahn": 20}', /settings\.json.*older-tahn.*\n.*older-than/s],
  ];
  for (const [text, message] of cases) {
    const config = put(dir, "settings.json", text);
    const { code, stderr } = await report(dir, ["--config", config, "--input", "none"]);
    assert.match(stderr, message, text);
    assert.equal(code, 2, text);
    assert.ok(stderr.trimEnd().split("\n").length <= 2, stderr);
  }
  const missing = await report(dir, ["--config", `${dir}/none.json`]);
  assert.deepEqual([missing.code, missing.stdout], [2, ""]);
  assert.match(missing.stderr, /none\.json: it does not exist/);
});
