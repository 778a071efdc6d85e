/**
 * Reports on stores: the same bytes as on a file, several stores together, what is refused.
 */
import assert from "node:assert/strict";
import { agesByField, readFiles, readStores } from "../lib/mod.ts";
import { fastCleaner } from "../lib/transform/clean.ts";
import { Store } from "../lib/stream/store.ts";
import {
  expected,
  IDENTITY,
  ingestInto,
  messages,
  openHere,
  SAMPLE,
  streamSample,
} from "./store_support.ts";
import { diskTest, put, type Ran, runHere } from "./support.ts";

/** Makes a store of some ranges of the tests' messages: partition, start, end. */
async function makeStore(
  path: string,
  ...ranges: readonly (readonly [partition: number, start: number, end: number])[]
): Promise<string> {
  using store = await openHere(path);
  const ingest = ingestInto(store);
  for (const [partition, start, end] of ranges) {
    ingest.assign(new Map([[partition, BigInt(start)]]));
    ingest.add(messages(partition, start, end));
  }
  return path;
}

/** Reports on inputs into a folder. */
function report(
  inputs: readonly string[],
  out: string,
  ...flags: readonly string[]
): Promise<Ran> {
  const args = inputs.flatMap((input) => ["--input", input]);
  return runHere(["report", ...args, "--out", out, ...flags]);
}

for (const olderThan of [20, 25, -1]) {
  diskTest(
    `report on a store gives the bytes of report on its file, older than ${olderThan}`,
    async (dir) => {
      await streamSample(`${dir}/live`, fastCleaner({ olderThan }), olderThan);
      const flags = ["--no-html", "--bom"];
      await report([SAMPLE], `${dir}/file`, ...flags, `--older-than=${olderThan}`);
      const ran = await report([`${dir}/live`], `${dir}/store`, ...flags);
      assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      const [file, store] = ["file", "store"].map((folder) => (name: string) =>
        Deno.readTextFileSync(`${dir}/${folder}/${name}`)
      );
      for (const name of ["etudiants_transformed.csv", "statistics.csv"]) {
        assert.ok(file!(name).length > 300);
        assert.equal(store!(name), file!(name));
      }
      const [onFile, onStore] = [file, store].map((read) =>
        JSON.parse(read!("report.json"))
      );
      for (const part of ["funnel", "rejects", "overall", "fields"]) {
        assert.deepEqual(onStore[part], onFile[part], part);
      }
      assert.equal(onStore.parameters.older_than, olderThan);
      const examples = (result: typeof onFile) =>
        result.reject_examples.map((
          { reason, raw, raw_base64 }: Record<string, string>,
        ) => [reason, raw, raw_base64]);
      assert.deepEqual(examples(onStore), examples(onFile));
      assert.deepEqual(onStore.inputs, [{
        source: `${dir}/live`,
        topic: "ibtissam",
        ranges: [{ partition: 0, start: 0, next: 2007 }],
        records: 2007,
      }]);
    },
  );
}

diskTest("readStores() gives the ages that agesByField() counts", async (dir) => {
  await streamSample(dir, fastCleaner());
  const [store] = await readStores(dir);
  assert.deepEqual(store!.ages, await agesByField(await readFiles(SAMPLE)));
});

diskTest("report puts stores together that have read a topic in turns", async (dir) => {
  const a = await makeStore(`${dir}/a`, [0, 0, 50], [0, 80, 100], [1, 5, 40]);
  const b = await makeStore(`${dir}/b`, [0, 50, 80], [2, 0, 7]);
  const { code, stdout, stderr } = await report([a, `${b}/`], `${dir}/out`);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(
    stdout,
    /^Read +142 records from 2 inputs\n(.*\n){4}Messages .*\/a: ibtissam\/0@0–49, ibtissam\/0@80–99, ibtissam\/1@5–39\n {10}.*\/b: ibtissam\/0@50–79, ibtissam\/2@0–6\n/,
  );
  const wanted = expected(new Map([[0, 100], [1, 40], [2, 7]]));
  const early = expected(new Map([[1, 5]]));
  const rows = (lines: string) => lines.match(/.*\n/g)!.toSorted();
  const csv = Deno.readTextFileSync(`${dir}/out/etudiants_transformed.csv`);
  assert.deepEqual(
    rows(csv.slice(csv.indexOf("\n") + 1)),
    wanted.rows.filter((row) => !early.rows.includes(row)).toSorted(),
  );
  const rejects = Deno.readTextFileSync(`${dir}/out/rejects.jsonl`);
  assert.deepEqual(
    rows(rejects),
    wanted.rejects.filter((line) => !early.rejects.includes(line)).toSorted(),
  );
  const page = Deno.readTextFileSync(`${dir}/out/report.html`);
  for (
    const text of [
      "ibtissam/0@80–99",
      "Store and its messages",
      `deno task report --input ${a} --input ${b}`,
    ]
  ) assert.ok(page.includes(text), text);
  assert.ok(!page.includes("undefined"));
});

diskTest(
  "report on a store that has no messages yet is empty and says so",
  async (dir) => {
    const path = await makeStore(`${dir}/live`);
    const { code, stdout, stderr } = await report([path], `${dir}/out`);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Read +0 records from .*\n(.*\n){4}Messages +no messages yet\n/,
    );
    assert.match(stderr, /^warning: .*live has no records\n$/);
    assert.equal(
      Deno.readTextFileSync(`${dir}/out/etudiants_transformed.csv`),
      "first_name,last_name,age,field\n",
    );
  },
);

diskTest("report on a store with small groups hidden names no offsets", async (dir) => {
  const path = await makeStore(`${dir}/live`, [0, 0, 50]);
  const ran = await report([path], `${dir}/out`, "--min-group-size", "2");
  assert.equal(ran.code, 0, ran.stderr);
  for (const name of ["report.json", "report.html"]) {
    const text = Deno.readTextFileSync(`${dir}/out/${name}`);
    assert.doesNotMatch(text, /ibtissam/, name);
  }
});

/** Stores a and b by what they have read, and what is said then. */
const COVERAGE: readonly (readonly [
  a: Parameters<typeof makeStore>[1][],
  b: Parameters<typeof makeStore>[1][],
  message: string,
])[] = [
  [[[0, 0, 50]], [[0, 40, 60]], "<a> and <b> have both read ibtissam/0@40 to 49"],
  [[[0, 0, 50]], [[0, 49, 50]], "<a> and <b> have both read ibtissam/0@49"],
  [[[0, 10, 20]], [[0, 0, 60]], "<b> and <a> have both read ibtissam/0@10 to 19"],
  [[[1, 0, 9]], [[1, 0, 9]], "<a> and <b> have both read ibtissam/1@0 to 8"],
  [[[0, 0, 9]], [[0, 10, 20]], "<a> and <b> have not read ibtissam/0@9"],
  [
    [[0, 0, 9], [0, 30, 40]],
    [[0, 20, 30]],
    "<a> and <b> have not read ibtissam/0@9 to 19",
  ],
  [[[0, 0, 9], [0, 30, 40]], [[1, 0, 3]], "<a> has not read ibtissam/0@9 to 29"],
];

diskTest(
  "report refuses stores that overlap or leave gaps, and names the offsets",
  async (dir) => {
    for (const [i, [a, b, message]] of COVERAGE.entries()) {
      const stores = [
        await makeStore(`${dir}/${i}a`, ...a),
        await makeStore(`${dir}/${i}b`, ...b),
      ] as const;
      const ran = await report(stores, `${dir}/out`);
      const said = message.replaceAll("<a>", stores[0]).replaceAll("<b>", stores[1]);
      const isGap = message.includes("not read");
      const hint = isGap
        ? "Add the store that has with another --input, or report without them: --allow-gaps"
        : "Report on them one by one, or read the topic once more into one store: " +
          "deno task stream --store data/all --group-id all --until-end";
      assert.equal(ran.stderr, `error: ${said}\n       ${hint}\n`);
      assert.equal(ran.code, 3);
      assert.throws(() => Deno.statSync(`${dir}/out`), Deno.errors.NotFound);
      const allowed = await report(stores, `${dir}/${i}`, "--allow-gaps", "--no-html");
      assert.equal(allowed.code, isGap ? 0 : 3);
      if (!isGap) continue;
      const { parameters } = JSON.parse(Deno.readTextFileSync(`${dir}/${i}/report.json`));
      assert.equal(parameters.allow_gaps, true);
    }
  },
);

diskTest(
  "report does not take a store twice, nor offsets of another topic for its own",
  async (dir) => {
    const a = await makeStore(`${dir}/a`, [0, 0, 50]);
    const twice = await report([a, a], `${dir}/out`);
    assert.match(twice.stderr, /a and .*a have both read ibtissam\/0@0 to 49\n/);
    {
      using store = await Store.open(`${dir}/b`, { ...IDENTITY, topicId: "made again" });
      ingestInto(store).add(messages(0, 0, 50));
    }
    const both = await report([a, `${dir}/b`], `${dir}/out`, "--no-html");
    assert.deepEqual([both.code, both.stderr], [0, ""]);
  },
);

diskTest("report refuses what does not go with a store", async (dir) => {
  const path = await makeStore(`${dir}/live`, [0, 0, 50]);
  const file = put(dir, "a.csv", "Ali Bennis,21,Law\n");
  await streamSample(`${dir}/older`, fastCleaner({ olderThan: 25 }), 25);
  const refused: readonly (readonly [
    inputs: readonly string[],
    flags: readonly string[],
    message: string,
    hint: string,
  ])[] = [
    [
      [path],
      ["--older-than", "25"],
      `${path} keeps students older than 20, not 25 as --older-than says`,
      "It has left out the others as they came: report on each threshold alone",
    ],
    [
      [path, `${dir}/older`],
      [],
      `${dir}/older keeps students older than 25, ${path} older than 20`,
      "It has left out the others as they came: report on each threshold alone",
    ],
    [
      [file, path],
      [],
      `${path} is a store, but ${file} is not`,
      "Report on them one by one: a store may hold the records of a file",
    ],
    [
      [file],
      ["--allow-gaps"],
      `--allow-gaps does not go with ${file}`,
      "It is for the stores of streams: --input data/live",
    ],
    ...[["--columns", "name=1,age=2,field=3"], ["--delimiter", ";"], [
      "--encoding",
      "latin1",
    ], ["--no-header"]].map((flags) =>
      [
        [path],
        flags,
        `${flags[0]} does not go with ${path}`,
        "The records of a store were read and cleaned before",
      ] as const
    ),
  ];
  for (const [inputs, flags, message, hint] of refused) {
    const ran = await report(inputs, `${dir}/out`, ...flags);
    assert.equal(ran.stderr, `error: ${message}\n       ${hint}\n`);
    assert.deepEqual([ran.code, ran.stdout], [2, ""]);
  }
  assert.throws(() => Deno.statSync(`${dir}/out`), Deno.errors.NotFound);
  const same = await report([path], `${dir}/out`, "--older-than", "20", "--no-html");
  assert.equal(same.code, 0, same.stderr);
});

diskTest("report refuses a store whose rejects somebody has changed", async (dir) => {
  const path = await makeStore(`${dir}/live`, [0, 0, 50]);
  const rejects = `${path}/rejects.jsonl`;
  Deno.writeTextFileSync(rejects, Deno.readTextFileSync(rejects).replace("{", "x"));
  const ran = await report([path], `${dir}/out`);
  assert.equal(
    ran.stderr,
    `error: Cannot use ${rejects}: a line in it is no reject\n       Bring the folder back from a copy, or start over in another: what Kafka still holds can be read again\n`,
  );
  assert.equal(ran.code, 3);
  assert.deepEqual([...Deno.readDirSync(`${dir}/out`)], []);
});
