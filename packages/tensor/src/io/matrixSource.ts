import { FormatError } from "../errors.js";
import { type ByteSource, checkRange } from "./byteSource.js";
import { elementCount, toFloat32 } from "./dtype.js";
import type { TensorReader } from "./tensorReader.js";
import { openTensors, type TensorsReader } from "./tensors/openTensors.js";

/** A matrix of float32 that can be read by rows, such as a file of activations. */
export interface MatrixSource {
  /** Name for messages, usually the file name. */
  readonly name: string;
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** Rows that are decoded together, so that one of them costs as much as all; absent where any row can be read by itself. */
  readonly block?: number;
  /**
   * Rows `start` to `start + count - 1`, `[count, columns]` row-major. May be a view that the source keeps: do not write into it.
   * FormatError `not-finite` names the row of the file; RangeError past the end.
   */
  readRows(start: number, count: number): Promise<Float32Array>;
  /** Closes the source. */
  close(): Promise<void>;
}

/** Options of {@link openMatrix}. */
export interface OpenMatrixOptions {
  /** Name of the tensor in a file of several; default: its only tensor with two or more axes, or the only one of floating point. */
  readonly tensor?: string;
}

/**
 * Opens a file of npy, npz, safetensors or PyTorch, told apart by their first bytes, as a matrix: any number type becomes float32; more
 * than two axes are flattened to [product of the leading ones, last].
 *
 * @throws FormatError of the format; `bad-shape` for fewer than two axes, `ambiguous-tensor` where a name is needed,
 * `tensor-not-found`, `unknown-format`, `lfs-pointer`
 */
export async function openMatrix(source: ByteSource, options: OpenMatrixOptions = {}): Promise<MatrixSource> {
  const file = await openTensors(source);
  const { tensor } = options;
  if (tensor !== undefined && file.names.length === 1 && file.names[0] === "") {
    const message = `openMatrix: ${file.format} holds one array without a name, got ${tensor}; leave tensor out`;
    throw new RangeError(message);
  }
  const name = tensor ?? (await onlyMatrix(file, source.name));
  return matrix(source, await file.open(name), name);
}

/**
 * Checks that all values of `[rows, columns]` are finite.
 *
 * @param firstRow - row of the file that the values begin with
 * @throws FormatError `not-finite` that names the row of the file and the column
 */
export function checkFinite(values: ArrayLike<number>, columns: number, firstRow: number, file: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      const row = firstRow + Math.floor(i / columns);
      const message = `values must be finite in float32, got ${value} in row ${row}, column ${i % columns}; clean the data`;
      throw new FormatError("not-finite", message, { file });
    }
  }
}

async function onlyMatrix({ names, open }: TensorsReader, file: string): Promise<string> {
  if (names.length === 1 && names[0] === "") return "";
  const matrices: { readonly name: string; readonly floating: boolean }[] = [];
  for (const name of names) {
    const { shape, dtype } = await open(name);
    if (shape.length >= 2) matrices.push({ name, floating: /^B?F\d/.test(dtype) });
  }
  // Token ids and masks lie beside activations; they are whole numbers.
  const floating = matrices.filter((matrix) => matrix.floating);
  const candidates = (matrices.length > 1 && floating.length > 0 ? floating : matrices).map(({ name }) => name);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const required = "the file must hold one tensor with two or more axes";
  throw only === undefined
    ? new FormatError("bad-shape", `${required}, got none; give a file of activations`, { file })
    : new FormatError("ambiguous-tensor", `${required}, got ${candidates.slice(0, 100).join(", ")}; name one`, {
        file,
      });
}

function matrix(source: ByteSource, { shape, readRows }: TensorReader, tensor: string): MatrixSource {
  const at = { file: source.name, ...(tensor === "" ? {} : { tensor }) };
  const columns = shape.at(-1);
  if (columns === undefined || shape.length < 2) {
    throw new FormatError(
      "bad-shape",
      `the data must have rows and columns, got shape [${shape.join(", ")}]; reshape`,
      at,
    );
  }
  const rows = elementCount(shape.slice(0, -1));
  const inner = Math.max(1, elementCount(shape.slice(1, -1)));
  return {
    name: source.name,
    rows,
    columns,
    readRows: async (start, count) => {
      checkRange("readRows", start, count, rows);
      const first = Math.floor(start / inner);
      const last = Math.ceil((start + count) / inner);
      const values = toFloat32((await readRows(first, last - first)).data, at);
      const skipped = (start - first * inner) * columns;
      const part = values.subarray(skipped, skipped + count * columns);
      checkFinite(part, columns, start, source.name);
      return part;
    },
    close: () => source.close(),
  };
}
