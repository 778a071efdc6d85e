/**
 * The section of the steps: what was done with the records, each step with its counts, and
 * the files beside the page.
 */
import { type Html, html, type Part } from "../html.ts";
import { list, section, type View } from "./view.ts";

/** Returns the four steps: ingestion, transformation, analysis, export. */
export function steps(view: View): Html {
  const { result, facts, words } = view;
  const { inputs, funnel, parameters } = result;
  const rules = [
    words.ruleRecord,
    words.ruleText,
    words.ruleName,
    words.ruleNoGuess,
    parameters.older_than < 0
      ? words.ruleKeepAll(funnel.kept)
      : words.ruleKeep(parameters.older_than, funnel.kept, funnel.filtered),
  ];
  const items = [
    step(
      words.ingestion,
      html`<p>${
        result.suppressed === undefined
          ? words.ingested(funnel.read, inputs.length)
          : words.ingestedSomewhere(funnel.read)
      } ${words.ingestedHow}</p>`,
    ),
    step(
      words.transformation,
      html`<p>${words.transformed(funnel.rejected, funnel.valid)}</p>\n${list(rules)}`,
    ),
    step(
      words.analysis,
      html`<p>${
        result.suppressed?.everything
          ? undefined
          : words.analysed(funnel.valid, facts.fieldCount)
      } ${words.analysedHow}</p>`,
    ),
    step(words.export, exported(view)),
  ];
  return section("steps", words.steps, html`<ol class="steps">\n${items}</ol>`);
}

function step(name: string, content: Part): Html {
  return html`
    <li>
    <h3>${name}</h3>
    ${content}
    </li>
  `;
}

function exported({ result, words }: View): Html {
  const files = [
    ...result.outputs.map(({ file, bytes }) => ({ file, bytes })),
    { file: "report.json", bytes: undefined },
  ];
  const items = files.map(({ file, bytes }) => {
    const meaning = meaningOf(file, words);
    return html`${fileLink(file)}${
      meaning === undefined ? "" : `${words.colon} ${meaning}`
    }${bytes === undefined ? "" : ` (${words.numbers.size(bytes)})`}`;
  });
  return html`<p>${words.exported}</p>
${list(items)}${result.suppressed && html`\n<p>${words.rowsNotPublished}</p>`}`;
}

function meaningOf(file: string, words: View["words"]): string | undefined {
  switch (file) {
    case "etudiants_transformed.csv":
      return words.rows;
    case "statistics.csv":
      return words.statistics;
    case "rejects.jsonl":
      return words.rejects;
    case "report.json":
      return words.result;
  }
}

/** Returns a link to a file beside the page. */
export function fileLink(file: string): Html {
  return html`<a href="./${encodeURIComponent(file)}">${file}</a>`;
}
