/**
 * A stream at one moment as lines for a terminal of any size. Texts from outside stand at the
 * end of their line, so that no script or width of letters bends the columns.
 */
import { type Ages, allAges, olderThan } from "../analyse/ages.ts";
import { type Statistics, statistics } from "../analyse/statistics.ts";
import { isFlowing, totalLag } from "../stream/health.ts";
import type { StreamStatus } from "../stream/status.ts";
import type { RejectLine } from "../transform/rejects.ts";
import { printable } from "./effects.ts";
import { cutCells } from "./text_cells.ts";

/** A line of the view. */
export interface Line {
  /** Harmless, and no wider than the terminal. */
  readonly text: string;
  /** How it stands out; absent where it does not. */
  readonly style?: "bold" | "warning";
}

/** The size of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const years = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("en-GB", {
  style: "percent",
  maximumFractionDigits: 1,
});

/** So many characters of a reject are looked at: no terminal shows more in a line. */
const MOST_RAW = 1000;

/**
 * Returns what is shown, from top to bottom, at most as many lines as there are rows.
 *
 * @param messages What else there is to tell, the newest last.
 */
export function liveLines(
  status: StreamStatus,
  { columns, rows }: Size,
  messages: readonly string[] = [],
): readonly Line[] {
  const head = headLines(status);
  const foot = messages.slice(-2).map((message): Line => ({
    text: printable(message),
    style: "warning",
  }));
  const body = fitSections(
    [partitionSection(status), fieldSection(status), rejectSection(status)],
    rows - head.length - foot.length,
  );
  return [...head, ...foot, ...body].slice(0, Math.max(0, rows))
    .map((line) => ({ ...line, text: cutCells(line.text.trimEnd(), columns) }));
}

function headLines(status: StreamStatus): readonly Line[] {
  const { state, topic, group, store, counts, commits, rebalances } = status;
  const { recordsPerSecond, started, at } = status;
  const commitMs = commits.count === 0 ? 0 : commits.sumMs / commits.count;
  const refused = counts.read === 0 ? 0 : counts.rejected / counts.read;
  return [
    {
      text: printable(`${topic}: ${state}   group ${group}   store ${store}`),
      style: isFlowing(status) ? "bold" : "warning",
    },
    {
      text: [
        `${number.format(recordsPerSecond)} messages/s`,
        `lag ${number.format(totalLag(status))}`,
        `commit ${number.format(commitMs)} ms`,
        `rebalances ${number.format(rebalances)}`,
        `up ${duration(at.getTime() - started.getTime())}`,
      ].join("   "),
    },
    {
      text: [
        `Read ${number.format(counts.read)}`,
        `Blank ${number.format(counts.blank)}`,
        `Rejected ${number.format(counts.rejected)} (${percent.format(refused)})`,
        `Filtered ${number.format(counts.filtered)}`,
        `Kept ${number.format(counts.kept)}`,
      ].join("   "),
    },
  ];
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(Math.floor(value) % 60).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(seconds / 60)}:${two(seconds)}`;
}

/** Lines that belong together; of `rows` as many are shown as there is room for. */
interface Section {
  readonly heading: string;
  readonly rows: readonly string[];
  /** What stands for the rows that have no room, from that one on. */
  readonly rest: (from: number) => string;
  readonly last?: string;
}

/** How many rows a section has at least: one and the rest, or one that is all. */
const leastRows = ({ rows }: Section): number => Math.min(2, rows.length);

/** Its rows, a blank line, the heading; and the last line, where there is one. */
const leastLines = (section: Section): number =>
  leastRows(section) + (section.last === undefined ? 2 : 3);

/** Returns the sections in so many lines; the last go first where there are too few. */
function fitSections(sections: readonly Section[], lines: number): readonly Line[] {
  const shown = sections.filter(({ rows }) => rows.length > 0);
  const least = (): number => shown.reduce((sum, one) => sum + leastLines(one), 0);
  while (shown.length > 0 && least() > lines) shown.pop();
  const given = shown.map(leastRows);
  for (let spare = lines - least(); spare > 0; spare--) {
    const wanting = given.flatMap((count, i) => count < shown[i]!.rows.length ? [i] : []);
    if (wanting.length === 0) break;
    given[wanting.reduce((a, b) => given[b]! < given[a]! ? b : a)]!++;
  }
  return shown.flatMap((section, i) => sectionLines(section, given[i]!));
}

function sectionLines({ heading, rows, rest, last }: Section, given: number): Line[] {
  const shown = rows.length <= given
    ? rows
    : [...rows.slice(0, given - 1), rest(given - 1)];
  return [
    { text: "" },
    { text: heading, style: "bold" },
    ...shown.map((text) => ({ text })),
    ...(last === undefined ? [] : [{ text: last, style: "bold" as const }]),
  ];
}

function partitionSection({ partitions }: StreamStatus): Section {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, i) => cell.padStart(i === 0 ? 9 : 15)).join("");
  return {
    heading: row(["Partition", "Checkpoint", "End", "Lag"]),
    rows: partitions.map(({ partition, checkpoint, end, lag }) =>
      row([
        String(partition),
        ...[checkpoint, end, lag].map((one) => number.format(one)),
      ])
    ),
    rest: (from) => {
      const lag = number.format(totalLag({ partitions: partitions.slice(from) }));
      return row([`… ${partitions.length - from} more`, "", "", lag]);
    },
  };
}

function fieldSection({ ages, olderThan: threshold }: StreamStatus): Section {
  const kept = (counts: Ages): Statistics => statistics(olderThan(counts, threshold));
  const fields = [...ages].map(([field, counts]) => ({ field, ...kept(counts) }))
    .sort((a, b) => b.count - a.count);
  const row = (cells: readonly string[], name: string): string =>
    `${cells.map((cell) => cell.padStart(9)).join("")}  ${name}`;
  const numbers = (of: Statistics): readonly string[] => [
    number.format(of.count),
    ...[of.mean, of.median, of.min, of.max].map((value) =>
      value === null ? "–" : years.format(value)
    ),
  ];
  return {
    heading: row(["Students", "Average", "Median", "Lowest", "Highest"], "Field"),
    rows: fields.map((one) => row(numbers(one), printable(one.field))),
    rest: (from) => {
      const students = fields.slice(from).reduce((sum, { count }) => sum + count, 0);
      const blanks = ["", "", "", ""];
      return row(
        [number.format(students), ...blanks],
        `… ${number.format(fields.length - from)} more`,
      );
    },
    last: row(numbers(kept(allAges(ages))), "All fields"),
  };
}

function rejectSection({ lastRejects }: StreamStatus): Section {
  return {
    heading: "Last rejects",
    rows: lastRejects.toReversed().map((reject) =>
      printable(`${placeOf(reject)}  ${reject.reason}  ${rawOf(reject)}`)
    ),
    rest: (from) => `… ${lastRejects.length - from} more`,
  };
}

function placeOf({ topic, partition, offset }: RejectLine): string {
  return `${topic}/${partition}@${offset}`;
}

/** Returns the record's text, its bytes that are no UTF-8 replaced. */
function rawOf({ raw, raw_base64 }: RejectLine): string {
  const text = raw ??
    new TextDecoder().decode(Uint8Array.fromBase64(raw_base64 ?? ""));
  return text.slice(0, MOST_RAW).toWellFormed();
}
