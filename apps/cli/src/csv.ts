import { UsageError } from "./usageError.js";

/**
 * Rows of CSV (RFC 4180): fields in double quotes may hold commas, line ends and doubled quotes; line ends of any system; blank lines
 * at the end do not count.
 *
 * @throws UsageError for a quote that is not closed
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|((?!")[^,\r\n]*))(,|\r\n|\r|\n|$)/y;
  const trimmed = text.replace(/[\r\n]+$/, "");
  while (trimmed !== "" && field.lastIndex <= trimmed.length) {
    const at = field.lastIndex;
    const match = field.exec(trimmed);
    if (match === null) {
      const line = trimmed.slice(0, at).split(/\r\n|\r|\n/).length;
      throw new UsageError(
        `CSV must close each quote before a comma or line end, got another in line ${line}; correct it`,
      );
    }
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
