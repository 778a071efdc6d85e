/**
 * A source of your own: students as JSON lines, `{"name": "Ali Bennis", "age": 21,
 * "field": "Law"}`, cleaned by the same rules and reported in the same five files.
 *
 * deno run --allow-read --allow-write examples/json_lines.ts students.jsonl reports
 */
import { PLAIN_LAYOUT, type Source, type ValuesBatch, writeReport } from "../lib/mod.ts";

/** Returns the file as a source; a line that is no such object becomes a reject. */
export function jsonLines(path: string): Source {
  const input = { name: path, layout: PLAIN_LAYOUT };
  async function* read(signal: AbortSignal): AsyncGenerator<ValuesBatch> {
    const lines = (await Deno.readTextFile(path)).split("\n");
    for (let start = 0; start < lines.length; start += 1000) {
      signal.throwIfAborted();
      const batch = lines.slice(start, start + 1000);
      const offsets = batch.map((_, i) => BigInt(start + i + 1));
      yield { input, values: batch.map(toRecord), offsets };
    }
  }
  return { ...input, read };
}

const encoder = new TextEncoder();

function toRecord(line: string): Uint8Array {
  try {
    const { name, age, field } = JSON.parse(line);
    const cells = [name, age, field].map((cell) =>
      `"${String(cell ?? "").replaceAll('"', '""')}"`
    );
    return encoder.encode(cells.join(","));
  } catch {
    return encoder.encode(line);
  }
}

if (import.meta.main) {
  const [path = "students.jsonl", out = "reports"] = Deno.args;
  const { funnel } = await writeReport(jsonLines(path), { out });
  console.log(funnel);
}
