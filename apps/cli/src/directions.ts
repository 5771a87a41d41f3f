import { allRows, openData } from "./data.js";
import { refuseWidth } from "./refuseWidth.js";
import { UsageError } from "./usageError.js";

/**
 * Reads directions from a file, one per row, of any length.
 *
 * @returns `[n, width]`
 * @throws UsageError for another width, or a row of zeros
 */
export async function openDirections(option: string, path: string, width: number): Promise<Float32Array> {
  const rows = await openData(option, path);
  refuseWidth(option, rows.columns, width);
  const directions = await allRows(rows);
  for (let row = 0; row < rows.rows; row++) {
    if (directions.subarray(row * width, (row + 1) * width).every((value) => value === 0)) {
      throw new UsageError(
        `--${option} must hold a direction in every row, got zeros in row ${row} of ${path}; leave it out`,
      );
    }
  }
  return directions;
}
