/**
 * The job as a good engineer writes it in an hour: the text by lines, `csv-parse` where a
 * line has quotes, an array of ages for each field. straightforward.ts INPUT OUT
 */
import { parse } from "csv-parse/sync";

interface Student {
  readonly first: string;
  readonly last: string;
  readonly age: number;
  readonly field: string;
}

const [input, out] = Deno.args;
const rows = await openWriter(`${out}/etudiants_transformed.csv`);
const rejects = await openWriter(`${out}/rejects.jsonl`);
const ages = new Map<string, number[]>();
let line = 0;

await rows.write("first_name,last_name,age,field\n");
for await (const lines of readLines(input!)) {
  let kept = "";
  let refused = "";
  for (const raw of lines) {
    line++;
    if (raw.trim() === "") continue;
    const student = judge(raw);
    if (typeof student === "string") {
      refused += `${JSON.stringify({ line, reason: student, raw })}\n`;
    } else if (student.age > 20) {
      kept += `${toRow([student.first, student.last, student.age, student.field])}\n`;
      const others = ages.get(student.field);
      if (others) others.push(student.age);
      else ages.set(student.field, [student.age]);
    }
  }
  await rows.write(kept);
  await rejects.write(refused);
}
await rows.close();
await rejects.close();
await Deno.writeTextFile(`${out}/statistics.csv`, formatStatistics());

/** Returns the student, or why there is none. */
function judge(raw: string): Student | string {
  const cells = splitLine(raw);
  if (cells === undefined) return "bad_quote";
  if (cells.length !== 3) return "field_count";
  const [name, age, field] = cells.map(tidy) as [string, string, string];
  if (name === "") return "blank_name";
  const space = name.indexOf(" ");
  if (space < 0) return "one_word_name";
  if (!/^[+-]?[0-9]+$/.test(age)) return "age_not_integer";
  const years = Number(age);
  if (years < 0 || years > 150) return "age_out_of_range";
  if (field === "") return "blank_field";
  if (/^[=+\-@]/.test(name) || /^[=+\-@]/.test(field)) return "unsafe_text";
  return { first: name.slice(0, space), last: name.slice(space + 1), age: years, field };
}

function splitLine(raw: string): string[] | undefined {
  if (!raw.includes('"')) return raw.split(",");
  try {
    return parse(raw, { ltrim: true, rtrim: true })[0];
  } catch {
    return undefined;
  }
}

function tidy(text: string): string {
  return text.trim().replace(/\s+/g, " ").normalize("NFC").toUpperCase();
}

function toRow(cells: readonly (string | number)[]): string {
  return cells.map((cell) =>
    typeof cell === "string" && /[",\n]/.test(cell)
      ? `"${cell.replaceAll('"', '""')}"`
      : cell
  ).join(",");
}

function formatStatistics(): string {
  const lines = ["field,count,mean,min,max,median"];
  for (const field of [...ages.keys()].sort()) {
    const sorted = ages.get(field)!.sort((a, b) => a - b);
    const count = sorted.length;
    const mean = sorted.reduce((sum, age) => sum + age, 0) / count;
    const median = (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2;
    lines.push(toRow([field, count, mean, sorted[0]!, sorted[count - 1]!, median]));
  }
  return lines.join("\n") + "\n";
}

/** Yields the lines of a file, a chunk of it at a time. */
async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!;
    yield lines;
  }
  if (rest !== "") yield [rest];
}

/** Returns what writes text to a new file. */
async function openWriter(path: string) {
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoderStream();
  const piped = encoder.readable.pipeTo(file.writable);
  const writer = encoder.writable.getWriter();
  return {
    write: (text: string) => writer.write(text),
    close: async () => {
      await writer.close();
      await piped;
    },
  };
}
