/**
 * A product itself: the jars that its `pom.xml` names, fetched once through Maven.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { PipelineError, systemReason } from "../../lib/errors.ts";
import type { Product } from "./product.ts";

const MAVEN = Deno.build.os === "windows" ? "mvn.cmd" : "mvn";

/**
 * Returns the folder of the jars; fetches them where this `pom.xml` has not been fetched yet.
 *
 * @param onFetch Told before the first time, which takes a while.
 * @param jars Where the folder stands.
 * @throws {PipelineError} If Maven is missing or fails.
 */
export async function findJars(
  product: Product,
  onFetch: () => void,
  jars = fileURLToPath(new URL("jars", product.pom)),
): Promise<string> {
  const pom = Deno.readFileSync(product.pom);
  const folder = `${jars}/${createHash("sha256").update(pom).digest("hex").slice(0, 8)}`;
  if (exists(folder)) return folder;
  onFetch();
  Deno.mkdirSync(jars, { recursive: true });
  const partial = Deno.makeTempDirSync({ dir: jars, prefix: "partial-" });
  try {
    await fetchJars(product, partial);
    renameUnlessThere(partial, folder);
  } catch (error) {
    Deno.removeSync(partial, { recursive: true });
    throw error;
  }
  return folder;
}

async function fetchJars(product: Product, folder: string): Promise<void> {
  const { name, kind, pom } = product;
  const { success, stdout } = await runMaven(kind, [
    ...["--batch-mode", "--quiet", "--file", fileURLToPath(pom)],
    ...["dependency:copy-dependencies", "-DincludeScope=runtime"],
    `-DoutputDirectory=${folder}`,
  ]);
  if (success) return;
  const [, why] = /\[ERROR\] (.{1,300})/.exec(new TextDecoder().decode(stdout)) ??
    [, "it gives no reason"];
  throw new PipelineError(kind, `Cannot fetch ${name}: ${MAVEN} failed: ${why}`, {
    hint: "Maven needs the network, or a mirror in its settings.xml, the first time",
  });
}

async function runMaven(
  kind: Product["kind"],
  args: string[],
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(MAVEN, { args, stdin: "null" }).output();
  } catch (cause) {
    throw new PipelineError(kind, `Cannot run ${MAVEN}: ${systemReason(cause)}`, {
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
