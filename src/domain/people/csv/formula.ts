/**
 * A spreadsheet takes a cell that begins with one of these for a formula. An apostrophe before it makes it text; reading
 * takes the apostrophe away again, so that a file goes out and comes in unchanged.
 */
const formula = /^'*[=+\-@\t\r]/;

/** The cell as it is written to a CSV that somebody may open in a spreadsheet. */
export function neutralCell(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

/** The value of a cell that `neutralCell` may have written. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
