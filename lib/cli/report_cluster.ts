/**
 * Inputs of `report` that a Spark cluster cleans.
 */
import type { JobOptions } from "../engine/job.ts";
import { PipelineError } from "../errors.ts";
import { parseColumns } from "../ingest/columns.ts";
import type { Result } from "../report/result.ts";
import { formatAddress, parseAddress } from "../spark/address.ts";
import { findFiles } from "../spark/inputs.ts";
import { writeSparkReport } from "../spark/report.ts";
import type { TopicRange } from "../spark/offsets.ts";
import { openSession, type SparkSession } from "../spark/session.ts";
import { writeTopicReport } from "../spark/topic.ts";
import type { Effects } from "./effects.ts";
import { readKafkaConfig } from "./kafka_config.ts";
import { connectionOf, connectionSettings } from "./kafka_settings.ts";
import { isTopic } from "./report_engine.ts";
import type { ReportValues } from "./report_settings.ts";
import { readSettings } from "./settings.ts";
import { parseStart } from "./stream_settings.ts";

const TOPIC = /^kafka:\/\/([\w.-]{1,249})$/;

/** Returns the function that reports on the inputs, once all of them have been checked. */
export async function openOnCluster(
  values: ReportValues,
  effects: Effects,
  onWarning: (message: string) => void,
): Promise<(options: JobOptions) => Promise<Result>> {
  const address = parseAddress(values.engine!);
  const write = isTopic(values) ? topicWriter(values, effects) : filesWriter(values);
  const session = await openSession(address, { signal: effects.signal, onWarning });
  const closed = async <T>(work: () => Promise<T>): Promise<T> => {
    await using _ = session;
    return await work();
  };
  let report: Awaited<ReturnType<typeof write>>;
  try {
    report = await write(session);
  } catch (error) {
    return await closed(() => Promise.reject(error));
  }
  const engine = `sc://${formatAddress(address)}`;
  const { parts, "older-than": olderThan, "max-rejects-home": maxRejects } = values;
  return (options) =>
    closed(() =>
      report({
        ...options,
        parameters: { ...options.parameters, engine },
        onWarning,
        ...(olderThan !== undefined && { olderThan }),
        ...(parts !== undefined && { parts }),
        ...(maxRejects !== undefined && { maxRejects }),
      })
    );
}

type Report = (options: Parameters<typeof writeSparkReport>[2]) => Promise<Result>;

function filesWriter(
  { input, columns, delimiter, encoding, "no-header": noHeader }: ReportValues,
): (session: SparkSession) => Promise<Report> {
  const options = {
    ...(columns !== undefined && { columns: parseColumns(columns) }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    noHeader,
  };
  return async (session) => {
    const files = await findFiles(session, input, options);
    return (options) => writeSparkReport(session, files, options);
  };
}

/** What tells how text is to be read; a message is a record as it stands. */
const FOR_TEXT = ["columns", "delimiter", "encoding", "no-header"] as const;

function topicWriter(
  values: ReportValues,
  { env, now }: Effects,
): (session: SparkSession) => Promise<Report> {
  const { input } = values;
  const [, topic] = TOPIC.exec(input[0]!) ?? [];
  if (topic === undefined || input.length > 1) {
    throw new PipelineError("usage", "A topic is the only --input, as kafka://NAME", {
      hint: "Its name has letters, digits, dots, - and _",
    });
  }
  const flag = FOR_TEXT.find((flag) => values[flag]);
  if (flag !== undefined) {
    throw new PipelineError("usage", `--${flag} does not go with ${input[0]}`, {
      hint: "A message is a record as it stands: name, age, field",
    });
  }
  const range = rangeOf(values);
  // of the flags, only those of report are known here
  const others = (name: string) => name === "COHORT_TOPIC" ? topic : env(name);
  const config = readKafkaConfig(undefined);
  const given = readSettings(connectionSettings, { args: [], env: others, config });
  const connection = connectionOf(given, now());
  return (session) =>
    Promise.resolve((options) =>
      writeTopicReport(session, { connection, topic, ...range }, options)
    );
}

/** Returns where to begin and where to end. */
function rangeOf(values: Pick<ReportValues, "from" | "to">): TopicRange {
  const [from, to] = [placeOf("from", values.from), placeOf("to", values.to)];
  if (from !== undefined && to !== undefined && typeof from === typeof to && to <= from) {
    throw new PipelineError(
      "usage",
      `--to ${values.to} is not after --from ${values.from}`,
      {
        hint: "What is from the one on and before the other is read",
      },
    );
  }
  return { from, to };
}

/** Returns the offset or the time that the text means. */
function placeOf(flag: "from" | "to", text: string | undefined): TopicRange["from"] {
  if (text === undefined) return undefined;
  const place = parseStart(text);
  if (typeof place === "bigint" || place instanceof Date) return place;
  if (place === (flag === "from" ? "earliest" : "latest")) return undefined;
  throw new PipelineError("usage", `--${flag} cannot be "${text}"`, {
    hint: "Give an offset, or a time such as 2026-11-22T08:00Z",
  });
}
