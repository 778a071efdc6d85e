/**
 * The program that Spark runs on its executors: built into one file by `deno task worker`.
 */
import { PipelineError } from "../../errors.ts";
import { toJson } from "../../json.ts";
import { FAILURE, type Failure, JOB_FILE } from "./protocol.ts";
import { work } from "./work.ts";

const stdout = Deno.stdout;

/** Writes all the bytes. */
function write(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += stdout.writeSync(bytes.subarray(done));
  }
}

try {
  const job = Deno.readTextFileSync(new URL(JOB_FILE, import.meta.url));
  work(JSON.parse(job), { read: (into) => Deno.stdin.readSync(into), write });
} catch (error) {
  const failure: Failure = error instanceof PipelineError
    ? { kind: error.kind as Failure["kind"], message: error.message, hint: error.hint! }
    : { kind: "engine", message: String(error), hint: "This is a fault of cohort" };
  console.error(FAILURE + toJson(failure));
  Deno.exitCode = 1;
}
