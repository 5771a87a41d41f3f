import type { BenchDocument } from "../records.js";
import { type Column, columnsOf, isHard } from "./columns.js";
import { deviationOf, groupRows, meanOf, type RowGroup } from "./groups.js";
import { readingAid } from "./readingAid.js";
import { wrapped } from "./wrapped.js";

/** Options of {@link benchTable}. */
export interface BenchTableOptions {
  /** Characters per line; columns that do not fit are left out, least important first. Default 100. */
  readonly width?: number;
  /** ANSI bold and dim. Default false. */
  readonly color?: boolean;
}

/**
 * The results of a benchmark as plain text: a line per method and kind of anchors, means over seeds, with the standard deviation
 * below where there are several, and how to read it.
 */
export function benchTable(document: BenchDocument, { width = 100, color = false }: BenchTableOptions = {}): string {
  const groups = groupRows(document.rows);
  const columns = columnsOf(document.data);
  const lines = groups.flatMap((group) => linesOf(group, columns));
  const names = [0, 1].map((i) =>
    Math.max(...lines.map(({ name }) => (name[i] as string).length), [6, 7][i] as number),
  );
  const shown = fitting(columns, lines, width - sum(names) - 2);
  const write = ([method, anchors]: Line["name"], cell: (column: Column) => string): string =>
    [
      method.padEnd(names[0] as number),
      anchors.padEnd(names[1] as number),
      ...shown.map((column) => cell(column).padStart(widthOf(column, lines))),
    ]
      .join(gap)
      .trimEnd();
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const titles = groupTitles(shown, lines);
  return [
    ...(titles === "" ? [] : [paint(1, " ".repeat(sum(names) + gap.length) + titles)]),
    paint(
      1,
      write(["method", "anchors"], ({ title }) => title),
    ),
    ...lines.map(({ name, cells, minor }) => {
      const text = write(name, (column) => cells.get(column) as string);
      return minor ? paint(2, text) : text;
    }),
    "",
    ...notes(document, groups).flatMap((text) => wrapped(text, width)),
    ...conclusionLines(document, width, paint),
  ].join("\n");
}

const gap = "  ";

/** A line of the table: names and one text per column. */
interface Line {
  readonly name: readonly [string, string];
  readonly cells: ReadonlyMap<Column, string>;
  readonly minor: boolean;
}

function linesOf(group: RowGroup, columns: readonly Column[]): readonly Line[] {
  const cells = (text: (column: Column) => string): ReadonlyMap<Column, string> =>
    new Map(columns.map((column) => [column, text(column)]));
  const means = cells(({ value, format }) => format(meanOf(group, value)));
  const main: Line = { name: [group.method, group.anchors], cells: means, minor: false };
  const seeds = group.rows.length;
  if (seeds < 2) return [main];
  const deviations = cells(({ value, format }) => format(deviationOf(group, value) ?? Number.NaN));
  return [main, { name: ["", `± ${seeds} seeds`], cells: deviations, minor: true }];
}

function fitting(columns: readonly Column[], lines: readonly Line[], width: number): readonly Column[] {
  let shown = columns.filter(({ rank }) => rank > 0);
  while (shown.length > 2 && sum(shown.map((column) => widthOf(column, lines) + gap.length)) > width) {
    const least = Math.min(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank > least);
  }
  return shown;
}

/** Each heading at the start of its group of columns. */
function groupTitles(shown: readonly Column[], lines: readonly Line[]): string {
  let text = "";
  let end = 0;
  for (const [i, column] of shown.entries()) {
    if (column.group !== "" && column.group !== shown[i - 1]?.group) text = `${text.padEnd(end)}${gap}${column.group}`;
    end += gap.length + widthOf(column, lines);
  }
  return text;
}

const widthOf = (column: Column, lines: readonly Line[]): number =>
  Math.max(column.title.length, ...lines.map(({ cells }) => (cells.get(column) as string).length));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function notes({ data }: BenchDocument, groups: readonly RowGroup[]): readonly string[] {
  const { random, caveats } = readingAid(groups);
  const reading = isHard(data)
    ? [
        "found: share of features with a decoder row of cosine above .9; +composite: those that only a row with their parents' sum holds.",
        "f1: how well latents predict their features; mcc: mean cosine one to one; fvu: share of the variance that is missed.",
      ]
    : [
        `mgt95: share of features matched above .95; mip: mean best match (random rows: ${random}).`,
        "Judge recovery by the decoder, together with fvu; raw depends on the length of the rows.",
      ];
  return [...reading, ...caveats];
}

function conclusionLines(
  { conclusion }: BenchDocument,
  width: number,
  paint: (code: number, text: string) => string,
): readonly string[] {
  if (conclusion.length === 0) return [];
  return ["", paint(1, "Conclusion"), ...conclusion.flatMap((text) => wrapped(text, width))];
}
