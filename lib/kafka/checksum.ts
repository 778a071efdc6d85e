/**
 * The checksum that a producer puts into a batch of records, CRC-32C. The client does not
 * compare it, and a broker sends what its disk holds.
 */

/** What of the package is used. */
interface Package {
  createCRC32(polynomial: number): Promise<Hasher>;
}

interface Hasher {
  init(): Hasher;
  update(bytes: Uint8Array): Hasher;
  /** In hexadecimal digits. */
  digest(): string;
}

/** That of Castagnoli, its bits in reverse. */
const POLYNOMIAL = 0x82f63b78;

/** Returns the checksum of bytes. */
export type Checksum = (bytes: Uint8Array) => number;

let loaded: Promise<Checksum> | undefined;

/** Returns what computes CRC-32C; the package is loaded the first time. */
export function loadCrc32c(): Promise<Checksum> {
  return loaded ??= load();
}

async function load(): Promise<Checksum> {
  const { default: { createCRC32 } }: { readonly default: Package } = await import(
    "hash-wasm/crc32"
  );
  const hasher = await createCRC32(POLYNOMIAL);
  return (bytes) => parseInt(hasher.init().update(bytes).digest(), 16);
}
