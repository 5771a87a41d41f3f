import { inMemory, type Rows } from "@monosema/sdl";
import { type ByteSource, openMatrix, readText } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import { dataFile } from "./dataFile.js";
import { UsageError } from "./usageError.js";

/** Data up to this many bytes are held in memory. */
const memory = 2 ** 30;

/**
 * Opens a file of samples (npy, npz, safetensors or PyTorch, [N, P]), given as `FILE` or `FILE:tensor`; files up to 1 GiB are read and checked at
 * once.
 *
 * @throws UsageError where the file cannot be opened or a tensor must be named, FormatError where it cannot be read
 */
export async function openData(option: string, text: string): Promise<Rows> {
  const { path, tensor } = dataFile(text);
  const source = await opened(option, path);
  let needed = false;
  try {
    const matrix = await openMatrix(source, tensor === undefined ? {} : { tensor }).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(
        `--${option} must name no tensor in ${path}, which holds one array without a name, got ${tensor}; drop it`,
        { cause: error },
      );
    });
    if (matrix.rows < 1)
      throw new UsageError(`--${option} must hold at least one sample, got none in ${path}; check the data`);
    const rows = await inMemory(matrix, memory);
    needed = rows === matrix;
    return rows;
  } finally {
    if (!needed) await source.close();
  }
}

/** Opens the targets that belong to `input` row by row, where a path is given. */
export async function openTarget(path: string | undefined, input: Rows): Promise<Rows | undefined> {
  if (path === undefined) return undefined;
  const target = await openData("target", path);
  if (target.rows === input.rows) return target;
  throw new UsageError(`--target must have as many rows as --data, ${input.rows}, got ${target.rows}; pair them`);
}

/** Reads a file of text. */
export async function openText(option: string, path: string): Promise<string> {
  const source = await opened(option, path);
  return await readText(source).finally(() => source.close());
}

async function opened(option: string, path: string): Promise<ByteSource> {
  return await fileSource(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--${option} must name a readable file, got ${path} (${error.code ?? error.message}); check the path`,
      { cause: error },
    );
  });
}

/** Rows for means and norms: all where they are in memory, else the first 100,000. */
export async function sampleRows({ rows, columns, readRows }: Rows): Promise<Float32Array> {
  return await readRows(0, 4 * rows * columns <= memory ? rows : Math.min(rows, 100_000));
}

/** All rows in one array. */
export async function allRows({ rows, readRows }: Rows): Promise<Float32Array> {
  return await readRows(0, rows);
}

/** One source as it is, several side by side, for crosscoders. */
export async function stacked(parts: readonly Rows[]): Promise<Rows> {
  const [first] = parts;
  if (first === undefined) throw new UsageError("--data must be given; see monosema train --help");
  if (parts.length === 1) return first;
  const { rows } = first;
  for (const part of parts) {
    if (part.rows !== rows) {
      throw new UsageError(
        `--data files of a crosscoder must have the same number of rows, got ${parts.map((p) => p.rows).join(" and ")}; pair them`,
      );
    }
  }
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  return await inMemory(
    {
      rows,
      columns,
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
