/** The benchmark: steady inputs that are what they say, fair comparisons, right verdicts. */
import assert from "node:assert/strict";
import { checkPeers } from "../bench/check.ts";
import { compareOutputs, type Comparison, type Outputs } from "../bench/compare.ts";
import { cohortName, judgeGoals, peerName, type Results } from "../bench/goals.ts";
import { INPUT_NAMES, inputBytes, inputFile, type InputName } from "../bench/inputs.ts";
import { measure, median, medians, run } from "../bench/measure.ts";
import { parseOptions } from "../bench/options.ts";
import { denoCommand, type Peer, RULES_AS_TEXT } from "../bench/peers.ts";
import { goalSubjects, peerSubjects } from "../bench/plan.ts";
import { runRounds } from "../bench/rounds.ts";
import { judge as judgeSpark } from "../bench/spark/spark.ts";
import { judgeStream, ratesTable } from "../bench/stream/goals.ts";
import { COUNTED, DURABLE, PLAIN, type StreamResults } from "../bench/stream/stream.ts";
import { goalsTable } from "../bench/tables.ts";
import { findLayout } from "../lib/ingest/dialect.ts";
import { judge } from "../lib/transform/rules.ts";
import { type Layout, PLAIN_LAYOUT, type Student } from "../lib/transform/types.ts";
import { diskTest, processTest, put } from "./support.ts";

function bytesOf(name: InputName, records = 1000): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    inputBytes(name, records).flatMap((chunk) => [...chunk]).toArray(),
  );
}

function verdictsOf(name: InputName, layout: Layout = PLAIN_LAYOUT) {
  const lines: Uint8Array[] = [];
  const bytes = bytesOf(name);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines.slice(layout.header ? 1 : 0).map((line) => judge(line, layout));
}

function studentsOf(name: InputName, layout?: Layout): readonly Student[] {
  const verdicts = verdictsOf(name, layout);
  return verdicts.filter((verdict): verdict is Student => typeof verdict === "object");
}

Deno.test("the inputs of the benchmark are the bytes that they have always been", async () => {
  // figures are compared across versions: a new digest here makes them incomparable
  const digests: string[] = [];
  for (const name of INPUT_NAMES) {
    const digest = await crypto.subtle.digest("SHA-256", bytesOf(name));
    digests.push(`${name} ${new Uint8Array(digest).toHex().slice(0, 16)}`);
  }
  assert.deepEqual(digests, [
    "canonical 98db94d88237edcd",
    "french d216e950bad66c40",
    "arabic 8eece2e1692eeb34",
    "cyrillic a4c9da0ab6c437f2",
    "greek a343d5a6e15dc232",
    "rejects 49cb410e0ecd6dbd",
    "quoted 7e1da67f3ccc6673",
    "many_fields a38dbf472242974f",
    "mixed c7b52f6016097338",
    "mixed_cells 7bb490427be69b9d",
    "gzip 98db94d88237edcd",
  ]);
});

Deno.test("canonical is plain ASCII, 33 bytes a record, 20 fields, ages 17 to 45", () => {
  const bytes = bytesOf("canonical");
  assert.ok(bytes.every((byte) => byte < 128));
  assert.ok(Math.abs(bytes.length / 1000 - 33.4) < 0.5, `${bytes.length / 1000} bytes`);
  const students = studentsOf("canonical");
  assert.equal(students.length, 1000);
  assert.equal(new Set(students.map(({ field }) => field)).size, 20);
  const ages = students.map(({ age }) => age);
  assert.deepEqual([Math.min(...ages), Math.max(...ages)], [17, 45]);
});

Deno.test("each script holds valid records, most words in its own letters", () => {
  const letters: readonly (readonly [InputName, RegExp, number])[] = [
    ["french", /[À-ÖØ-ÞŒ]/, 0.6],
    ["arabic", /\p{Script=Arabic}/u, 1],
    ["cyrillic", /\p{Script=Cyrillic}/u, 1],
    ["greek", /\p{Script=Greek}/u, 1],
  ];
  for (const [name, own, share] of letters) {
    const words = studentsOf(name).flatMap((
      { first, last, field },
    ) => [first, last, field]);
    assert.equal(words.length, 3000, name);
    const found = words.filter((word) => own.test(word)).length / words.length;
    assert.ok(found >= share, `${name}: ${found}`);
  }
});

Deno.test("every fifth record of rejects and mixed is refused, for the reasons named", () => {
  const told = ["age_not_integer", "age_out_of_range", "blank_field", "blank_name"]
    .concat("field_count", "one_word_name", "unsafe_text");
  const reasons: readonly (readonly [InputName, readonly string[]])[] = [
    ["rejects", [...told, "bad_quote", "control_character", "invalid_utf8"]],
    ["mixed", [...told, "bad_quote"]],
    ["mixed_cells", told],
  ];
  for (const [name, expected] of reasons) {
    const verdicts = verdictsOf(name);
    const refused = verdicts.flatMap((verdict, i) =>
      typeof verdict === "string" ? i : []
    );
    assert.deepEqual(refused, Array.from({ length: 200 }, (_, i) => 5 * i + 4), name);
    const found = new Set(verdicts.filter((verdict) => typeof verdict === "string"));
    assert.deepEqual([...found].toSorted(), expected.toSorted(), name);
  }
});

Deno.test("quoted is found out as eight columns with ;, and all its records are valid", () => {
  const layout = findLayout(bytesOf("quoted"), {}, "quoted.csv");
  assert.equal(layout.delimiter, ";");
  assert.equal(layout.cells, 8);
  assert.deepEqual(layout.columns, { last: 1, first: 2, age: 3, field: 4 });
  assert.equal(studentsOf("quoted", layout).length, 1000);
});

Deno.test("many_fields draws from 100,000 fields", () => {
  const fields = new Set(studentsOf("many_fields").map(({ field }) => field));
  // of 1,000 draws about 5 meet an earlier one
  assert.ok(fields.size > 980 && fields.size < 1000, `${fields.size} fields`);
});

diskTest("inputFile() makes a file once, and gzip holds canonical", async (folder) => {
  const path = await inputFile(folder, "canonical", 500);
  assert.deepEqual(await Deno.readFile(path), bytesOf("canonical", 500));
  await Deno.writeTextFile(path, "kept");
  assert.equal(await inputFile(folder, "canonical", 500), path);
  assert.equal(await Deno.readTextFile(path), "kept");

  const packed = await Deno.readFile(await inputFile(folder, "gzip", 500));
  const unpacked = new Blob([packed]).stream().pipeThrough(
    new DecompressionStream("gzip"),
  );
  assert.deepEqual(await new Response(unpacked).bytes(), bytesOf("canonical", 500));
});

Deno.test("median() is the middle, or the mean of the two middle ones, and of none nothing", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([]), undefined);
  assert.deepEqual(
    medians([{ seconds: 1, megabytes: 9 }, { seconds: 3, megabytes: undefined }]),
    { seconds: 2, megabytes: 9 },
  );
});

const PEERS: readonly Peer[] = ["one", "two", RULES_AS_TEXT].map((name) => ({
  name,
  jobs: ["rows", "whole"],
  leavesOut: "",
  command: () => ({ program: name, args: [] }),
}));
const INPUTS = new Map(INPUT_NAMES.map((name) => [name, `${name}.csv`] as const));

/** Every subject of the plan with a second each. */
function evenResults(changed: Readonly<Record<string, number>> = {}): Results {
  const subjects = [
    ...goalSubjects(INPUTS, true),
    ...peerSubjects(INPUTS, PEERS, true),
  ];
  return {
    medians: new Map(subjects.map(({ name }) => [
      name,
      { seconds: changed[name] ?? 1, megabytes: 50 },
    ])),
    bytes: new Map(INPUT_NAMES.map((name) => [name, name === "quoted" ? 300 : 100])),
    peers: PEERS.map(({ name }) => name),
    peaks: [
      { input: "canonical", records: 1000, megabytes: 60 },
      { input: "many_fields", records: 1000, megabytes: 400 },
      { input: "canonical", records: 5000, megabytes: 72 },
      { input: "greek", records: 5000, megabytes: 101 },
    ],
  };
}

Deno.test("judgeGoals() finds every goal measured by the plan", () => {
  for (const { name, value, met } of judgeGoals(evenResults())) {
    assert.ok(value !== undefined && met !== undefined, name);
  }
});

Deno.test("judgeGoals() computes each ratio from its own medians", () => {
  const cases: readonly (readonly [string, Record<string, number>, number, boolean])[] = [
    // goal, changed seconds, value, met
    ["canonical, 1 thread / copy", { "copy in Deno": 0.4 }, 2.5, true],
    ["canonical, 1 thread / copy", { "copy in Deno": 0.39 }, 1 / 0.39, false],
    ["canonical, 2 threads / copy", { [cohortName("canonical", 2)]: 1.81 }, 1.81, false],
    ["french / canonical", { [cohortName("french", 1)]: 1.5 }, 1.5, true],
    ["arabic / canonical", { [cohortName("arabic", 1)]: 4.5 }, 4.5, false],
    ["cyrillic / canonical", { [cohortName("cyrillic", 1)]: 3 }, 3, true],
    ["greek / canonical", { [cohortName("greek", 1)]: 3.5 }, 3.5, true],
    ["rejects / canonical", { [cohortName("rejects", 1)]: 2.1 }, 2.1, false],
    ["quoted / canonical, per byte", { [cohortName("quoted", 1)]: 6 }, 2, true],
    ["many_fields / canonical", { [cohortName("many_fields", 1)]: 5 }, 5, false],
    ["gzip / gunzip", { [cohortName("gzip", undefined)]: 3, gunzip: 2 }, 1.5, true],
    ["2,000 records", { "Cohort, 2,000 records": 0.21 }, 0.21, false],
    ["highest peak at 1,000 records (canonical)", {}, 60, true],
    ["highest peak at 5,000 records (greek)", {}, 101, false],
    ["canonical, peak at 5,000 / 1,000 records", {}, 1.2, false],
    // the slower peer and Cohort's own rules do not count
    [
      "fastest peer, rows, canonical (two) / Cohort",
      {
        [peerName("one", "rows", "canonical")]: 8,
        [peerName("two", "rows", "canonical")]: 5,
      },
      5,
      true,
    ],
    [
      "fastest peer, whole, canonical (one) / Cohort",
      {
        [peerName("one", "whole", "canonical")]: 9.9,
        [peerName("two", "whole", "canonical")]: 20,
      },
      9.9,
      false,
    ],
    [
      "fastest peer, whole, mixed (two) / Cohort",
      {
        [cohortName("mixed", 2)]: 0.5,
        [peerName("one", "whole", "mixed")]: 7,
        [peerName("two", "whole", "mixed")]: 6,
      },
      12,
      true,
    ],
  ];
  for (const [name, changed, value, met] of cases) {
    const found = judgeGoals(evenResults(changed)).find((verdict) =>
      verdict.name === name
    );
    assert.ok(found, name);
    assert.equal(found.value?.toFixed(9), value.toFixed(9), name);
    assert.equal(found.met, met, name);
  }
});

Deno.test("a goal that was not measured is neither met nor missed", () => {
  const results = { medians: new Map(), bytes: new Map(), peers: [], peaks: [] };
  const verdicts = judgeGoals(results);
  assert.ok(verdicts.every(({ value, met }) => value === undefined && met === undefined));
  assert.match(
    goalsTable(verdicts),
    /\| 2,000 records \| not measured \| ≤ 0.2 s \| – \|/,
  );
});

const OURS: Outputs = {
  students: "first_name,last_name,age,field\nALI,BENNIS,21,LAW\nZOÉ,NOËL,30,DROIT\n",
  statistics: "field,count,mean,min,max,median\nDROIT,3,30.333333,30,31,30\n",
  rejects: `{"source":"a.csv","line":2,"reason":"blank_name","raw":", 21, Law"}\n` +
    `{"source":"a.csv","line":9,"reason":"bad_quote","raw":"\\"x"}\n`,
};

Deno.test("compareOutputs() names what must be normalised, or the first difference", () => {
  const cases: readonly (readonly [string, Partial<Outputs>, Comparison])[] = [
    ["same", {}, { normalised: [] }],
    [
      "quotes and order",
      {
        students: '"first_name","last_name","age","field"\n"ZOÉ","NOËL",30,"DROIT"\n' +
          '"ALI","BENNIS",21,"LAW"\n',
      },
      { normalised: ["students by cell", "students in another order"] },
    ],
    [
      "a row twice",
      { students: OURS.students + "ALI,BENNIS,21,LAW\n" },
      { difference: 'students, row 4: ["ALI","BENNIS","21","LAW"] instead of none' },
    ],
    [
      "a row less",
      { students: OURS.students.replace(/ZOÉ.*\n/, "") },
      { difference: 'students, row 3: none instead of ["ZOÉ","NOËL","30","DROIT"]' },
    ],
    [
      "more decimals",
      { statistics: OURS.statistics.replace("30.333333", "30.333333333333332") },
      { normalised: ["statistics by number"] },
    ],
    [
      "another mean",
      { statistics: OURS.statistics.replace("30.333333", "30.333335") },
      {
        difference:
          'statistics, row 2: ["DROIT",3,30.333335,30,31,30] instead of ["DROIT",3,30.333333,30,31,30]',
      },
    ],
    [
      "no source",
      { rejects: OURS.rejects!.replaceAll('"source":"a.csv",', "") },
      { normalised: ["rejects without source"] },
    ],
    [
      "no lines",
      { rejects: OURS.rejects!.replaceAll(/"source":"a.csv","line":.,/g, "") },
      { normalised: ["rejects without source and line"] },
    ],
    [
      "another reason",
      { rejects: OURS.rejects!.replace("bad_quote", "field_count") },
      {
        difference:
          'rejects, row 2: [9,"field_count","\\"x"] instead of [9,"bad_quote","\\"x"]',
      },
    ],
    [
      "another line",
      { rejects: OURS.rejects!.replace('"line":9', '"line":8') },
      {
        difference:
          'rejects, row 2: [8,"bad_quote","\\"x"] instead of [9,"bad_quote","\\"x"]',
      },
    ],
  ];
  for (const [what, changed, expected] of cases) {
    assert.deepEqual(compareOutputs(OURS, { ...OURS, ...changed }), expected, what);
  }
});

Deno.test("judgeStream() and its tables compute each ratio from medians", () => {
  const row = (name: string, perSecond: readonly number[], megabytes: number[] = []) => ({
    ...{ name, partitions: 1, perSecond, megabytes },
  });
  const results: StreamResults = {
    rates: [
      row(COUNTED, [900_000, 1_000_000, 5_000_000], [90]),
      row(PLAIN, [400_000]),
      row(DURABLE, [100_000, 700_000, 900_000], [120, 180]),
    ],
    delaysMs: Array.from({ length: 101 }, (_, i) => 3 * i),
    restartSeconds: [1, 9, 2],
    memory: [{ messages: 5, seconds: 1, earlyMegabytes: 100, megabytes: 260 }],
    missing: [],
  };
  assert.deepEqual(
    judgeStream(results).map(({ name, value, met }) => [name, value, met]),
    [
      ["durable / counted only, 1 partition", 0.7, false],
      ["durable / counted only, 4 partitions", undefined, undefined],
      ["durable / counted by kafkajs as it comes, 1 partition", 1.75, true],
      ["durable / counted by kafkajs as it comes, 4 partitions", undefined, undefined],
      ["produced to durable at 1,000/s, p50", 150, true],
      ["produced to durable at 1,000/s, p99", 297, false],
      ["restart to the first new row", 2, true],
      ["highest peak of the stream", 180, true],
      ["peak over 5 messages", 260, false],
      ["peak over 5 messages / over their first tenth", 2.6, false],
    ],
  );
  assert.match(
    ratesTable(results.rates),
    /\| cleaned, written, committed \| 1 \| 700 \| 150 \| 0\.70 \|/,
  );
});

Deno.test("parseOptions() refuses what makes no sense, in two lines", () => {
  assert.deepEqual(parseOptions(["--memory-at", "1,20", "--only", "goals"], "home"), {
    ...{ records: 1_000_000, rounds: 5, only: "goals", memoryAt: [1, 20] },
    ...{ folder: "home", out: "home/results.json" },
  });
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [
      ["--records", "1e6"],
      '--records cannot be "1e6"',
      "whole number from 1 to 999999999",
    ],
    [["--rounds", "0"], '--rounds cannot be "0"', "whole number from 1 to 999999999"],
    [["--memory-at", "1,,2"], '--memory-at cannot be ""', "whole number from 1"],
    [["--only", "us"], '--only cannot be "us"', "Give goals, peers, stream or spark"],
    [["--round", "3"], "Unknown option '--round'", "Flags: --records --rounds"],
  ];
  for (const [args, message, hint] of cases) {
    assert.throws(
      () => parseOptions(args, "home"),
      (error: Error & { hint?: string }) =>
        error.name === "PipelineError" && error.message === message &&
        error.hint!.includes(hint),
      args.join(" "),
    );
  }
});

processTest("measure() tells the peak of the process, and why one failed", async () => {
  const big = "const held = new Uint8Array(3e8).fill(1); if (held[5] !== 1) throw 1;";
  const args = ["eval", "--no-config"];
  const [small, large] = [
    await measure({ program: Deno.execPath(), args: [...args, "0"] }),
    await measure({ program: Deno.execPath(), args: [...args, big] }),
  ];
  assert.ok(small.seconds > 0);
  if (small.megabytes === undefined) console.info("left out, no GNU time: peak memory");
  else assert.ok(large.megabytes! - small.megabytes > 280, `${large.megabytes} MB`);

  const failing = (code: string) =>
    measure({ program: Deno.execPath(), args: [...args, code] });
  await assert.rejects(failing("console.error('one\\ntwo'); Deno.exit(3)"), {
    name: "PipelineError",
    message: "two",
  });
  await assert.rejects(failing("Deno.exit(3)"), {
    message: `${Deno.execPath()} fails without a word`,
  });
  await assert.rejects(run("no-such-program", []), {
    name: "PipelineError",
    message: "no-such-program is not installed",
  });
  await assert.rejects(run(Deno.execPath(), ["no-such-command"]), {
    message: /^.*deno no-such-command fails: ./,
  });
});

/** A peer that writes what another one writes, changed by a line of TypeScript. */
function peerThat(name: string, folder: string, change: string): Peer {
  const copied = `
    const [input, out] = Deno.args;
    await new Deno.Command(Deno.execPath(), { args: [...ARGS, input, out] }).output();
    const edit = (name, from, to) => {
      const text = Deno.readTextFileSync(out + "/" + name);
      Deno.writeTextFileSync(out + "/" + name, text.replace(from, to));
    };
    ${change};`;
  const { args } = denoCommand("straightforward.ts", []);
  const program = put(
    folder,
    `${name}.js`,
    copied.replace("ARGS", () => JSON.stringify(args)),
  );
  return {
    name,
    jobs: ["whole"],
    leavesOut: "",
    command: (input, out) => ({
      program: Deno.execPath(),
      args: ["run", "--quiet", "--allow-all", program, input, out],
    }),
  };
}

processTest(
  "a peer that differs or fails is named with why, and not timed",
  async (folder) => {
    const peers = [
      peerThat("good", folder, ""),
      peerThat("other", folder, `edit("rejects.jsonl", "blank_name", "bad_name")`),
      peerThat("broken", folder, `throw new TypeError("no luck")`),
    ];
    const checked = await checkPeers(peers, folder, () => {}, 500);
    assert.deepEqual(checked.peers.map(({ name }) => name), ["good"]);
    assert.deepEqual([...checked.forms], [[
      "good, whole",
      "statistics by number; rejects without source",
    ]]);
    assert.deepEqual(checked.differing.map(({ name }) => name), [
      "other, whole",
      "broken, whole",
    ]);
    assert.match(
      checked.differing[0]!.reason,
      /^mixed: rejects, row \d+: .*"bad_name".* instead of .*"blank_name"/,
    );
    assert.match(checked.differing[1]!.reason, /^canonical: ./);
  },
);

processTest(
  "runRounds() drops whom fails or counts otherwise, and interleaves",
  async (folder) => {
    const input = await inputFile(folder, "canonical", 300);
    const good = peerThat("good", folder, "");
    const other = peerThat("other", folder, `edit("statistics.csv", /,\\d+,/, ",1,")`);
    const order: string[] = [];
    const { runs, failures } = await runRounds([
      { name: "ours", command: (out) => good.command(input, out, "whole") },
      {
        name: "same",
        command: (out) => good.command(input, out, "whole"),
        sameAs: "ours",
      },
      {
        name: "other",
        command: (out) => other.command(input, out, "whole"),
        sameAs: "ours",
      },
      { name: "ours", command: () => ({ program: "never started", args: [] }) },
    ], { folder, rounds: 2, onRun: (name, round) => order.push(`${round} ${name}`) });
    assert.deepEqual(order, ["1 ours", "1 same", "1 other", "2 ours", "2 same"]);
    assert.deepEqual([...runs].map(([name, of]) => [name, of.length]), [["ours", 2], [
      "same",
      2,
    ]]);
    assert.match(failures.get("other")!, /^statistics, row 2: \["[A-Z ]+",1,/);
  },
);

Deno.test("the goals of the Spark bench are ratios of one run's medians", () => {
  const of = (seconds: number, megabytes?: number) => ({ seconds, megabytes });
  const judged = judgeSpark(
    new Map([
      ["Cohort, this machine alone, 2 threads", of(1, 90)],
      ["Cohort, --engine, local[2]", of(10, 240)],
      ["Cohort, --engine, no record", of(7, 100)],
      ["PySpark, local[2]", of(30, 900)],
    ]),
  );
  assert.deepEqual(judged.map(({ value, met }) => [value, met]), [
    ...[[10, true], [3, true], [7, false], [240, true]],
  ]);
  assert.deepEqual(judgeSpark(new Map()).map(({ met }) => met), [
    ...[undefined, undefined, undefined, undefined],
  ]);
});
