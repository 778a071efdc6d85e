/**
 * One process at a time: a lock on a file of the store. The system releases it when the
 * process ends, however it ends; one that is stopped (SIGSTOP) still holds it.
 */
import { onDisk, unusable } from "./failures.ts";
import { LOCK } from "./folder.ts";

/** Who uses a store. */
export interface Owner {
  /** The number of the process. */
  readonly pid: number;
  /** When it opened the store, ISO 8601 in UTC. */
  readonly since: string;
}

/**
 * Returns the lock of the folder; disposing of it releases it.
 *
 * @throws {PipelineError} If another process holds it, named by its number.
 */
export function lockFolder(folder: string, owner: Owner): Disposable {
  const path = `${folder}/${LOCK}`;
  const file = onDisk(
    path,
    () => Deno.openSync(path, { read: true, write: true, create: true }),
  );
  if (!file.tryLockSync(true)) {
    const other = readOwner(file);
    file.close();
    const who = other === undefined
      ? "another process"
      : `process ${other.pid} (since ${other.since})`;
    throw unusable(folder, `${who} is using it`, {
      hint: "Stop that process first, or give another folder with --store",
    });
  }
  onDisk(path, () => {
    file.truncateSync();
    file.writeSync(new TextEncoder().encode(JSON.stringify(owner) + "\n"));
  });
  return { [Symbol.dispose]: () => file.close() };
}

/** Returns who wrote the file; undefined where it cannot be read, as under Windows. */
function readOwner(file: Deno.FsFile): Owner | undefined {
  try {
    const bytes = new Uint8Array(200);
    const { pid, since } = JSON.parse(
      new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)),
    );
    return typeof pid === "number" && typeof since === "string"
      ? { pid, since }
      : undefined;
  } catch {
    return undefined;
  }
}
