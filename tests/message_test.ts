/** The message's form: what a cleaner makes of the message is what it makes of the record. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { toMessage } from "../lib/transform/message.ts";
import { judge } from "../lib/transform/rules.ts";
import { type Layout, PLAIN_LAYOUT } from "../lib/transform/types.ts";
import { bytes } from "./support.ts";

const EXPORT: Layout = { // our own: first_name,last_name,age,field
  ...PLAIN_LAYOUT,
  cells: 4,
  columns: { first: 0, last: 1, age: 2, field: 3 },
};
const FRENCH: Layout = { // filière;âge;nom complet
  ...PLAIN_LAYOUT,
  delimiter: ";",
  columns: { name: 2, age: 1, field: 0 },
};
const WIDE: Layout = { // name,age,field,city
  ...PLAIN_LAYOUT,
  cells: 4,
};

const LONG = "x".repeat(70_000);

type Case = readonly [layout: Layout, record: string, value: string, note?: "altered"];

const CASES: readonly Case[] = [
  // layout, record → message
  [PLAIN_LAYOUT, "Ali Bennis, 21,  Law ", "Ali Bennis, 21,  Law "],
  [PLAIN_LAYOUT, "A\xff, x, \x00", "A\xff, x, \x00"],
  [PLAIN_LAYOUT, LONG, LONG],
  [PLAIN_LAYOUT, "", ""],
  [PLAIN_LAYOUT, "Ali Bennis,21,Law\r", "Ali Bennis,21,Law\r\r"], // one CR will be dropped
  [PLAIN_LAYOUT, "Ali Bennis,21,Law\n", "Ali Bennis,21,Law\n\r"],
  [FRENCH, "  ", "  "],
  [FRENCH, "Law; 21;Ali Bennis", "Ali Bennis, 21, Law"],
  [FRENCH, 'Law, etc.;21;"Bennis, Ali"', '"Bennis, Ali", 21, "Law, etc."'],
  [FRENCH, 'The ""; law;21;Ali Bennis', 'The ""; law;21;Ali Bennis'],
  [FRENCH, 'Law;21;"Ali\nBennis"', '"Ali\nBennis", 21, Law'],
  [EXPORT, "ALI,BENNIS,21,LAW", "ALI BENNIS, 21, LAW"],
  [EXPORT, "ALI,EL AMRANI,21,LAW", "ALI EL AMRANI, 21, LAW"],
  [EXPORT, "ANNE MARIE,DUPONT,21,LAW", "ANNE MARIE DUPONT, 21, LAW", "altered"],
  [EXPORT, 'ALI,"BENNIS, JR",21,LAW', '"ALI BENNIS, JR", 21, LAW', "altered"],
  [EXPORT, '"a, b","c, d",21,LAW', '"a, b c, d", 21, LAW', "altered"], // bad_name
  // refused records are refused again, for the same reason if that can be
  [FRENCH, "Law;old;Ali Bennis", "Ali Bennis, old, Law"],
  [FRENCH, "Law;21;Ali", "Ali, 21, Law"],
  [FRENCH, "L\xffw;21;Ali Bennis", "L\xffw;21;Ali Bennis"],
  [FRENCH, `${LONG};21;Ali Bennis`, `${LONG};21;Ali Bennis`],
  [FRENCH, "Law;21", "Law;21"],
  [WIDE, "Ali Bennis,21,Law", "Ali Bennis,21,Law,"], // else it would be a student
  [FRENCH, 'Ali Bennis,"21",Law;x', 'Ali Bennis,"21",Law;x"'], // likewise
  [EXPORT, ",VAN DAMME,21,LAW", ",VAN DAMME,21,LAW"], // not the student Van Damme
  [EXPORT, "A B,=CMD,21,LAW", "A B,=CMD,21,LAW"], // not the student A with "B =CMD"
];

for (const [layout, record, value, note] of CASES) {
  const name = `toMessage() of ${JSON.stringify(record.slice(0, 40))}`;
  Deno.test(`${name} by ${layout.cells} cells and "${layout.delimiter}"`, () => {
    const message = toMessage(bytes(record), layout);
    assert.equal(message.value.length, value.length);
    assert.deepEqual(message.value, bytes(value));
    assert.equal(message.isAltered, note === "altered");
  });
}

/** Returns what a reader of the topic makes of a message: it drops one line end. */
function judgeMessage(value: Uint8Array): ReturnType<typeof judge> {
  const text = new TextDecoder("latin1").decode(value);
  return judge(value.subarray(0, text.replace(/(\r\n|\n|\r)$/, "").length), PLAIN_LAYOUT);
}

const cell = fc.oneof(
  fc.constantFrom("Ali Bennis", "21", "Law", "", " ", "=x", "150", "-1", '"a, b"'),
  fc.string({ unit: fc.constantFrom(...'aZ 2,;"\r\n\té=\u200b') }),
);
const record = fc.array(cell, { minLength: 1, maxLength: 5 });

Deno.test("toMessage() never makes a student of a refused record, nor another without a word", () => {
  fc.assert(
    fc.property(
      record,
      fc.constantFrom(PLAIN_LAYOUT, EXPORT, FRENCH, WIDE),
      (cells, layout) => {
        const bytes = new TextEncoder().encode(cells.join(layout.delimiter));
        const [own, sent] = [judge(bytes, layout), toMessage(bytes, layout)];
        const verdict = judgeMessage(sent.value);
        if (!sent.isAltered) assert.equal(typeof verdict, typeof own);
        if (typeof own === "string") assert.equal(typeof verdict, "string", own);
        assert.equal(verdict === "blank", own === "blank");
        if (layout === PLAIN_LAYOUT) assert.deepEqual(verdict, own);
        if (typeof own === "object" && !sent.isAltered) assert.deepEqual(verdict, own);
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("toMessage() keeps most reasons of refused records in any layout", () => {
  const reasons = {
    age_not_integer: "Law;x;Ali Bennis",
    age_out_of_range: "Law;151;Ali Bennis",
    bad_name: 'Law;21;"a, b, c"',
    bad_quote: 'Law;21;Ali "B" Bennis',
    blank_field: ";21;Ali Bennis",
    blank_name: "Law;21;",
    control_character: "Law;21;Ali\x00 Bennis",
    field_count: "Law;21;Ali Bennis;x",
    invalid_utf8: "Law;21;\xff",
    one_word_name: "Law;21;Ali",
    too_long: `Law;21;${LONG}`,
    unsafe_text: "=x;21;Ali Bennis",
  };
  for (const [reason, text] of Object.entries(reasons)) {
    assert.equal(judge(bytes(text), FRENCH), reason);
    assert.equal(judge(toMessage(bytes(text), FRENCH).value, PLAIN_LAYOUT), reason);
  }
});
