import { FormatError, type MatrixSource } from "@monosema/tensor";

/** Rows that are read by ranges. */
export type RowReader = Pick<MatrixSource, "rows" | "readRows">;

/**
 * The rows of several matrices, one after the other `[sum of the rows, columns]`; they are closed together.
 *
 * @param name - for messages
 * @throws FormatError `bad-shape` where there are none or their widths differ
 */
export function joinedRows(name: string, parts: readonly MatrixSource[]): MatrixSource {
  const [first] = parts;
  if (first === undefined) {
    throw new FormatError("bad-shape", "the data must hold a matrix, got none; name other files", { file: name });
  }
  const { columns } = first;
  const other = parts.find((part) => part.columns !== columns);
  if (other !== undefined) {
    const message = `files must have the same number of columns, got ${columns} in ${first.name} and ${other.columns} in ${other.name}; give those of one place in a model`;
    throw new FormatError("bad-shape", message, { file: name });
  }
  const block = parts.reduce((largest, part) => Math.max(largest, part.block ?? 0), 0);
  return {
    name,
    ...rowsInOrder(parts, columns),
    columns,
    ...(block > 0 ? { block } : {}),
    close: async () => {
      for (const part of parts) await part.close();
    },
  };
}

/** RangeError unless `count` rows from `start` lie within `total`. */
export function refuseRange(start: number, count: number, total: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(count) && start >= 0 && count >= 0 && start + count <= total)
    return;
  throw new RangeError(
    `readRows: start and count must lie within 0 to ${total}, got ${start} and ${count}; ask for less`,
  );
}

/** Readers of rows as one: what crosses their borders is put together. */
export function rowsInOrder(parts: readonly RowReader[], columns: number): RowReader {
  const starts = [0];
  for (const { rows } of parts) starts.push((starts.at(-1) as number) + rows);
  const total = starts.at(-1) as number;
  return {
    rows: total,
    async readRows(start, count) {
      refuseRange(start, count, total);
      let part = partAt(starts, start);
      const within = start - (starts[part] as number);
      const reader = parts[part];
      if (reader !== undefined && within + count <= reader.rows) return await reader.readRows(within, count);
      const out = new Float32Array(count * columns);
      for (let done = 0; done < count; part++) {
        const { rows, readRows } = parts[part] as RowReader;
        const first = start + done - (starts[part] as number);
        const some = Math.min(rows - first, count - done);
        if (some > 0) out.set(await readRows(first, some), done * columns);
        done += some;
      }
      return out;
    },
  };
}

/** The last part that begins at or before a row, by bisection. */
export function partAt(starts: ArrayLike<number>, row: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= row) low = middle;
    else high = middle;
  }
  return low;
}
