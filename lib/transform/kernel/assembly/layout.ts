/**
 * How a line is laid out.
 */

/** What separates two cells. */
export let delimiter: u32 = 0;
/** How many cells a record has. */
export let expectedCells: u32 = 0;
/** Where the full name stands; -1 where first and last name stand apart. */
export let nameColumn: i32 = -1;
export let firstColumn: i32 = -1;
export let lastColumn: i32 = -1;
export let ageColumn: i32 = 0;
export let fieldColumn: i32 = 0;
/** Whether a record has cells that nobody reads. */
export let hasOthers: bool = false;

/** Columns are counted from 0; -1 for those that there are not. */
export function setLayout(
  separator: u32,
  cells: u32,
  name: i32,
  first: i32,
  last: i32,
  age: i32,
  field: i32,
): void {
  delimiter = separator;
  expectedCells = cells;
  nameColumn = name;
  firstColumn = first;
  lastColumn = last;
  ageColumn = age;
  fieldColumn = field;
  hasOthers = cells > <u32>(name < 0 ? 4 : 3);
}
