import { inMemory, type Rows } from "@monosema/sdl";
import { type MatrixSource, readText } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import { type Matrices, openMatrices, unlessUnreadable } from "./matrices.js";
import { UsageError } from "./usageError.js";

/** Data up to this many bytes are held in memory. */
const memory = 2 ** 30;
/** Bytes that are read together where the data are larger. */
const blockBytes = 2 ** 20;

/**
 * Opens samples [N, P], whose texts are `FILE` or `FILE:matrix` each, where FILE may be a folder or a pattern: their rows follow each
 * other. Up to 1 GiB they are read and checked at once.
 *
 * @throws UsageError where nothing can be opened or a matrix must be named, FormatError where it cannot be read
 */
export async function openData(option: string, ...texts: readonly string[]): Promise<Rows> {
  return await rowsOf(option, await openMatrices(option, texts), texts);
}

/** The rows of opened matrices, which are closed again where all are held in memory. */
async function rowsOf(option: string, { matrix }: Matrices, texts: readonly string[]): Promise<Rows> {
  let needed = false;
  try {
    const rows = await heldRows(option, matrix, texts);
    needed = rows.readRows === matrix.readRows;
    return rows;
  } finally {
    if (!needed) await matrix.close();
  }
}

/**
 * The rows of an opened matrix: those of up to 1 GiB in memory, read and checked at once.
 *
 * @throws UsageError where there are none
 */
export async function heldRows(option: string, matrix: MatrixSource, texts: readonly string[]): Promise<Rows> {
  if (matrix.rows < 1)
    throw new UsageError(`--${option} must hold at least one sample, got none in ${texts.join(", ")}; check the data`);
  const rows = await inMemory(matrix, memory);
  return rows === matrix ? { ...matrix, block: matrix.block ?? Math.ceil(blockBytes / (4 * matrix.columns)) } : rows;
}

/** Throws unless targets belong to `input` row by row. */
export function refuseUnpaired(target: Rows, input: Rows): void {
  if (target.rows === input.rows) return;
  throw new UsageError(`--target must have as many rows as --data, ${input.rows}, got ${target.rows}; pair them`);
}

/**
 * Opens the samples of a dictionary of several sources, or its targets: files that hold all of them side by side follow each other by
 * rows; else each file is one.
 *
 * @param widths - of the sources; one where there is one
 * @throws UsageError where the files are neither, or as {@link openData}
 */
export async function openSources(option: string, texts: readonly string[], widths: readonly number[]): Promise<Rows> {
  const parts: Rows[] = [];
  for (const side of await openSides(option, texts, widths)) parts.push(await rowsOf(option, side, side.texts));
  return await stacked(option, parts);
}

/** Matrices whose rows follow each other, beside others. */
export interface Side extends Matrices {
  /** The texts that name them. */
  readonly texts: readonly string[];
}

/**
 * The matrices that {@link openSources} puts side by side: one for each source, or one of all of them.
 *
 * @throws UsageError where the files are neither
 */
export async function openSides(
  option: string,
  texts: readonly string[],
  widths: readonly number[],
): Promise<readonly Side[]> {
  const open = async (own: readonly string[]): Promise<Side> => ({ ...(await openMatrices(option, own)), texts: own });
  if (texts.length === 1 || widths.length === 1) return [await open(texts)];
  const sides: Side[] = [];
  for (const text of texts) sides.push(await open([text]));
  const got = sides.map(({ matrix }) => matrix.columns);
  if (got.length === widths.length && got.every((width, i) => width === widths[i])) return sides;
  for (const { matrix } of sides) await matrix.close();
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (got[0] === total) return [await open(texts)];
  throw new UsageError(
    `--${option} must name a file for each source of the dictionary, of ${widths.join(", ")} columns, or files of all ${total} columns, got ${got.join(", ")}; give them in its order`,
  );
}

/** Reads a file of text. */
export async function openText(option: string, path: string): Promise<string> {
  const source = await unlessUnreadable(option, path, fileSource(path));
  return await readText(source).finally(() => source.close());
}

/** Rows for means and norms: all where they are in memory, else the first 100,000. */
export async function sampleRows({ rows, columns, readRows }: Rows): Promise<Float32Array> {
  return await readRows(0, 4 * rows * columns <= memory ? rows : Math.min(rows, 100_000));
}

/** All rows in one array. */
export async function allRows({ rows, readRows }: Rows): Promise<Float32Array> {
  return await readRows(0, rows);
}

/** One source as it is, several side by side. */
export async function stacked(option: string, parts: readonly Rows[]): Promise<Rows> {
  const [first] = parts;
  if (first === undefined) throw new UsageError("--data must be given; see monosema train --help");
  if (parts.length === 1) return first;
  const { rows } = first;
  for (const part of parts) {
    if (part.rows !== rows) {
      throw new UsageError(
        `--${option} files that stand side by side must have the same number of rows, got ${parts.map((p) => p.rows).join(" and ")}; pair them`,
      );
    }
  }
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const block = Math.max(...parts.map((part) => part.block ?? 0));
  return await inMemory(
    {
      rows,
      columns,
      ...(block > 0 ? { block } : {}),
      async readRows(start, count) {
        const out = new Float32Array(count * columns);
        let at = 0;
        for (const part of parts) {
          const values = await part.readRows(start, count);
          for (let b = 0; b < count; b++)
            out.set(values.subarray(b * part.columns, (b + 1) * part.columns), b * columns + at);
          at += part.columns;
        }
        return out;
      },
    },
    memory,
  );
}
