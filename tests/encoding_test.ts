/**
 * `unpack()`, `findEncoding()`, `toUtf8()`: packed bytes of any encoding into UTF-8, the
 * same however the bytes were cut.
 */
import assert from "node:assert/strict";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { PipelineError } from "../lib/errors.ts";
import { unpack } from "../lib/ingest/compression.ts";
import { encodingName, findEncoding, toUtf8 } from "../lib/ingest/encoding.ts";

/** Bytes, or each character of a text as one byte. */
type Bytes = readonly number[] | string;

function bytes(...parts: readonly (Bytes | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : [...part]
    ),
  );
}

/** Returns the text in UTF-16, without a mark; lone surrogates stay what they are. */
function utf16(text: string, order: "le" | "be"): Uint8Array {
  const out = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) {
    out.setUint16(2 * i, text.charCodeAt(i), order === "le");
  }
  return new Uint8Array(out.buffer);
}

/** Yields the bytes in chunks; each is overwritten when the next is asked for. */
async function* cut(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) {
    const chunk = whole.slice(at, at + size);
    yield await Promise.resolve(chunk);
    chunk.fill(0xaa);
  }
}

async function join(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return bytes(...await Array.fromAsync(chunks, (chunk) => chunk.slice()));
}

const SIZES = [1, 2, 3, 7, 1e9];

/** Returns the UTF-8 of bytes, the same at every chunking, as `findEncoding()` says. */
async function decoded(raw: Uint8Array, label?: string): Promise<Uint8Array> {
  const results = await Promise.all(
    SIZES.map((size) =>
      join(toUtf8(cut(raw, size), findEncoding(raw, label, "x.csv"), "x.csv"))
    ),
  );
  for (const result of results) assert.deepEqual(result, results[0]);
  return results[0]!;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function pipelineError(message: string, hint: string, kind = "input") {
  return (error: unknown): boolean => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.deepEqual([error.kind, error.message, error.hint], [kind, message, hint]);
    return true;
  };
}

Deno.test("findEncoding() goes by the mark, then by what the user says, then UTF-8", () => {
  type Case = readonly [
    head: Bytes,
    label: string | undefined,
    name: string,
    mark: number,
  ];
  const CASES: readonly Case[] = [
    ["", undefined, "utf-8", 0],
    ["Ali", undefined, "utf-8", 0],
    [[0xef, 0xbb, 0xbf, 65], undefined, "utf-8", 3],
    [[0xff, 0xfe, 65, 0], undefined, "utf-16le", 2],
    [[0xfe, 0xff, 0, 65], undefined, "utf-16be", 2],
    [[0xef, 0xbb, 65], undefined, "utf-8", 0], // two thirds of a mark are none
    [[0xff], undefined, "utf-8", 0],
    ["Ali", "latin1", "windows-1252", 0],
    ["Ali", "Windows-1252", "windows-1252", 0],
    ["Ali", "iso-8859-15", "iso-8859-15", 0],
    ["Ali", "utf-16le", "utf-16le", 0],
    ["Ali", "UTF8", "utf-8", 0],
    ["A\0l\0", "utf-16le", "utf-16le", 0],
    ["A\0l\0", "latin1", "windows-1252", 0], // the user has the say
    [[0xef, 0xbb, 0xbf, 65], "latin1", "utf-8", 3], // but a mark beats it
    [[0xff, 0xfe, 65, 0], "utf-8", "utf-16le", 2],
    // some NULs are a matter of single records, not of the file
    ["Ali\0", undefined, "utf-8", 0],
    ["A\0li", undefined, "utf-8", 0], // half of the odd places: not most
    ["A\0li\0x", undefined, "utf-8", 0],
  ];
  const found = CASES.map(([head, label]) => {
    const { name, markBytes } = findEncoding(bytes(head), label, "x.csv");
    return [head, label, name, markBytes];
  });
  assert.deepEqual(found, CASES);
});

Deno.test("findEncoding() refuses what is UTF-16 without a mark, and names the flag", () => {
  const CASES: readonly (readonly [head: Uint8Array, guess: string])[] = [
    [utf16("Ali Bennis, 21, Law\n", "le"), "utf-16le"],
    [utf16("Ali Bennis, 21, Law\n", "be"), "utf-16be"],
    [utf16("Мари Ёлкина, 21, Law, and more\n", "le"), "utf-16le"], // most, not all
    [utf16("Мари Ёлкина, 21, Law, and more\n", "be"), "utf-16be"],
    [utf16("Ali", "le").subarray(0, 5), "utf-16le"],
    [utf16("Ali", "be").subarray(0, 5), "utf-16be"],
  ];
  for (const [head, guess] of CASES) {
    assert.throws(
      () => findEncoding(head, undefined, "data/x.csv"),
      pipelineError(
        "Cannot read data/x.csv: half of its bytes are NUL, so it is not UTF-8",
        `It looks like UTF-16: try --encoding ${guess}`,
      ),
    );
  }
});

Deno.test("findEncoding() refuses UTF-32, whatever the flag says", () => {
  for (const head of [[0xff, 0xfe, 0, 0, 65, 0, 0, 0], [0, 0, 0xfe, 0xff, 0, 0, 0, 65]]) {
    assert.throws(
      () => findEncoding(Uint8Array.from(head), "utf-8", "data/x.csv"),
      pipelineError(
        "Cannot read data/x.csv: it is UTF-32, not UTF-8",
        "Save it as UTF-8",
      ),
    );
  }
});

Deno.test("encodingName() refuses a label that does not exist", () => {
  for (const label of ["latin-one", "", "utf-7", "ebcdic"]) {
    assert.throws(
      () => encodingName(label),
      pipelineError(
        `There is no encoding "${label}"`,
        "Common ones: utf-8, utf-16le, utf-16be, latin1, windows-1252, iso-8859-15",
        "usage",
      ),
    );
  }
});

Deno.test("toUtf8() decodes each encoding, the same at every chunking", async () => {
  const NAMES = "Ælfric Noël, 21, Économie 😀 𝒜\n";
  type Case = readonly [raw: Uint8Array, label: string | undefined, text: string];
  const CASES: readonly Case[] = [
    [bytes(), undefined, ""],
    [utf8(NAMES), undefined, NAMES],
    [bytes([0xef, 0xbb, 0xbf], utf8(NAMES)), undefined, NAMES],
    [bytes([0xef, 0xbb, 0xbf]), undefined, ""],
    [bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf]), undefined, "\ufeff"], // one mark is dropped
    [bytes([0xff, 0xfe], utf16(NAMES, "le")), undefined, NAMES],
    [bytes([0xfe, 0xff], utf16(NAMES, "be")), undefined, NAMES],
    [utf16(NAMES, "le"), "utf-16le", NAMES],
    [utf16(NAMES, "be"), "utf-16be", NAMES],
    [utf16("a\ufeffb\ufffe", "le"), "utf-16le", "a\ufeffb\ufffe"],
    [bytes([0xff, 0xfe], utf16("\ufeffa", "le")), undefined, "\ufeffa"],
    [bytes("No\xebl \x80 \xa4"), "latin1", "Noël € ¤"], // the Web's latin1 is windows-1252
    [bytes("No\xebl \x80 \xa4"), "windows-1252", "Noël € ¤"],
    [bytes("No\xebl \x80 \xa4"), "iso-8859-15", "Noël \x80 €"],
    [bytes([0x8e, 0x52, 0x93, 0x63, 0xb1, 0x2c]), "shift_jis", "山田ｱ,"],
  ];
  for (const [raw, label, text] of CASES) {
    assert.deepEqual(
      await decoded(raw, label),
      utf8(text),
      JSON.stringify([label, text]),
    );
  }
});

Deno.test("toUtf8() leaves invalid UTF-8 as it is: single records will be refused", async () => {
  const raw = bytes([0x41, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x0a, 0xe9]);
  assert.deepEqual(await decoded(raw), raw);
});

Deno.test("toUtf8() mends no broken UTF-16: it becomes bytes that are no UTF-8", async () => {
  const HIGH = [0xed, 0xa0, 0xbd]; // U+D83D
  const LOW = [0xed, 0xb8, 0x80]; // U+DE00
  type Case = readonly [what: string, text: string, odd: Bytes, expected: Uint8Array];
  const CASES: readonly Case[] = [
    ["a high surrogate", "a\ud83db\n", [], bytes("a", HIGH, "b\n")],
    ["a low surrogate", "a\ude00b\n", [], bytes("a", LOW, "b\n")],
    ["the wrong way round", "\ude00\ud83d\n", [], bytes(LOW, HIGH, "\n")],
    ["a high one before a pair", "\ud83d😀\n", [], bytes(HIGH, utf8("😀\n"))],
    ["a low one after a pair", "😀\ude00\n", [], bytes(utf8("😀"), LOW, "\n")],
    ["a high one at the end", "a\ud83d", [], bytes("a", HIGH)],
    ["an odd last byte", "a\n", [0x62], bytes("a\n", [0xff])],
    ["an odd last byte after a high surrogate", "\ud83d", [0], bytes(HIGH, [0xff])],
    ["one byte", "", [0x61], bytes([0xff])],
    [
      "a neighbour stays whole",
      "é\ud83dé\né😀\n",
      [],
      bytes("Ã©", HIGH, "Ã©\nÃ©", utf8("😀\n")),
    ],
  ];
  for (const [what, text, odd, expected] of CASES) {
    for (const order of ["le", "be"] as const) {
      const found = await decoded(bytes(utf16(text, order), odd), `utf-16${order}`);
      assert.deepEqual(found, expected, `${what}, ${order}`);
      assert.throws(
        () => new TextDecoder("utf-8", { fatal: true }).decode(found),
        TypeError,
      );
    }
  }
});

Deno.test("toUtf8() refuses a file that is not of the encoding", async () => {
  const CASES:
    readonly (readonly [raw: Bytes, label: string, size: number, after: number])[] = [
      [[0x41, 0xff], "shift_jis", 1e9, 0],
      [[0x41, 0x42, 0x43, 0xff], "shift_jis", 2, 2],
      [[0x41, 0x81], "shift_jis", 1e9, 2], // half a character at the end
      [[0x41, 0xa4], "euc-kr", 1, 2],
      [[0xff], "gb18030", 1, 0],
    ];
  for (const [raw, label, size, after] of CASES) {
    await assert.rejects(
      join(toUtf8(cut(bytes(raw), size), { name: label, markBytes: 0 }, "x.csv")),
      pipelineError(
        `Cannot read x.csv: after byte ${after} it is not valid ${label}`,
        "Name its true encoding with --encoding",
      ),
    );
  }
});

const gzip = (text: string): Uint8Array => new Uint8Array(gzipSync(text));
const zstd = (text: string): Uint8Array => new Uint8Array(zstdCompressSync(text));
/** Returns a frame that ends with a checksum, as the zstd command writes them. */
function checked(text: string): Uint8Array {
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  return new Uint8Array(zstdCompressSync(text, { params }));
}
const LONG = Array.from({ length: 20_000 }, (_, i) => `Ali Bennis ${i},21,Law\n`).join(
  "",
);

Deno.test("unpack() leaves what is not packed as it is, whatever its name", async () => {
  for (const text of ["", "a", "\x1f", "a,21,b\n", "PK,21,Law\n"]) {
    for (const size of SIZES) {
      const { chunks, compression } = await unpack(
        cut(bytes(text), size),
        "students.csv.gz",
      );
      assert.equal(compression, undefined);
      assert.deepEqual(await join(chunks), bytes(text));
    }
  }
});

type Packed = readonly (readonly [what: string, packed: Uint8Array, text: string])[];

/** Declares a test that each of these is unpacked, whatever the name and the chunks. */
function unpacks(compression: "gzip" | "zstd", fact: string, cases: Packed): void {
  Deno.test(`unpack() unpacks ${compression}${fact}`, async () => {
    for (const [what, packed, text] of cases) {
      for (const size of packed.length > 5000 ? [999, 1e9] : SIZES) {
        const unpacked = await unpack(cut(packed, size), "data/students.csv");
        assert.equal(unpacked.compression, compression, what);
        const found = new TextDecoder().decode(await join(unpacked.chunks));
        assert.ok(found === text, `${what}, by ${size}: ${found.slice(0, 99)}`);
      }
    }
  });
}

unpacks("gzip", "", [
  ["one member", gzip("a,21,b\n"), "a,21,b\n"],
  ["of nothing", gzip(""), ""],
  ["long", gzip(LONG), LONG],
  ["several members", bytes(gzip("a\n"), gzip(""), gzip("b\n")), "a\nb\n"],
  ["padded with NUL, as on tape", bytes(gzip("a\n"), new Uint8Array(512)), "a\n"],
]);

unpacks("zstd", "", [
  ["one frame", zstd("a,21,b\n"), "a,21,b\n"],
  ["of nothing", zstd(""), ""],
  ["long", zstd(LONG), LONG],
]);

/** A frame that holds no data: its magic number, a length of 3, 3 bytes. */
const SKIPPED = [0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];

unpacks("zstd", " of several frames, as cat or a parallel packer makes them", [
  ["several", bytes(zstd("a\n"), zstd(""), zstd("b\n")), "a\nb\n"],
  ["with checksums", bytes(checked("a\n"), checked("b\n")), "a\nb\n"],
  ["long ones", bytes(zstd(LONG), zstd(LONG)), LONG + LONG],
  ["one without data", bytes(zstd("a\n"), SKIPPED, zstd("b\n")), "a\nb\n"],
  ["one without data first", bytes(SKIPPED, zstd("a\n")), "a\n"],
]);

type Broken = readonly (readonly [what: string, packed: Uint8Array])[];

/** Declares a test that each of these is refused at every chunking. */
function refuses(compression: "gzip" | "zstd", fact: string, cases: Broken): void {
  Deno.test(`unpack() refuses ${compression} ${fact}`, async () => {
    for (const [what, packed] of cases) {
      for (const size of SIZES) {
        await assert.rejects(
          unpack(cut(packed, size), "x.csv").then(({ chunks }) => join(chunks)),
          pipelineError(
            `Cannot read x.csv: its ${compression} data is damaged or ends too early`,
            "Fetch or pack the file again",
          ),
          `${what}, by ${size}`,
        );
      }
    }
  });
}

/** Returns the bytes with one of them turned over, counted from the end where negative. */
function damaged(packed: Uint8Array, place: number): Uint8Array {
  const at = (place + packed.length) % packed.length;
  return packed.map((byte, i) => i === at ? byte ^ 0xff : byte);
}

refuses("gzip", "that is cut, damaged or goes on with something else", [
  ["cut in its head", gzip("hello").slice(0, 5)],
  ["cut in its data", gzip("hello hello").slice(0, -10)],
  ["cut in its checksum", gzip("hello").slice(0, -1)],
  ["second member cut", bytes(gzip("a\n"), gzip("hello").slice(0, -3))],
  ["data damaged", damaged(gzip("hello hello"), 12)],
  ["checksum damaged", damaged(gzip("hello"), -6)],
  ["goes on with text", bytes(gzip("a\n"), "hello")],
  ["goes on with zstd", bytes(gzip("a\n"), zstd("b\n"))],
]);

refuses("zstd", "that is cut", [
  ["after its magic number", zstd("hello").slice(0, 4)],
  ["in its head", zstd("hello").slice(0, 5)],
  ["in its data", zstd("hello").slice(0, -2)],
  ["in its data, long", zstd(LONG).slice(0, -9)],
  ["in its checksum", checked("hello").slice(0, -1)],
  ["in its second frame", bytes(zstd("a\n"), zstd("hello").slice(0, -3))],
  ["in its second frame's magic number", bytes(zstd("a\n"), zstd("b").slice(0, 2))],
]);

refuses("zstd", "that is damaged or goes on with something else", [
  ["block of a type that does not exist", damaged(zstd("hello"), 6)],
  ["checksum damaged", damaged(checked("hello"), -1)],
  ["magic number damaged in its second frame", bytes(zstd("a"), damaged(zstd("b"), 1))],
  ["goes on with text", bytes(zstd("a\n"), "hello")],
  ["goes on with gzip", bytes(zstd("a\n"), gzip("b\n"))],
]);

Deno.test("unpack() refuses a ZIP archive or a workbook", async () => {
  for (const size of SIZES) {
    await assert.rejects(
      unpack(cut(bytes("PK\x03\x04\x14\0"), size), "students.xlsx"),
      pipelineError(
        "Cannot read students.xlsx: it is a ZIP archive or a workbook, not a CSV file",
        'Unpack it, or save the sheet as "CSV UTF-8" first',
      ),
    );
  }
});

Deno.test("unpack() hands on a failure of what it reads as it is", async () => {
  const failure = new PipelineError("input", "Cannot read x.csv: it became shorter");
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(gzip(LONG).subarray(0, 100));
    throw failure;
  }
  const { chunks } = await unpack(failing(), "x.csv");
  await assert.rejects(join(chunks), (error) => error === failure);
});
