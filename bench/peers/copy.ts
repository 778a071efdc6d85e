/**
 * The floor: reads and writes the same bytes, and does nothing to them.
 *
 * copy.ts INPUT OUTPUT [--flush]; with `--flush` it waits for the disk, as Cohort does.
 */
const [input, output, flush] = Deno.args;
using from = Deno.openSync(input!);
using to = Deno.openSync(output!, { write: true, create: true, truncate: true });
const block = new Uint8Array(1 << 20);
for (let read; (read = from.readSync(block)) !== null;) {
  for (let done = 0; done < read;) done += to.writeSync(block.subarray(done, read));
}
if (flush === "--flush") to.syncSync();
