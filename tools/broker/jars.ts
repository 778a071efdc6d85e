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
 * @param jars Where the folder stands.
 * @throws {PipelineError} If Maven is missing or fails.
 */
export async function findJars(onFetch: () => void, jars = JARS): Promise<string> {
  const pom = Deno.readFileSync(POM);
  const folder = `${jars}/${createHash("sha256").update(pom).digest("hex").slice(0, 8)}`;
  if (exists(folder)) return folder;
  onFetch();
  Deno.mkdirSync(jars, { recursive: true });
  const partial = Deno.makeTempDirSync({ dir: jars, prefix: "partial-" });
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
  const { success, stdout } = await runMaven([
    ...["--batch-mode", "--quiet", "--file", POM],
    ...["dependency:copy-dependencies", "-DincludeScope=runtime"],
    `-DoutputDirectory=${folder}`,
  ]);
  if (success) return;
  const [, why] = /\[ERROR\] (.{1,300})/.exec(new TextDecoder().decode(stdout)) ??
    [, "it gives no reason"];
  throw new PipelineError("kafka", `Cannot fetch Kafka: ${MAVEN} failed: ${why}`, {
    hint: "Maven needs the network, or a mirror in its settings.xml, the first time",
  });
}

async function runMaven(args: string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(MAVEN, { args, stdin: "null" }).output();
  } catch (cause) {
    throw new PipelineError("kafka", `Cannot run ${MAVEN}: ${systemReason(cause)}`, {
      hint: "Install Apache Maven (Debian: apt install maven), then run this again",
      cause,
    });
  }
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
