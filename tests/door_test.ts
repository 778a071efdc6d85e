/** The door: what a user's own script or notebook imports, and the two examples. */
import assert from "node:assert/strict";
import { jsonLines } from "../examples/json_lines.ts";
import { shareOver30 } from "../examples/share_over_30.ts";
import {
  agesByField,
  agesIn,
  allAges,
  type BytesBatch,
  clean,
  type Cleaned,
  countAge,
  countStudents,
  fieldNames,
  formatResult,
  judge,
  keptAges,
  mean,
  mergeAges,
  noAges,
  olderThan,
  OUTPUTS,
  parseResult,
  PipelineError,
  PLAIN_LAYOUT,
  readFiles,
  type Reject,
  rejects,
  replay,
  type Result,
  type Source,
  statistics,
  type Student,
  students,
  survey,
  textCleaner,
  writeReport,
} from "../lib/mod.ts";
import { diskTest, processTest, put } from "./support.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A source of one's own, in memory, its bytes cut as given. */
function memory(name: string, ...chunks: readonly string[]): Source {
  const input = { name, layout: PLAIN_LAYOUT };
  async function* read(): AsyncGenerator<BytesBatch> {
    let byteOffset = 0;
    for (const [i, chunk] of chunks.entries()) {
      const bytes = encode(chunk);
      yield await Promise.resolve({
        input,
        bytes,
        byteOffset,
        isLast: i === chunks.length - 1,
      });
      byteOffset += bytes.length;
    }
  }
  return { ...input, read };
}

const LAW = memory("law", "Ali Bennis,21,La", "w\nSara Alami,20,Law\n", "Omar,3");
const ART = memory("art", "Zoé Tazi,40,Art\n\nx\n");

async function flat<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  return (await Array.fromAsync(batches)).flat();
}

Deno.test("students() yields typed rows of one source or several, kept or not, in order", async () => {
  const ali: Student = { first: "ALI", last: "BENNIS", age: 21, field: "LAW" };
  const sara: Student = { first: "SARA", last: "ALAMI", age: 20, field: "LAW" };
  const zoe: Student = { first: "ZOÉ", last: "TAZI", age: 40, field: "ART" };
  assert.deepEqual(await flat(students(LAW)), [ali, sara]);
  assert.deepEqual(await flat(students([ART, LAW])), [zoe, ali, sara]);
  assert.deepEqual(await flat(students([])), []);
});

Deno.test("students() is lazy: it reads no further than it is asked", async () => {
  let asked = 0;
  async function* read(): AsyncGenerator<BytesBatch> {
    for await (
      const batch of memory("m", "A B,1,C\n", "A B,2,C\n", "A B,3,C\n").read(
        new AbortController().signal,
      )
    ) {
      asked++;
      yield batch as BytesBatch;
    }
  }
  for await (const batch of students({ ...LAW, read })) {
    assert.equal(batch[0]?.age, 1);
    break;
  }
  assert.equal(asked, 1);
});

Deno.test("rejects() yields each reject with its reason, its place and its bytes", async () => {
  const found: readonly Reject[] = await flat(rejects([LAW, ART]));
  assert.deepEqual(
    found.map(({ position, reason, raw }) => [position, reason, decode(raw)]),
    [
      [{ source: "law", offset: 3n }, "field_count", "Omar,3"],
      [{ source: "art", offset: 3n }, "field_count", "x"],
    ],
  );
});

/** Returns the CSV and the sum of the counts of what was cleaned. */
async function collect(cleaned: AsyncIterable<Cleaned>) {
  const sum = {
    csv: "",
    read: 0,
    blank: 0,
    rejected: 0,
    filtered: 0,
    kept: 0,
    rejects: 0,
  };
  for await (const { csv, counts, rejects } of cleaned) {
    sum.csv += decode(csv);
    for (const key of ["read", "blank", "rejected", "filtered", "kept"] as const) {
      sum[key] += counts[key];
    }
    sum.rejects += decode(rejects).split("\n").length - 1;
  }
  return sum;
}

Deno.test("clean() yields the CSV's bytes, the rejects and the counts of each batch", async () => {
  assert.deepEqual(await collect(clean([LAW, ART])), {
    csv: "ALI,BENNIS,21,LAW\nZOÉ,TAZI,40,ART\n",
    read: 6,
    blank: 1,
    rejected: 2,
    filtered: 1,
    kept: 2,
    rejects: 2,
  });
  const older = await collect(clean(LAW, { olderThan: 19 }));
  assert.equal(older.csv, "ALI,BENNIS,21,LAW\nSARA,ALAMI,20,LAW\n");
});

Deno.test("clean() lets another do the work, who is told the threshold", async () => {
  const told: unknown[] = [];
  const cleaned = await collect(clean(LAW, {
    olderThan: 30,
    cleaner(options) {
      told.push(options.olderThan);
      return textCleaner({ olderThan: 0 });
    },
  }));
  assert.deepEqual([told, cleaned.kept], [[30], 2]);
});

Deno.test("agesByField() counts all students, kept or not, and statistics() sums them up", async () => {
  const ages = await agesByField([LAW, ART]);
  assert.deepEqual(fieldNames(ages), ["ART", "LAW"]);
  assert.equal(countStudents(allAges(ages)), 3);
  assert.equal(mean(ages.get("LAW")!), 20.5);
  assert.deepEqual(statistics(olderThan(ages.get("LAW")!, 20)), {
    count: 1,
    mean: 21,
    min: 21,
    max: 21,
    median: 21,
    q1: 21,
    q3: 21,
  });
  const twice = new Map(await agesByField(LAW));
  mergeAges(twice, await agesByField([ART, LAW]));
  assert.equal(countStudents(allAges(twice)), 5);
});

Deno.test("judge() gives a student or a reason by the contract's own layout", () => {
  const record = encode("Ali Bennis, 21, Computer Science");
  const student = { first: "ALI", last: "BENNIS", age: 21, field: "COMPUTER SCIENCE" };
  assert.deepEqual(judge(record, PLAIN_LAYOUT), student);
  assert.equal(judge(encode("Ali Bennis, 21.0, Law"), PLAIN_LAYOUT), "age_not_integer");
});

diskTest(
  "readFiles() gives sources that can be read again, with size and digest",
  async (dir) => {
    const path = put(dir, "a.csv", "Ali Bennis,21,Law\n".repeat(20_000));
    const [source] = await readFiles(path);
    assert.equal(source!.name, path);
    assert.equal(source!.size, 360_000);
    assert.deepEqual(source!.layout, PLAIN_LAYOUT);
    for (let i = 0; i < 2; i++) {
      assert.equal((await flat(students(source!))).length, 20_000);
      assert.equal(source!.digest!().bytes, 360_000);
      assert.equal(source!.bytesRead!(), 360_000);
    }
  },
);

processTest("readFiles() leaves no file open", async (dir) => {
  const path = put(dir, "a.csv", "Ali Bennis,21,Law\n".repeat(20_000));
  const open = async (): Promise<number> => {
    const args = ["-c", `ls /proc/${Deno.pid}/fd | wc -l`];
    const { stdout } = await new Deno.Command("sh", { args }).output();
    return Number(decode(stdout));
  };
  const before = await open();
  await readFiles(Array(50).fill(path));
  assert.ok(await open() - before < 25, `${await open() - before} more files are open`);
}, { ignore: Deno.build.os !== "linux" });

diskTest("readFiles() refuses - where nobody gives it a standard input", async () => {
  await assert.rejects(readFiles("-"), (error: PipelineError) => {
    assert.ok(error instanceof PipelineError);
    return error.exitCode === 3;
  });
});

diskTest(
  "writeReport() writes the five files and returns what report.json holds",
  async (dir) => {
    const result = await writeReport([LAW, ART], { out: `${dir}/out` });
    assert.deepEqual(
      [...Deno.readDirSync(`${dir}/out`)].map(({ name }) => name).sort(),
      Object.values(OUTPUTS).toSorted(),
    );
    const text = Deno.readTextFileSync(`${dir}/out/report.json`);
    assert.equal(text, formatResult(result));
    assert.deepEqual(parseResult(text, "report.json"), result);
    assert.deepEqual(result.inputs, [
      { source: "law", records: 3 },
      { source: "art", records: 3 },
    ]);
    assert.deepEqual(result.funnel, {
      read: 6,
      blank: 1,
      rejected: 2,
      valid: 3,
      filtered: 1,
      kept: 2,
    });
    for (const { file, bytes } of result.outputs) {
      assert.equal(Deno.statSync(`${dir}/out/${file}`).size, bytes, file);
    }
  },
);

diskTest("writeReport() tells after every batch how far it has come", async (dir) => {
  const told: unknown[] = [];
  await writeReport([LAW, ART], {
    out: dir,
    onProgress: (progress) => told.push(progress),
  });
  const none = { bytes: 0, totalBytes: undefined };
  assert.deepEqual(told, [
    { source: "law", ...none, records: 2 },
    { source: "law", ...none, records: 3 },
    { source: "art", ...none, records: 6 },
  ]);
});

diskTest(
  "writeReport() refuses a cleaner whose numbers do not add up, and writes nothing",
  async (dir) => {
    put(dir, OUTPUTS.students, "old");
    const broken: Parameters<typeof writeReport>[1] = {
      out: dir,
      cleaner(options) {
        const real = textCleaner(options);
        return {
          ...real,
          clean: (batch) => ({ ...real.clean(batch), csv: new Uint8Array(0) }),
        };
      },
    };
    await assert.rejects(writeReport(LAW, broken), (error: PipelineError) => {
      assert.match(error.message, /^The funnel is off: kept = rows of the CSV/);
      return error.exitCode === 1;
    });
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), [
      OUTPUTS.students,
    ]);
    assert.equal(Deno.readTextFileSync(`${dir}/${OUTPUTS.students}`), "old");
  },
);

diskTest(
  "jsonLines() of examples/ makes JSON lines a source, rejects with their lines",
  async (dir) => {
    const path = put(
      dir,
      "students.jsonl",
      `{"name": "Ali Bennis", "age": 21, "field": "Law"}
{"name": "Alami, Sara", "age": "22", "field": "Law, \\"civil\\""}

{"name": "Omar", "age": 23, "field": "Law"}
{"name": "Lina Tazi", "age": 24.5, "field": "Law"}
{"name": "Nora Idrissi", "field": "Law"}
not JSON at all
null
{"name": "=cmd Idrissi", "age": 30, "field": "Law"}
{"name": "Zoé Fassi", "age": 19, "field": "Art"}
`,
    );
    const result = await writeReport(jsonLines(path), { out: `${dir}/out` });
    const rejected = Deno.readTextFileSync(`${dir}/out/${OUTPUTS.rejects}`).trim().split(
      "\n",
    )
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      rejected.map(({ source, line, reason }) => [source, line, reason]),
      [
        [path, 4, "one_word_name"],
        [path, 5, "age_not_integer"],
        [path, 6, "age_not_integer"],
        [path, 7, "field_count"],
        [path, 8, "field_count"],
        [path, 9, "unsafe_text"],
      ],
    );
    assert.equal(rejected[3].raw, "not JSON at all");
    assert.equal(
      Deno.readTextFileSync(`${dir}/out/${OUTPUTS.students}`),
      'first_name,last_name,age,field\nALI,BENNIS,21,LAW\nSARA,ALAMI,22,"LAW, ""CIVIL"""\n',
    );
    assert.equal(
      Deno.readTextFileSync(`${dir}/out/${OUTPUTS.statistics}`),
      'field,count,mean,min,max,median\nART,0,,,,\nLAW,1,21,21,21,21\n"LAW, ""CIVIL""",1,22,22,22,22\n',
    );
    assert.deepEqual(result.inputs, [{ source: path, records: 11 }]);
    assert.deepEqual(result.funnel, {
      read: 11,
      blank: 2,
      rejected: 6,
      valid: 3,
      filtered: 1,
      kept: 2,
    });
  },
);

Deno.test("shareOver30() of examples/ is exact, and NaN for nobody", () => {
  const ages = new Map();
  for (const age of [20, 30, 31, 60]) countAge(ages, "LAW", age);
  assert.equal(shareOver30(ages.get("LAW")), 0.5);
  assert.equal(shareOver30(noAges()), NaN);
});

/** Runs an example as its first lines say. */
async function runExample(args: readonly string[], cwd = ROOT): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...args],
    cwd,
  });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, decode(stderr));
  return decode(stdout);
}

processTest("examples/json_lines.ts runs as it says", async (dir) => {
  put(dir, "s.jsonl", '{"name": "Ali Bennis", "age": 21, "field": "Law"}\n');
  const example = ["--allow-read", "--allow-write", `${ROOT}examples/json_lines.ts`];
  const shown = await runExample([...example, "s.jsonl", "out"], dir);
  assert.match(shown, /kept: 1/);
  assert.ok(Deno.statSync(`${dir}/out/${OUTPUTS.page}`).isFile);
});

processTest("examples/share_over_30.ts runs as it says, on the sample", async () => {
  const shown = await runExample(["--allow-read", "examples/share_over_30.ts"]);
  const lines = shown.trimEnd().split("\n");
  assert.equal(lines.length, 13);
  for (const line of lines) assert.match(line, /^ *\d+\.\d % {2}\S/);
});

diskTest("parseResult() gives back what formatResult() was given", async (dir) => {
  const evil = memory(
    "\u2028</script>",
    '"__proto__ constructor",150,__proto__\nÿ,1,x\n',
  );
  const options = { out: dir, bom: true, lang: "fr", olderThan: -1 } as const;
  const result = await writeReport([LAW, ART, evil], options);
  assert.deepEqual(parseResult(formatResult(result), "x"), result);
  assert.equal(
    formatResult(parseResult(formatResult(result), "x")),
    formatResult(result),
  );
  assert.ok(result.fields.some(({ field }) => field === "__PROTO__"));
});

type Change = (result: Record<string, unknown>) => void;

const BROKEN: readonly (readonly [what: string, change: Change, where: string])[] = [
  ["another version", (result) => result.schema = "cohort-report/2", "schema"],
  ["no version", (result) => delete result.schema, "schema"],
  ["a text for a number", (result) => set(result, "funnel", "read", "6"), "funnel.read"],
  ["half a student", (result) => set(result, "funnel", "kept", 1.5), "funnel.kept"],
  ["less than nothing", (result) => set(result, "funnel", "blank", -1), "funnel.blank"],
  ["no funnel", (result) => delete result.funnel, "funnel"],
  [
    "an unknown reason",
    (result) => set(result, "rejects", "bad_hair", 1),
    "rejects",
  ],
  [
    "an age beyond belief",
    (result) => set(result, "overall", "max", 151),
    "overall.max",
  ],
  ["a list for an object", (result) => result.run = [], "run"],
  ["something more", (result) => result.extra = 1, "the whole"],
  [
    "bytes that are none",
    (result) => result.reject_examples = [{ reason: "bad_quote", raw_base64: "!" }],
    "reject_examples.0.raw_base64",
  ],
  [
    "a digest that is none",
    (result) => result.outputs = [{ file: "a", bytes: 1, sha256: "0" }],
    "outputs.0.sha256",
  ],
  ...[
    ...["151", "-1", "07", "1.5", ""].map((age) => ({ [age]: 1 })),
    ...[-1, 1.5, "1"].map((count) => ({ "21": count })),
    ...[[1], null, 21],
  ].map((ages): typeof BROKEN[number] => [
    `no histogram: ${JSON.stringify(ages)}`,
    (result) => (result.fields as { ages: unknown }[])[0]!.ages = ages,
    "fields.0.ages",
  ]),
];

const CONTRADICTORY:
  readonly (readonly [what: string, change: Change, message: string])[] = [
    [
      "more read than became anything",
      (result) => set(result, "funnel", "read", 99),
      "funnel.read is not blank + rejected + valid",
    ],
    [
      "more kept",
      (result) => set(result, "funnel", "kept", 99),
      "funnel.valid is not filtered + kept",
    ],
    [
      "an input more",
      (result) => result.inputs = [{ source: "x", records: 99 }],
      "inputs do not add up to funnel.read",
    ],
    [
      "a reject more",
      (result) => set(result, "rejects", "empty", 99),
      "rejects do not add up to funnel.rejected",
    ],
    [
      "fewer fields",
      (result) => result.fields = [],
      "the ages do not add up to funnel.valid",
    ],
    [
      "another mean",
      (result) => set(result, "overall", "mean", 99),
      "overall does not follow from the ages",
    ],
    [
      "a field's mean",
      (result) => (result.fields as { mean: number }[])[0]!.mean = 99,
      "fields.0 does not follow from its ages",
    ],
  ];

function set(result: Record<string, unknown>, key: string, name: string, value: unknown) {
  (result[key] as Record<string, unknown>)[name] = value;
}

diskTest(
  "parseResult() refuses what does not fit the schema and says where",
  async (dir) => {
    const result = await writeReport([LAW, ART], { out: dir });
    const refused = (text: string, message: RegExp | string): void => {
      assert.throws(() => parseResult(text, "x.json"), (error: unknown) => {
        assert.ok(error instanceof PipelineError, String(error));
        if (typeof message === "string") {
          assert.ok(
            error.message.startsWith(message),
            `${error.message}, not ${message}`,
          );
        } else assert.match(error.message, message);
        assert.equal(error.exitCode, 3);
        assert.match(error.hint!, /^Give a report\.json/);
        assert.ok(!error.message.includes("\n"));
        return true;
      });
    };
    for (const [what, change, where] of BROKEN) {
      const copy = JSON.parse(formatResult(result));
      change(copy);
      assert.notDeepEqual(copy, JSON.parse(formatResult(result)), what);
      refused(JSON.stringify(copy), `Cannot read x.json: ${where}: `);
    }
    for (const [what, change, message] of CONTRADICTORY) {
      const copy = JSON.parse(formatResult(result));
      change(copy);
      assert.throws(
        () => parseResult(JSON.stringify(copy), "x.json"),
        { message: `Cannot read x.json: ${message}` },
        what,
      );
    }
    for (const text of ["", "{", "not JSON", formatResult(result).slice(0, -5)]) {
      refused(text, /^Cannot read x\.json: it is not JSON$/);
    }
    for (const text of ["null", "[]", "1", '"x"']) {
      refused(text, "Cannot read x.json: the whole: ");
    }
  },
);

diskTest(
  "writeReport() refuses a threshold that is no age, before it writes",
  async (dir) => {
    for (const threshold of [20.5, NaN, -2, 151]) {
      const run = writeReport(LAW, { out: `${dir}/out`, olderThan: threshold });
      await assert.rejects(run, RangeError);
    }
    assert.throws(() => Deno.statSync(`${dir}/out`), Deno.errors.NotFound);
  },
);

diskTest(
  "formatResult() writes any number of fields as one piece of JSON",
  async (dir) => {
    const result = await writeReport(LAW, { out: dir });
    for (const count of [0, 1, 199, 200, 201, 400, 401]) {
      const fields = Array.from({ length: count }, (_, i) => ({
        ...result.fields[0]!,
        field: `${i}\n  "fields": []`,
      }));
      const many = {
        ...result,
        parameters: { ...result.parameters, title: "fields" },
        fields,
      };
      assert.equal(formatResult(many), JSON.stringify(many, null, 2) + "\n", `${count}`);
    }
  },
);

diskTest("formatResult() refuses a result that it could not read again", async (dir) => {
  const result: Result = await writeReport(LAW, { out: dir });
  const broken = { ...result, funnel: { ...result.funnel, kept: NaN } };
  assert.throws(() => formatResult(broken), (error: PipelineError) => {
    assert.match(error.message, /^The result is not valid: funnel\.kept: /);
    return error.exitCode === 1;
  });
});

diskTest("survey() finds what the report of the same sources says", async (folder) => {
  const sources = () => readFiles("data/students.csv");
  const look = await survey(await sources(), { olderThan: 25 });
  const options = { out: folder, olderThan: 25, page: false };
  const result = await writeReport(await sources(), options);
  assert.deepEqual(look.funnel, result.funnel);
  assert.deepEqual(look.rejects, result.rejects);
  assert.deepEqual(Object.keys(look.rejects), Object.keys(result.rejects), "in order");
  assert.deepEqual(
    look.examples.map(({ position, reason }) => [reason, Number(position.offset)]).sort(),
    result.reject_examples.map(({ reason, line }) => [reason, line]).sort(),
  );
  for (const { field, ages } of result.fields) {
    const counted = Object.fromEntries(
      [...agesIn(look.ages, field).entries()].filter(([, count]) => count > 0),
    );
    assert.deepEqual(counted, ages, field);
  }
});

Deno.test("keptAges() leaves each field its older students", () => {
  const ages = new Map();
  for (const age of [20, 21, 30]) countAge(ages, "LAW", age);
  countAge(ages, "ART", 20);
  const kept = keptAges(ages, 20);
  assert.deepEqual([...kept.keys()], ["ART", "LAW"]);
  assert.deepEqual([...kept.values()].map(countStudents), [0, 2]);
  assert.equal(countStudents(ages.get("LAW")), 3, "what it is told stays as it is");
});

Deno.test("agesIn() names the fields that there are", () => {
  const ages = new Map([["LAW", noAges()], ["ART", noAges()]]);
  assert.equal(agesIn(ages, "ART"), ages.get("ART"));
  assert.throws(() => agesIn(ages, "Law"), {
    name: "RangeError",
    message: "There is no field Law; there are: ART, LAW",
  });
  assert.throws(() => agesIn(new Map(), "Law"), {
    message: "There is no field Law; there are: none",
  });
});

Deno.test("replay() lets the students come a few at a time", async () => {
  const sizes = [];
  for await (const batch of replay([LAW, ART], { size: 1, pauseMs: 0 })) {
    sizes.push(batch.length);
  }
  assert.deepEqual(sizes, [1, 1, 1]);
  await assert.rejects(replay(LAW, { size: 0 }).next(), {
    name: "RangeError",
    message: "A batch has 1 student at least, not 0",
  });
});

Deno.test("survey() says of hostile records what the rules as text say", async () => {
  const LONG = "é".repeat(40_000);
  const evil = memory(
    "evil",
    `Ali,21\n"Ali Bennis,21,Law\nAli Bennis,21.0,Law\n\n=Ali Bennis,22,Law\n${LONG}\n`,
    "Ali,21\n".repeat(9) + "Zoé Fassi,19,Art\nSara Alami,30,Art\nA \u200bB,1,C\n",
    "Ali Bennis,9999,Law",
  );
  const topic: Source = {
    name: "topic",
    layout: PLAIN_LAYOUT,
    async *read() {
      const values = [null, encode("Omar Tazi,33,Law"), Uint8Array.of(0xff)];
      const offsets = [7n, 8n, 9n];
      yield await Promise.resolve({ input: topic, partition: 3, values, offsets });
    },
  };
  const sources = [evil, topic];
  const look = await survey(sources);
  const refused = await flat(rejects(sources));
  const valid = await flat(students(sources));
  assert.deepEqual(look.funnel, {
    read: refused.length + valid.length + 1,
    blank: 1,
    rejected: refused.length,
    valid: valid.length,
    filtered: 1,
    kept: 2,
  });
  const counts = new Map<string, number>();
  const first = refused.filter(({ reason }) => {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts.get(reason)! <= 5;
  });
  assert.ok(counts.get("field_count")! > 5);
  assert.deepEqual(look.rejects, Object.fromEntries(counts));
  assert.deepEqual(look.examples, first);
  assert.deepEqual([...look.ages.keys()].sort(), ["ART", "LAW"]);
});

Deno.test("survey() refuses a threshold that is no age", async () => {
  for (const olderThan of [20.5, NaN, -2, 151, 2 ** 32]) {
    await assert.rejects(survey(LAW, { olderThan }), {
      name: "RangeError",
      message: `The threshold is a whole number from -1 to 150, not ${olderThan}`,
    });
  }
});
