/**
 * The section of the provenance: from which files, with which parameters and by which
 * command the page was made. All that differs between two equal runs stands on one line.
 */
import { MOST_INPUTS } from "../command.ts";
import { formatRange } from "../ranges.ts";
import { bdi, type Html, html, type Part } from "../html.ts";
import { fileLink } from "./steps.ts";
import { numberCell, scrolling, section, type View } from "./view.ts";

/** Returns inputs, outputs, parameters, command and, on one line, time and versions. */
export function provenance(view: View): Html {
  const { result, options, words } = view;
  const command = options.command === undefined ? undefined : html`
    <h3>${words.command}</h3>
    <pre tabindex="0"><code>${options.command}</code></pre>
    <p class="note">${words.provenanceHow}</p>
  `;
  return section(
    "provenance",
    words.provenance,
    inputsTable(view),
    result.suppressed && html`\n<p class="note">${words.digestsLeftOut}</p>`,
    result.outputs.length > 0 ? outputsTable(view) : undefined,
    html`\n<h3>${words.parameters}</h3>\n`,
    parameterList(view),
    command,
    madeLine(view),
  );
}

function inputsTable({ result: { inputs }, words }: View): Html {
  const { whole, size } = words.numbers;
  const shown = inputs.slice(0, MOST_INPUTS);
  const more = inputs.length - shown.length;
  const rows = shown.map(({ source, bytes, sha256, topic, ranges, records }) =>
    html`<tr><th scope="row">${bdi(source)}${digest(sha256)}${
      ranges?.map((range) => digest(formatRange(topic ?? "", range)))
    }</th>${numberCell(whole(records), records)}${
      bytes === undefined
        ? html`<td>${words.nothing}</td>`
        : numberCell(size(bytes), bytes)
    }</tr>\n`
  );
  const table = scrolling(
    "inputs-table",
    html`
      <table>
        <caption id="inputs-table"><span>${words.inputs}</span></caption>
        <thead>
          <tr>
            <th scope="col">${inputs[0]?.ranges
              ? words.storeAndOffsets
              : words.sourceAndDigest}</th>
            <th scope="col">${words.records}</th>
            <th scope="col">${words.size}</th>
          </tr>
        </thead>
        <tbody>
      ${rows}</tbody>
      </table>
    `,
  );
  if (more === 0) return table;
  return html`${table}\n<p class="note">${words.moreInputs(more)}</p>`;
}

function outputsTable({ result: { outputs }, words }: View): Html {
  const rows = outputs.map(({ file, bytes, sha256 }) =>
    html`<tr><th scope="row">${fileLink(file)}${digest(sha256)}</th>${
      numberCell(words.numbers.size(bytes), bytes)
    }</tr>\n`
  );
  return scrolling(
    "outputs-table",
    html`
      <table>
        <caption id="outputs-table"><span>${words.outputs}</span></caption>
        <thead>
          <tr>
            <th scope="col">${words.sourceAndDigest}</th>
            <th scope="col">${words.size}</th>
          </tr>
        </thead>
        <tbody>
      ${rows}</tbody>
      </table>
    `,
  );
}

/** Returns what identifies a content: its SHA-256, or the offsets of its messages. */
function digest(identity: string | undefined): Part {
  if (identity === undefined) return undefined;
  return [" ", html`<code class="digest">${identity}</code>`];
}

function parameterList({ result: { parameters, suppressed }, words }: View): Html {
  const { whole, percent } = words.numbers;
  const rate = parameters.max_reject_rate;
  const entries: readonly (readonly [string, string | undefined])[] = [
    [
      words.olderThan,
      parameters.older_than < 0 ? words.noThreshold : whole(parameters.older_than),
    ],
    [words.language, words.lang === "fr" ? words.french : words.english],
    [words.columns, parameters.columns],
    [words.delimiter, parameters.delimiter?.replace("\t", words.tab)],
    [words.encoding, parameters.encoding],
    [words.header, parameters.no_header && words.noHeader],
    [words.byteOrderMark, parameters.bom && words.withBom],
    [words.gaps, parameters.allow_gaps && words.allowed],
    [words.maxRejectRate, rate === undefined ? undefined : percent(rate)],
    [words.minGroupSize, suppressed && whole(suppressed.min_group_size)],
  ];
  const given = entries.filter(([, value]) => value !== undefined);
  return html`
    <dl>
    ${given.map(([name, value]) =>
      html`<dt>${name}</dt><dd dir="auto">${value}</dd>\n`
    )}</dl>
  `;
}

/** Returns the one line that differs between two runs on the same input. */
function madeLine({ result: { run }, words }: View): Html {
  const facts = [
    words.madeIn(run.seconds),
    `Cohort ${run.version}`,
    run.runtime,
    run.platform,
    run.engine,
  ].map((fact) => fact.replaceAll("\n", " "));
  // deno-fmt-ignore: one line
  return html`<p class="made">${words.made} <time datetime="${run.finished}">${words.numbers.moment(run.finished)}</time> · ${facts.join(" · ")}</p>\n`;
}
