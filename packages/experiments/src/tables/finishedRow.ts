import type { RowResult, Scores, Series } from "./table.js";

/** A row that has run for one seed. */
export interface FinishedRow extends RowResult {
  /** Name of the table. */
  readonly table: string;
  /** Name of the row. */
  readonly row: string;
  /** Seed. */
  readonly seed: number;
  /** Its recipe, as {@link recipeKey} writes it. */
  readonly key: string;
  /** Seconds that it took. */
  readonly seconds: number;
}

/** Version of the code behind the recipes: raised where the same recipe would give other scores than before. */
const VERSION = 1;

/** A recipe as text: finished rows with the same text are the same experiment. */
export const recipeKey = (recipe: unknown): string => JSON.stringify([VERSION, recipe]);

/** Finished rows as lines of JSON. */
export const writeFinishedRows = (rows: readonly FinishedRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/**
 * Reads lines that {@link writeFinishedRows} has written.
 *
 * @throws RangeError for a line that is none, with its number
 */
export function readFinishedRows(text: string): readonly FinishedRow[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const row = parsed(line);
    if (row === undefined) {
      throw new RangeError(
        `readFinishedRows: each line must be a finished row, got ${line.slice(0, 40)} in line ${i + 1}; remove the line`,
      );
    }
    return [row];
  });
}

function parsed(line: string): FinishedRow | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { table, row, seed, key, seconds, ours, series = {} } = Object(value) as Partial<FinishedRow>;
  const holds =
    typeof table === "string" &&
    typeof row === "string" &&
    Number.isSafeInteger(seed) &&
    typeof key === "string" &&
    typeof seconds === "number";
  return holds && isScores(ours) && isSeries(series) ? (value as FinishedRow) : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isScores = (value: unknown): value is Scores =>
  isRecord(value) && Object.values(value).every((score) => score === null || typeof score === "number");

const isSeries = (value: unknown): value is Series =>
  isRecord(value) && Object.values(value).every((list) => Array.isArray(list));
