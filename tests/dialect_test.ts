/**
 * `readHeader()`, `findLayout()`, `parseColumns()`, `resolveColumns()`: how an input is laid
 * out. A layout is written as `delimiter cells first,last|name,age,field header|records`.
 */
import assert from "node:assert/strict";
import { PipelineError } from "../lib/errors.ts";
import {
  type ColumnChoice,
  parseColumns,
  readHeader,
  resolveColumns,
  simplify,
} from "../lib/ingest/columns.ts";
import { type DialectOptions, findLayout } from "../lib/ingest/dialect.ts";
import type { Columns } from "../lib/transform/types.ts";

const UTF8 = new TextEncoder();

function places(columns: Columns): string {
  const name = "name" in columns ? [columns.name] : [columns.first, columns.last];
  return [...name, columns.age, columns.field].join(",");
}

function layout(head: string | Uint8Array, options: DialectOptions = {}): string {
  const bytes = typeof head === "string" ? UTF8.encode(head) : head;
  const { delimiter, cells, columns, header, lineEnd } = findLayout(
    bytes,
    options,
    "x.csv",
  );
  const end = lineEnd === "\r" ? " CR" : "";
  return `${delimiter} ${cells} ${places(columns)} ${
    header ? "header" : "records"
  }${end}`;
}

/** Returns the kind, the message and the hint of the error that `action` throws. */
function refusal(action: () => unknown): readonly (string | undefined)[] {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    return [error.kind, error.message, error.hint];
  }
  return ["nothing was thrown"];
}

const found = (cells: readonly string[]): string | undefined => {
  const { columns } = readHeader(cells);
  return columns && places(columns);
};

Deno.test("readHeader() knows every name of the contract, in both languages", () => {
  const NAMES = {
    name: ["name", "full name", "fullname", "student", "firstname lastname"],
    nom: ["nom complet", "etudiant", "étudiant", "nom"], // nom alone is the full name
    first: ["first name", "given name", "prénom"],
    last: ["last name", "family name", "surname", "nom"],
    age: ["age", "âge"],
    field: ["field", "field of study", "major", "programme", "program", "course"],
    domaine: [
      "department",
      "speciality",
      "filière",
      "domaine",
      "discipline",
      "spécialité",
      "UFR",
    ],
  };
  for (const name of [...NAMES.name, ...NAMES.nom]) {
    assert.equal(found([name, "age", "field"]), "0,1,2", name);
  }
  for (const name of NAMES.first) {
    assert.equal(found([name, "nom", "age", "field"]), "0,1,2,3", name);
  }
  for (const name of NAMES.last) {
    assert.equal(found(["prénom", name, "age", "field"]), "0,1,2,3", name);
  }
  for (const name of NAMES.age) {
    assert.equal(found(["name", name, "field"]), "0,1,2", name);
  }
  for (const name of [...NAMES.field, ...NAMES.domaine]) {
    assert.equal(found(["name", "age", name]), "0,1,2", name);
  }
});

Deno.test("simplify() leaves out case, accents, underscores, hyphens and blanks", () => {
  const SAME: readonly (readonly [name: string, ...others: readonly string[]])[] = [
    [
      "prenom",
      "Prénom",
      "PRÉNOM",
      "pre\u0301nom",
      "pré-nom",
      " pré nom ",
      "\ufeffPrénom\t",
    ],
    [
      "fieldofstudy",
      "Field of Study",
      "FIELD_OF_STUDY",
      "field-of-study",
      "Field\u00a0of study",
    ],
    [
      "firstnamelastname",
      "FirstName LastName",
      "first_name last_name",
      "First Name  Last Name",
    ],
    ["age", "Âge", "A-G-E", "\u00c2GE"],
    ["agex", "age x"],
    ["age(ans)", "Age (ans)"],
  ];
  for (const [name, ...others] of SAME) {
    for (const other of others) {
      assert.equal(simplify(other), name, JSON.stringify(other));
    }
  }
});

Deno.test("readHeader() finds the columns in any order, other columns beside them", () => {
  const CASES: readonly (readonly [header: string, places: string | undefined])[] = [
    ["name,age,field", "0,1,2"],
    ["Field,Age,Name", "2,1,0"],
    ["id,Full Name,e-mail,Age,Field,city", "1,3,4"],
    ["first_name,last_name,age,field", "0,1,2,3"], // the tool's own export
    ["Filière,Nom,Âge,Prénom", "3,1,2,0"],
    ["Nom,Age,Filière", "0,1,2"],
    ["nom,surname,age,field", undefined], // two last names, no first name
    ["Name,First name,Last name,Age,Field", "1,2,3,4"], // the exact ones are enough
    ["Name,Student,Given name,Surname,Age,Field", "2,3,4,5"],
    ["name,age", undefined],
    ["age,field", undefined],
    ["first name,age,field", undefined],
    ["surname,age,field", undefined], // only "nom" alone is the full name
    ["name,age,age,field", undefined],
    ["name,age,field,major", undefined],
    ["Ali Bennis,21,Law", undefined],
    ["", undefined],
    ["__proto__,constructor,toString", undefined],
  ];
  assert.deepEqual(CASES.map(([header]) => [header, found(header.split(","))]), CASES);
});

Deno.test("findLayout() finds the delimiter and the header", () => {
  const CASES: readonly (readonly [head: string, layout: string])[] = [
    ["", ", 3 0,1,2 records"],
    ["\n\n \n", ", 3 0,1,2 records"],
    ["Ali Bennis, 21, Law\n", ", 3 0,1,2 records"],
    ["FirstName LastName, Age, Field\nAli Bennis, 21, Law", ", 3 0,1,2 header"],
    ["name;age;field\nAli Bennis;21;Law, and more", "; 3 0,1,2 header"],
    ["name\tage\tfield\n", "\t 3 0,1,2 header"],
    ["name|age|field\n", "| 3 0,1,2 header"],
    ["Prénom;Nom;Âge;Filière;Ville\n", "; 5 0,1,2,3 header"],
    ["first_name,last_name,age,field\n", ", 4 0,1,2,3 header"],
    ['"Full, or nick, name";x;name;age;field\n', "; 5 2,3,4 header"],
    ["\n \r\n\t\nname,age,field\n", ", 3 0,1,2 header"],
    ["\u0085\u00a0\nname,age,field\n", ", 3 0,1,2 header"],
    ['"Full\nname",age,field\n', ", 3 0,1,2 header"], // a header of two lines
    ['"name" , "age" ,"field"\r\n', ", 3 0,1,2 header"],
    ["name,age,field", ", 3 0,1,2 header"],
    ["name,age,field\rAli Bennis,21,Law\r", ", 3 0,1,2 header CR"],
    ["\r\rname;age;field\r", "; 3 0,1,2 header CR"],
    ["Ali Bennis;21;Law\rSara Alami;22;Law", "; 3 0,1,2 records CR"],
    ["name,age,field\r\nAli Bennis,21,Law\r", ", 3 0,1,2 header"],
  ];
  assert.deepEqual(CASES.map(([head]) => [head, layout(head)]), CASES);
});

Deno.test("findLayout() goes by most of the first 100 lines where there is no header", () => {
  const lines = (...runs: readonly (readonly [count: number, line: string])[]): string =>
    runs.map(([count, line]) => `${line}\n`.repeat(count)).join("");
  const [COMMA, SEMICOLON] = ["Ali Bennis,21,Law", "Ali Bennis;21;Law"];
  type Case = readonly [what: string, head: string, delimiter: string];
  const CASES: readonly Case[] = [
    ["all by semicolon", lines([3, SEMICOLON]), ";"],
    ["all by tab", lines([3, "Ali Bennis\t21\tLaw"]), "\t"],
    ["all by bar", lines([3, "Ali Bennis|21|Law"]), "|"],
    ["51 of 100", lines([49, COMMA], [51, SEMICOLON]), ";"],
    ["half is not most", lines([50, COMMA], [50, SEMICOLON]), ","],
    [
      "most of 100, whatever follows",
      lines([51, SEMICOLON], [49, COMMA], [500, COMMA]),
      ";",
    ],
    ["blank lines do not count", lines([1, SEMICOLON], [90, ""], [1, SEMICOLON]), ";"],
    ["more than half must fit", lines([2, SEMICOLON], [3, "x"]), ","],
    ["a comma in a cell", lines([3, "Bennis, Ali;21;Law"]), ";"],
    ["three cells by both", lines([3, "Bennis, Ali;21;Law, Tax"]), ","], // the comma comes first
    ["quoted cells", lines([3, '"Bennis; Ali";21;"Law"']), ";"],
    ["other numbers of cells", lines([3, "a;b;c;d"]), ","],
    ["CRLF", lines([3, `${SEMICOLON}\r`]), ";"],
    ["quoted last cells and CRLF", lines([3, 'Ali Bennis;21;"Law"\r']), ";"],
  ];
  for (const [what, head, delimiter] of CASES) {
    assert.equal(layout(head), `${delimiter} 3 0,1,2 records`, what);
  }
});

Deno.test("findLayout() leaves the last word to the user", () => {
  const BY_NAME: ColumnChoice = { name: "Élève", age: "Années", field: "Cursus" };
  const BY_NUMBER: ColumnChoice = { name: "2", age: "3", field: "1" };
  const PARTS: ColumnChoice = { first: "1", last: "nom", age: "3", field: "4" };
  type Case = readonly [head: string, options: DialectOptions, layout: string];
  const CASES: readonly Case[] = [
    ["name;age;field\n", { delimiter: ";" }, "; 3 0,1,2 header"],
    ["Ali Bennis:21:Law\n", { delimiter: ":" }, ": 3 0,1,2 records"],
    ["a;b;c\n", { delimiter: "," }, ", 3 0,1,2 records"],
    ["name,age,field\n", { noHeader: true }, ", 3 0,1,2 records"],
    ["name;age;field\n", { noHeader: true }, "; 3 0,1,2 records"],
    ["name,age\n", { noHeader: true }, ", 3 0,1,2 records"],
    ["élève,ANNÉES,cursus\n", { columns: BY_NAME }, ", 3 0,1,2 header"],
    ["Cursus;x;Années;Élève\n", { columns: BY_NAME }, "; 4 3,2,0 header"],
    ["Law,Ali Bennis,21\n", { columns: BY_NUMBER }, ", 3 1,2,0 records"],
    ["Law;Ali Bennis;21;x\n", { columns: BY_NUMBER }, "; 4 1,2,0 records"],
    ["x,Nom,Âge,y\n", { columns: BY_NUMBER }, ", 4 1,2,0 header"], // known names: a header
    ["x,Nom,Âge,y\n", { columns: BY_NUMBER, noHeader: true }, ", 4 1,2,0 records"],
    ["x,Nom,y,z\n", { columns: PARTS }, ", 4 0,1,2,3 header"],
    ["age,name,age,field\n", { columns: BY_NUMBER }, ", 4 1,2,0 header"], // twice is no matter
    ["", { columns: BY_NAME }, ", 3 0,1,2 records"],
    ["\n \n", { columns: BY_NAME, delimiter: ";" }, "; 3 0,1,2 records"],
  ];
  const tried = CASES.map(([head, options]) => [head, options, layout(head, options)]);
  assert.deepEqual(tried, CASES);
});

Deno.test("findLayout() goes by most lines where columns are chosen by number", () => {
  const text = "Bennis, Ali;21;Law, Tax\nAlami, Sara;22;Physics\nNaciri, Omar;23;Law\n";
  assert.equal(layout(text), "; 3 0,1,2 records");
  const columns: ColumnChoice = { name: "1", age: "2", field: "3" };
  assert.equal(layout(text, { columns }), "; 3 0,1,2 records");
  assert.equal(layout(text, { columns, noHeader: true }), "; 3 0,1,2 records");
});

Deno.test("findLayout() refuses a header that names some of the columns, and says how to go on", () => {
  type Case = readonly [header: string, message: string, found: string, flag: string];
  const CASES: readonly Case[] = [
    [
      "name,years,field",
      "no age column",
      "name, years, field",
      "name=name,age=…,field=field",
    ],
    ["name,x,y", "no age and no field column", "name, x, y", "name=name,age=…,field=…"],
    ["x,age,major", "no name column", "x, age, major", "name=…,age=age,field=major"],
    ["x;Âge;y", "no name and no field column", "x, Âge, y", "name=…,age=Âge,field=…"],
    ["Nom|x|Filière", "no age column", "Nom, x, Filière", "name=Nom,age=…,field=Filière"],
    [
      "prénom,age,field",
      "no last name column",
      "prénom, age, field",
      "first=prénom,last=…,age=age,field=field",
    ],
    [
      "surname,age,field",
      "no first name column",
      "surname, age, field",
      "first=…,last=surname,age=age,field=field",
    ],
    [
      "First  name,Age",
      "no last name and no field column",
      "First name, Age",
      "first=1,last=…,age=Age,field=…",
    ],
    [
      '"name",a b,"field, or so"',
      "no age and no field column",
      "name, a b, field, or so",
      "name=name,age=…,field=…",
    ],
    [
      "name,age,age,field",
      "more than one age column",
      "name, age, age, field",
      "name=name,age=…,field=field",
    ],
    [
      "name,age,major,course",
      "more than one field column",
      "name, age, major, course",
      "name=name,age=age,field=…",
    ],
    [
      "nom,nom,age,ufr,ufr",
      "more than one field and more than one name column",
      "nom, nom, age, ufr, ufr",
      "name=…,age=age,field=…",
    ],
    ["\n\r\n name \n", "no age and no field column", "name", "name=name,age=…,field=…"],
  ];
  const tried = CASES.map(([header]) => refusal(() => layout(header)));
  const expected = CASES.map(([, what, cells, flag]) => [
    "input",
    `Cannot read x.csv: its header names ${what}`,
    `Found: ${cells}. Say which with --columns ${flag} (or --no-header if that line is a record)`,
  ]);
  assert.deepEqual(tried, expected);
});

Deno.test("findLayout() takes the flag that it proposes", () => {
  const header = "First  name,Last-name,Years,Field of study";
  const [, , hint] = refusal(() => layout(header));
  const flag = /--columns (\S+)/.exec(hint!)![1]!.replace("age=…", "age=Years");
  assert.equal(layout(header, { columns: parseColumns(flag) }), ", 4 0,1,2,3 header");
});

Deno.test("findLayout() refuses a header in Latin-1, and names the flag", () => {
  const latin1 = (text: string): Uint8Array =>
    Uint8Array.from(text, (character) => character.charCodeAt(0));
  const refused = (reads: string) => [
    "input",
    "Cannot read x.csv: its header is not valid UTF-8",
    `As Latin-1 it reads ${reads}: try --encoding latin1`,
  ];
  const CASES: readonly (readonly [head: string, reads: string])[] = [
    ["Pr\xe9nom;Nom;\xc2ge;Fili\xe8re\nAli;Bennis;21;Law\n", "Prénom, Nom, Âge, Filière"],
    ["Nom,\xc2ge,Fili\xe8re\r\n", "Nom, Âge, Filière"],
    ["\n\nnom\t\xe2ge\tufr\n", "nom, âge, ufr"],
    ["Nom;\xc2ge;Fili\xe8re\rAli Bennis;21;Law\r", "Nom, Âge, Filière"],
  ];
  for (const [head, reads] of CASES) {
    assert.deepEqual(refusal(() => layout(latin1(head))), refused(reads));
  }
  // a header that is whole without its broken cell, and records, go on
  assert.equal(layout(latin1("name,age,field,\xe9\n")), ", 4 0,1,2 header");
  assert.equal(layout(latin1("Am\xe9lie No\xebl,21,Law\n")), ", 3 0,1,2 records");
});

Deno.test("findLayout() refuses columns of the user's that are not there", () => {
  type Case = readonly [head: string, columns: string, missing: string, found: string];
  const CASES: readonly Case[] = [
    ["name,age,field", "name=name,age=years,field=field", "years", "name, age, field"],
    ["a;b;c", "name=1,age=2,field=4", "4", "a, b, c"],
    ["a,b,c", "name=0,age=2,field=3", "0", "a, b, c"],
    ["a,b,c", "name=1.5,age=2,field=3", "1.5", "a, b, c"],
    [
      "a,b,c",
      "name=1,age=2,field=99999999999999999999",
      "99999999999999999999",
      "a, b, c",
    ],
  ];
  for (const [head, columns, missing, cells] of CASES) {
    assert.deepEqual(refusal(() => layout(head, { columns: parseColumns(columns) })), [
      "input",
      `Cannot read x.csv: its first line has no column "${missing}"`,
      `Found: ${cells}. Mend --columns or name --delimiter`,
    ]);
  }
});

Deno.test("parseColumns() reads which column holds what", () => {
  const CASES: readonly (readonly [text: string, choice: ColumnChoice])[] = [
    ["name=Student,age=Years,field=3", { name: "Student", age: "Years", field: "3" }],
    [" field = a b , age=2 ,name=x=y ", { field: "a b", age: "2", name: "x=y" }],
    ["first=1,last=2,age=3,field=4", { first: "1", last: "2", age: "3", field: "4" }],
  ];
  for (const [text, choice] of CASES) assert.deepEqual(parseColumns(text), choice);
});

Deno.test("parseColumns() refuses a text that leaves something open", () => {
  const CASES: readonly (readonly [text: string, what: string])[] = [
    ["", 'does not know ""'],
    ["name=1,age=2,field=3,", 'does not know ""'],
    ["name=1,years=2,field=3", 'does not know "years=2"'],
    ["Name=1,age=2,field=3", 'does not know "Name=1"'],
    ["__proto__=1,age=2,field=3", 'does not know "__proto__=1"'],
    ["constructor=1", 'does not know "constructor=1"'],
    ["name=,age=2,field=3", "says no column for name"],
    ["name,age=2,field=3", "says no column for name"],
    ["name=1,name=2,age=3,field=4", "names name twice"],
    ["name=1,first=2,age=3,field=4", "names both a full name and a first or last name"],
    ["name=1,last=2,age=3,field=4", "names both a full name and a first or last name"],
    ["age=2,field=3", "names no column for name"],
    ["first=1,age=2,field=3", "names no column for last"],
    ["last=1,age=2,field=3", "names no column for first"],
    ["name=1,field=3", "names no column for age"],
    ["name=1,age=2", "names no column for field"],
  ];
  const hint = "Write --columns name=…,age=…,field=… or first=…,last=…,age=…,field=…, " +
    "each with a name from the header or a column number from 1";
  assert.deepEqual(
    CASES.map(([text]) => refusal(() => parseColumns(text))),
    CASES.map(([, what]) => ["usage", `--columns ${what}`, hint]),
  );
});

Deno.test("resolveColumns() finds a column by its name, else by its number", () => {
  const resolve = (cells: string, isRecord: boolean): unknown =>
    resolveColumns({ name: "élève", age: "2", field: "3" }, cells.split(","), isRecord);
  const CASES: readonly (readonly [cells: string, isRecord: boolean, unknown])[] = [
    ["Élève,b,c", false, { columns: { name: 0, age: 1, field: 2 }, byName: true }],
    ["x,3,2,ELEVE", false, { columns: { name: 3, age: 2, field: 1 }, byName: true }],
    ["Élève,b", false, { missing: "3" }],
    ["Élève,b,c", true, { missing: "élève" }], // a record has no names
    ["Élève,b,eleve", false, { twice: "élève" }],
    ["b,Élève,c", false, { twice: "2" }], // one column for two things
  ];
  assert.deepEqual(CASES.map(([a, b]) => [a, b, resolve(a, b)]), CASES);
  assert.deepEqual(
    resolveColumns({ name: "1", age: "2", field: "3" }, ["2", "b", "c"], true),
    {
      columns: { name: 0, age: 1, field: 2 },
      byName: false,
    },
  );
});
