/**
 * Progress of a long run: one line that is drawn over on a terminal, else a plain line every
 * few seconds. A short run shows nothing.
 */
import type { Progress } from "../engine/job.ts";
import { complain, type Effects, printable } from "./effects.ts";

/** How often a line is drawn, in ms: on a terminal, and elsewhere. */
const EVERY_MS = { terminal: 250, plain: 5000 };
/** A run shorter than this shows nothing, in ms. */
const PATIENCE_MS = 500;

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const megabytes = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** Draws over a line; what is wider than the terminal is cut, or its rows would pile up. */
const drawnOver = (line: string): string => `\r\x1b[2K\x1b[?7l${line}\x1b[?7h`;

/** Shows how far a run has come. */
export interface ProgressPrinter {
  /** Shows it, if it is time again. */
  readonly show: (progress: Progress) => void;
  /** Wipes the line off a terminal. */
  readonly clear: () => void;
}

/** Returns what shows the progress of a run that begins now. */
export function progressPrinter(effects: Effects): ProgressPrinter {
  const { stderr, now } = effects;
  const isTerminal = stderr.isTerminal();
  const every = isTerminal ? EVERY_MS.terminal : EVERY_MS.plain;
  const started = now().getTime();
  let next = started + Math.max(PATIENCE_MS, every);
  let isShown = false;
  return {
    show(progress) {
      const time = now().getTime();
      if (time < next) return;
      next = time + every;
      const line = formatProgress(progress, (time - started) / 1000);
      complain(effects, isTerminal ? drawnOver(line) : `${line}\n`);
      isShown = isTerminal;
    },
    clear() {
      if (isShown) complain(effects, "\r\x1b[2K");
      isShown = false;
    },
  };
}

/** Returns the line: input, bytes, records a second, time left; of a cluster, its tasks. */
export function formatProgress(progress: Progress, seconds: number): string {
  if (progress.tasks !== undefined) return formatTasks(progress.source, progress.tasks);
  const { source, bytes, totalBytes, records } = progress;
  const rate = `${number.format(records / seconds)} records/s`;
  const mb = megabytes.format(bytes / 1e6);
  if (totalBytes === undefined || totalBytes === 0) {
    return `${printable(source)}  ${mb} MB  ${rate}`;
  }
  const share = Math.min(1, bytes / totalBytes);
  const left = bytes === 0 ? "" : `  ${number.format(seconds * (1 / share - 1))} s left`;
  const total = megabytes.format(totalBytes / 1e6);
  return `${printable(source)}  ${
    number.format(100 * share)
  } %  ${mb} of ${total} MB  ${rate}${left}`;
}

function formatTasks(
  source: string,
  { done, total }: NonNullable<Progress["tasks"]>,
): string {
  const share = total === 0 ? 0 : done / total;
  return `${printable(source)}  ${number.format(100 * share)} %  ` +
    `${number.format(done)} of ${number.format(total)} tasks on the cluster`;
}
