import { formatShare, formatSmall } from "../report/format.js";
import { wrapped } from "../report/wrapped.js";
import type { Scores, TableColumn } from "./table.js";
import { deviationScores, meanScores, type TableDocument, type TableEntry } from "./tableDocument.js";

/** Options of {@link tableText}. */
export interface TableTextOptions {
  /** Characters per line; columns that do not fit are left out, the last first. Default 100. */
  readonly width?: number;
}

/**
 * A table as plain text: a line per row with our means, the paper's numbers below, and the standard deviation over seeds where there are
 * several; then the sentences on differences, on the paper's numbers and on all rows together.
 */
export function tableText(
  document: TableDocument,
  columns: readonly TableColumn[],
  { width = 100 }: TableTextOptions = {},
): string {
  const groups = groupEntries(document.rows);
  const lines = groups.flatMap(linesOf(columns));
  const nameWidth = Math.max(3, ...lines.map(({ name }) => name.length));
  const widthOf = (column: TableColumn): number =>
    Math.max(column.title.length, ...lines.map(({ cells }) => cells(column).length));
  const shown = fitting(scoredColumns(columns, document.rows), widthOf, width - nameWidth);
  const write = (name: string, cell: (column: TableColumn) => string): string =>
    [name.padEnd(nameWidth), ...shown.map((column) => cell(column).padStart(widthOf(column)))].join(gap).trimEnd();
  const said = [
    ...titled("Differences", differences(groups)),
    ...titled("Inconsistencies in the paper's tables", document.inconsistencies),
    ...titled("Conclusion", document.conclusion),
  ];
  return [
    document.title,
    "",
    write("row", ({ title }) => title),
    ...lines.map(({ name, cells }) => write(name, cells)),
    "",
    ...shown.flatMap(({ title, meaning }) => wrapped(`${title}: ${meaning}`, width)),
    ...said.flatMap((text) => wrapped(text, width)),
  ].join("\n");
}

const gap = "  ";

/** The entries of one row: its seeds. */
export interface EntryGroup {
  /** Name of the row. */
  readonly name: string;
  /** One per seed, at least one. */
  readonly entries: readonly TableEntry[];
}

/** Entries by row, in order of appearance. */
export function groupEntries(rows: readonly TableEntry[]): readonly EntryGroup[] {
  return [...new Set(rows.map(({ row }) => row))].map((name) => ({
    name,
    entries: rows.filter(({ row }) => row === name),
  }));
}

/** Columns that some row has a score for. */
export const scoredColumns = (columns: readonly TableColumn[], rows: readonly TableEntry[]): readonly TableColumn[] =>
  columns.filter(({ key }) => rows.some(({ ours }) => ours[key] !== undefined));

/** The sentences on rows that differ from the paper's. */
export const differences = (groups: readonly EntryGroup[]): readonly string[] =>
  groups.flatMap(({ name, entries }) => {
    const why = entries[0]?.why;
    return why === undefined ? [] : [`${name}: ${why}`];
  });

/** A score as it is shown: three decimals for shares, fewer for what is large. */
export function formatScore(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return "n/a";
  if (Math.abs(value) >= 1000) return value.toFixed(0);
  if (Math.abs(value) >= 10) return value.toFixed(1);
  return value > -5e-4 ? formatSmall(Math.max(0, value)) : formatShare(value);
}

interface Line {
  readonly name: string;
  readonly cells: (column: TableColumn) => string;
}

const linesOf =
  (columns: readonly TableColumn[]) =>
  ({ name, entries }: EntryGroup): readonly Line[] => {
    const scores = entries.map(({ ours }) => ours);
    const line = (title: string, values: Scores): Line => ({
      name: title,
      cells: ({ key }) => (values[key] === undefined ? "" : formatScore(values[key])),
    });
    const { paper = {} } = entries[0] as TableEntry;
    return [
      line(name, meanScores(scores)),
      ...(entries.length > 1 ? [line(`  ± ${entries.length} seeds`, deviationScores(scores))] : []),
      ...(columns.some(({ key }) => paper[key] !== undefined) ? [line("  paper", paper)] : []),
    ];
  };

function fitting(
  columns: readonly TableColumn[],
  widthOf: (column: TableColumn) => number,
  room: number,
): readonly TableColumn[] {
  let used = 0;
  const first = columns.findIndex((column) => {
    used += gap.length + widthOf(column);
    return used > room;
  });
  return first < 0 ? columns : columns.slice(0, Math.max(1, first));
}

const titled = (title: string, texts: readonly string[]): readonly string[] =>
  texts.length === 0 ? [] : ["", title, ...texts.map((text) => `- ${text}`)];
