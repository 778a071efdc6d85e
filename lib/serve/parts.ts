/**
 * The pieces of the live page that only it has: what the stream does now, its partitions, the
 * records it refused last.
 */
import { example } from "../engine/job.ts";
import { bdi, type Html, html } from "../report/html.ts";
import { placeOf } from "../report/sections/quality.ts";
import { rawText } from "../report/sections/raw_text.ts";
import { list, numberCell, scrolling, section } from "../report/sections/view.ts";
import type { Words } from "../report/words/words.ts";
import { totalLag } from "../stream/health.ts";
import type { StreamStatus } from "../stream/status.ts";

/** Returns what the stream is doing; it does not change with every message. */
export function connectionText(status: StreamStatus, words: Words): string {
  const { state } = status;
  return state === "reading" || state === "caught up"
    ? words.liveStates.flowing
    : words.liveStates[state];
}

/** Returns how fast it goes and how far it has come. */
export function nowPart(status: StreamStatus, words: Words): Html {
  const { recordsPerSecond, commits, rebalances, counts, group, store } = status;
  const { whole } = words.numbers;
  const commitMs = commits.count === 0
    ? words.nothing
    : words.milliseconds(commits.sumMs / commits.count);
  const figures: readonly (readonly [string, string | Html])[] = [
    [words.perSecond, whole(recordsPerSecond)],
    [words.lag, whole(Number(totalLag(status)))],
    [words.read, whole(counts.read)],
    [words.kept, whole(counts.kept)],
    [words.commitLatency, commitMs],
    [words.rebalances, whole(rebalances)],
    [words.group, bdi(group)],
    [words.store, bdi(store)],
  ];
  return section(
    "now-heading",
    words.now,
    html`
      <dl class="figures">
      ${figures.map(([term, value]) =>
        html`
          <div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>
        `
      )}</dl>
    `,
    partitionTable(status, words),
  );
}

function partitionTable({ partitions }: StreamStatus, words: Words): Html {
  if (partitions.length === 0) return html`<p class="note">${words.noPartitions}</p>`;
  const cell = (offset: bigint): Html =>
    numberCell(words.numbers.whole(Number(offset)), Number(offset));
  return scrolling(
    "partitions-table",
    html`
      <table>
        <caption id="partitions-table"><span>${words.partitionsTable}</span></caption>
        <thead>
          <tr>
            <th scope="col">${words.partition}</th>
            <th scope="col">${words.checkpoint}</th>
            <th scope="col">${words.end}</th>
            <th scope="col">${words.lag}</th>
          </tr>
        </thead>
        <tbody>
      ${partitions.map(({ partition, checkpoint, end, lag }) =>
        html`<tr><th scope="row">${String(partition)}</th>${cell(checkpoint)}${
          cell(end)
        }${cell(lag)}</tr>\n`
      )}</tbody>
      </table>
    `,
  );
}

/** Returns the records that were refused last, the newest first, shown safely. */
export function rejectsPart({ lastRejects }: StreamStatus, words: Words): Html {
  const items = lastRejects.toReversed().map(example).map((reject) =>
    html`<span class="place">${placeOf(reject, { words })} · ${
      words.reasons[reject.reason].name
    }</span> ${rawText(reject, { words })}`
  );
  return section(
    "rejects-heading",
    words.lastRejects,
    items.length === 0
      ? html`<p class="note">${words.noLastRejects}</p>`
      : list(items, "examples"),
  );
}
