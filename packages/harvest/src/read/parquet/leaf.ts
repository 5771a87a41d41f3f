import { type Dtype, FormatError } from "@monosema/tensor";
import type { ColumnMetaData, FileMetaData, SchemaTree } from "hyparquet";

/** The numbers at the bottom of a column. */
export interface Leaf {
  /** Name of the column. */
  readonly name: string;
  /** Names from the column down to the numbers, joined by dots. */
  readonly path: string;
  /** Kind of the numbers. */
  readonly dtype: Dtype;
  /** Levels of lists. */
  readonly lists: number;
  /** Levels at which something may be absent. */
  readonly optional: number;
}

/** The columns of a file that hold numbers, or lists of them. */
export function leavesOf(schema: SchemaTree): readonly Leaf[] {
  return schema.children.flatMap((column) => {
    const steps = chain(column);
    const last = steps.at(-1);
    const dtype = last && dtypeOf(last);
    if (last === undefined || dtype === undefined) return [];
    const kinds = steps.map(({ element }) => element.repetition_type);
    return [
      {
        name: column.element.name,
        path: last.path.join("."),
        dtype,
        lists: kinds.filter((kind) => kind === "REPEATED").length,
        optional: kinds.filter((kind) => kind !== "REQUIRED").length,
      },
    ];
  });
}

/** From a column down to its only leaf; empty where it has several. */
function chain(column: SchemaTree): readonly SchemaTree[] {
  const [child, ...others] = column.children;
  if (child === undefined) return [column];
  if (others.length > 0) return [];
  const below = chain(child);
  return below.length > 0 ? [column, ...below] : [];
}

function dtypeOf({ element: { type, type_length, logical_type, converted_type } }: SchemaTree): Dtype | undefined {
  if (type === "FLOAT") return "F32";
  if (type === "DOUBLE") return "F64";
  if (type === "FIXED_LEN_BYTE_ARRAY") return logical_type?.type === "FLOAT16" && type_length === 2 ? "F16" : undefined;
  // Dates, times and decimals are stored as whole numbers.
  const whole =
    logical_type === undefined ? (converted_type ?? "INT").includes("INT") : logical_type.type === "INTEGER";
  if (!whole) return undefined;
  if (type === "INT32") return "I32";
  return type === "INT64" ? "I64" : undefined;
}

/** A column in a group of so many rows. */
export type Chunk = ColumnMetaData & { readonly rows: number };

/** The chunks of a column, one for each group of rows. */
export function chunksOf({ row_groups }: FileMetaData, { path, name }: Leaf, file: string): readonly Chunk[] {
  return row_groups.map(({ columns, num_rows }) => {
    const found = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === path);
    const counts = [Number(num_rows), Number(found?.meta_data?.num_values)];
    if (found?.meta_data === undefined || found.file_path !== undefined || !counts.every((count) => count >= 0)) {
      const message = `every group of rows must hold the column ${name}, got one without; save the file again`;
      throw new FormatError("parquet-footer", message, { file, tensor: name });
    }
    return { ...found.meta_data, rows: Number(num_rows) };
  });
}
