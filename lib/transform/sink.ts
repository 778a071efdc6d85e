/**
 * Where rows and lines of rejects are collected until somebody takes them.
 */
import { concat } from "./bytes.ts";

/** Collects text as UTF-8. */
export interface Sink {
  append(text: string): void;
  /** Returns all bytes since the last time; valid until more is appended. */
  take(): Uint8Array;
}

const UTF8 = new TextEncoder();

/** Returns a sink that keeps the text as it is. */
export function textSink(): Sink {
  let text = "";
  return {
    append(more) {
      text += more;
    },
    take() {
      const bytes = UTF8.encode(text);
      text = "";
      return bytes;
    },
  };
}

/** A part of the kernel's memory that both the kernel and the rules as text write to. */
export interface Region {
  readonly memory: Uint8Array;
  /** Where it begins. */
  readonly start: number;
  /** How long it is. */
  readonly size: number;
  /** From here on it has to be taken out before more is written. */
  readonly full: number;
  /** Where what was written ends. */
  readonly end: () => number;
  readonly setEnd: (end: number) => void;
}

/** A sink over a region of memory. */
export class RegionSink implements Sink {
  readonly #region: Region;
  /** What did not fit and was taken out. */
  readonly #before: Uint8Array[] = [];

  constructor(region: Region) {
    this.#region = region;
  }

  append(text: string): void {
    this.makeRoom();
    const { memory, start, size, end, setEnd } = this.#region;
    const room = memory.subarray(end(), start + size);
    const { read, written } = UTF8.encodeInto(text, room);
    if (read === text.length) setEnd(end() + written);
    else this.#before.push(this.#written().slice(), UTF8.encode(text));
  }

  /** Whether room has to be made before more is written. */
  get isFull(): boolean {
    return this.#region.end() >= this.#region.full;
  }

  /** Takes what was written out where it fills the memory. */
  makeRoom(): void {
    if (this.isFull) this.#before.push(this.#written().slice());
  }

  take(): Uint8Array {
    const written = this.#written();
    if (this.#before.length === 0) return written;
    return concat([...this.#before.splice(0), written]);
  }

  #written(): Uint8Array {
    const { memory, start, end, setEnd } = this.#region;
    const written = memory.subarray(start, end());
    setEnd(start);
    return written;
  }
}
