import { UsageError } from "./usageError.js";

/**
 * Rows of CSV (RFC 4180): fields in double quotes may hold separators, line ends and doubled quotes; line ends of any system; blank
 * lines at the end do not count. The separator is the comma, tab or semicolon that the first line has most of.
 *
 * @throws UsageError for a quote that is not closed
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const trimmed = text.replace(/[\r\n]+$/, "");
  const separator = separatorOf(/^.*/.exec(trimmed)?.[0] ?? "");
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|((?!")[^${separator}\\r\\n]*))(${separator}|\\r\\n|\\r|\\n|$)`, "y");
  while (trimmed !== "" && field.lastIndex <= trimmed.length) {
    const at = field.lastIndex;
    const match = field.exec(trimmed);
    if (match === null) {
      const line = trimmed.slice(0, at).split(/\r\n|\r|\n/).length;
      throw new UsageError(
        `CSV must close each quote before a separator or line end, got another in line ${line}; correct it`,
      );
    }
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}

const separatorOf = (line: string): string =>
  [",", "\t", ";"].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
