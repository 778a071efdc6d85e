/**
 * Reads one column of texts or bytes out of Arrow's IPC stream, which is all that a query of
 * ours answers: https://arrow.apache.org/docs/format/Columnar.html
 */

/** The kind of a message that holds rows. */
const RECORD_BATCH = 3;
/** The fields of the tables `Message` and `RecordBatch`, by their places in the schema. */
const MESSAGE = { type: 1, header: 2, bodyLength: 3 } as const;
const BATCH = { length: 0, buffers: 2 } as const;

/**
 * Yields the values of the only column, which is of text or of bytes and never null; each is a
 * part of `ipc`.
 *
 * @throws {RangeError} If it is no such stream.
 */
export function* columnOf(ipc: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(ipc.buffer, ipc.byteOffset, ipc.byteLength);
  for (let at = 0; at + 8 <= ipc.length;) {
    const length = view.getInt32(at + 4, true); // after the mark of a message
    if (length === 0) return;
    const message = rootTable(view, at + 8);
    const body = at + 8 + length;
    if (view.getUint8(message.at(MESSAGE.type)) === RECORD_BATCH) {
      yield* valuesOf(ipc, message.table(MESSAGE.header), body);
    }
    at = body + longAt(view, message, MESSAGE.bodyLength);
  }
}

function* valuesOf(ipc: Uint8Array, batch: Table, body: number): Generator<Uint8Array> {
  const view = new DataView(ipc.buffer, ipc.byteOffset, ipc.byteLength);
  const rows = longAt(view, batch, BATCH.length);
  const vector = batch.at(BATCH.buffers);
  // a count, then an offset and a length for each of: validity, offsets, data
  const buffers = vector + view.getUint32(vector, true) + 4;
  const buffer = (i: number): number =>
    body + Number(view.getBigInt64(buffers + 16 * i, true));
  const [offsets, data] = [buffer(1), buffer(2)];
  for (let row = 0; row < rows; row++) {
    yield ipc.subarray(
      data + view.getInt32(offsets + 4 * row, true),
      data + view.getInt32(offsets + 4 * row + 4, true),
    );
  }
}

/** Returns the number in a field; one that is 0 is left out. */
function longAt(view: DataView, table: Table, field: number): number {
  const at = table.find(field);
  return at === undefined ? 0 : Number(view.getBigInt64(at, true));
}

/** A table of FlatBuffers: its fields stand anywhere, and another table tells where. */
interface Table {
  /** Returns where a field stands; undefined where it is left out. */
  find(field: number): number | undefined;
  /** Returns where a field stands. */
  at(field: number): number;
  /** Returns the table that a field refers to. */
  table(field: number): Table;
}

function rootTable(view: DataView, at: number): Table {
  return tableAt(view, at + view.getUint32(at, true));
}

function tableAt(view: DataView, start: number): Table {
  const places = start - view.getInt32(start, true);
  const size = view.getUint16(places, true);
  const find = (field: number): number | undefined => {
    const entry = 4 + 2 * field;
    const place = entry < size ? view.getUint16(places + entry, true) : 0;
    return place === 0 ? undefined : start + place;
  };
  const at = (field: number): number => {
    const place = find(field);
    if (place === undefined) throw new RangeError(`Arrow: field ${field} is missing`);
    return place;
  };
  return {
    find,
    at,
    table(field) {
      const place = at(field);
      return tableAt(view, place + view.getUint32(place, true));
    },
  };
}
