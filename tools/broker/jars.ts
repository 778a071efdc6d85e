/**
 * Kafka itself: the jars that `pom.xml` names, fetched once through Maven.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { PipelineError, systemReason } from "../../lib/errors.ts";

const POM = fileURLToPath(new URL("pom.xml", import.meta.url));
const JARS = fileURLToPath(new URL("jars", import.meta.url));
const MAVEN = Deno.build.os === "windows" ? "mvn.cmd" : "mvn";

/**
 * Returns the folder of the jars; fetches them where this `pom.xml` has not been fetched yet.
 *
 * @param onFetch Told before the first time, which takes a while.
 * @throws {PipelineError} If Maven is missing or fails.
 */
export async function findJars(onFetch: () => void): Promise<string> {
  const pom = Deno.readFileSync(POM);
  const folder = `${JARS}/${createHash("sha256").update(pom).digest("hex").slice(0, 8)}`;
  if (exists(folder)) return folder;
  onFetch();
  Deno.mkdirSync(JARS, { recursive: true });
  const partial = Deno.makeTempDirSync({ dir: JARS, prefix: "partial-" });
  try {
    await fetchJars(partial);
    renameUnlessThere(partial, folder);
  } catch (error) {
    Deno.removeSync(partial, { recursive: true });
    throw error;
  }
  return folder;
}

async function fetchJars(folder: string): Promise<void> {
  const { success, stdout } = await new Deno.Command(MAVEN, {
    args: [
      ...["--batch-mode", "--quiet", "--file", POM],
      ...["dependency:copy-dependencies", "-DincludeScope=runtime"],
      `-DoutputDirectory=${folder}`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output().catch((cause) => {
    throw new PipelineError("kafka", `Cannot run ${MAVEN}: ${systemReason(cause)}`, {
      hint: "Install Apache Maven (Debian: apt install maven), then run this again",
      cause,
    });
  });
  if (success) return;
  const errors = new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.startsWith("[ERROR]"));
  const why = errors[0]?.replace("[ERROR] ", "").slice(0, 300) ?? "it gave no reason";
  throw new PipelineError("kafka", `Cannot fetch Kafka: ${MAVEN} failed: ${why}`, {
    hint: "Maven needs the network, or a mirror in its settings.xml, the first time",
  });
}

/** Another process may have fetched the same in the meantime. */
function renameUnlessThere(partial: string, folder: string): void {
  try {
    Deno.renameSync(partial, folder);
  } catch (error) {
    if (!exists(folder)) throw error;
    Deno.removeSync(partial, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
