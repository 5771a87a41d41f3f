import { type ByteSource, checkFinite, FormatError, type MatrixSource, readStart } from "@monosema/tensor";
import type { FileMetaData } from "hyparquet";
import type { ActivationFormat } from "./activationFormat.js";
import { blockedRows } from "./blockedRows.js";
import { joinedRows, rowsInOrder } from "./joinedRows.js";
import { joinedOrigin, tokenNames } from "./originTensors.js";
import { type Leaf, leavesOf } from "./parquet/leaf.js";
import { listGroups } from "./parquet/listGroups.js";
import { type Groups, tableGroups } from "./parquet/tableGroups.js";
import { tokenReader } from "./parquet/tokenReader.js";
import { pickMatrix } from "./pickMatrix.js";
import { areOf, filesEnding } from "./setFiles.js";

/**
 * Parquet files: each column of lists of floating-point numbers is a matrix, of which the innermost lists are the rows; without one the
 * columns of floating-point numbers, else those of whole numbers, are the dimensions. Files of a folder are read one after the other.
 */
export const parquet: ActivationFormat = {
  name: "parquet",
  detects: async (files) => await areOf(files, ".parquet", begins),
  async open(files) {
    const names = filesEnding(files, ".parquet");
    const parts: ParquetFile[] = [];
    for (const name of names) parts.push(await openFile(await files.open(name)));
    const matrices = parts[0] ? namesOf(parts[0].leaves) : [];
    const [first] = matrices;
    const origin = first === undefined ? undefined : joinedOrigin(parts.map((part) => tokensOf(part, first)));
    return {
      matrices,
      matrix: async (asked) => {
        const name = pickMatrix(matrices, asked, files.name);
        const sources: MatrixSource[] = [];
        for (const part of parts) sources.push(await fileMatrix(part, name));
        return joinedRows(files.name, sources);
      },
      files: names.map((name) => ({ name })),
      ...(origin ? { origin } : {}),
    };
  },
};

const begins = (start: Uint8Array): boolean => [..."PAR1"].every((letter, i) => start[i] === letter.charCodeAt(0));

interface ParquetFile {
  readonly source: ByteSource;
  readonly metadata: FileMetaData;
  readonly leaves: readonly Leaf[];
}

async function openFile(source: ByteSource): Promise<ParquetFile> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  await readStart(source, 4); // refuses a pointer to the file
  const slice = async (start: number, end: number = source.size): Promise<ArrayBuffer> => {
    const bytes = await source.read(start, end - start);
    return new Uint8Array(bytes).buffer;
  };
  try {
    const metadata = await parquetMetadataAsync({ byteLength: source.size, slice }, { geoparquet: false });
    return { source, metadata, leaves: leavesOf(parquetSchema(metadata)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the file must end with a footer of parquet, got: ${reason}; it is damaged or cut short`;
    throw new FormatError("parquet-footer", message, { file: source.name });
  }
}

const isMatrix = ({ dtype, lists }: Leaf): boolean => dtype.startsWith("F") && lists > 0;

/** Columns of lists; a table of numbers has one matrix without a name. */
function namesOf(leaves: readonly Leaf[]): readonly string[] {
  const lists = leaves.filter(isMatrix).map(({ name }) => name);
  if (lists.length > 0) return lists;
  return dimensionsOf(leaves).length > 0 ? [""] : [];
}

/** As elsewhere, whole numbers beside floating-point ones are labels or ids. */
function dimensionsOf(leaves: readonly Leaf[]): readonly Leaf[] {
  const flat = leaves.filter(({ lists }) => lists === 0);
  const floating = flat.filter(({ dtype }) => dtype.startsWith("F"));
  return floating.length > 0 ? floating : flat;
}

/** The tokens of a file whose columns have some. */
function tokensOf(file: ParquetFile, matrix: string): Parameters<typeof joinedOrigin>[0][number] {
  const leaf = file.leaves.find(({ name, dtype }) => tokenNames.includes(name) && /^[IU]/.test(dtype));
  if (leaf === undefined) return { rows: 0, origin: undefined };
  const { rows, read } = tokenReader(
    file.source,
    file.metadata,
    leaf,
    async () => (await fileMatrix(file, matrix)).rows,
  );
  return { rows, origin: { tokens: read } };
}

async function fileMatrix(file: ParquetFile, name: string): Promise<MatrixSource> {
  const { source } = file;
  const { groups, columns, block } = await groupsOf(file, name);
  const { rows, readRows } = blockedRows(rowsInOrder(groups, columns), columns, block);
  return {
    name: source.name,
    rows,
    columns,
    block,
    readRows: async (start, count) => {
      const values = await readRows(start, count);
      checkFinite(values, columns, start, source.name);
      return values;
    },
    close: async () => {},
  };
}

async function groupsOf({ source, metadata, leaves }: ParquetFile, name: string): Promise<Groups> {
  if (name === "") return await tableGroups(source, metadata, dimensionsOf(leaves));
  const leaf = leaves.find((one) => one.name === name && isMatrix(one));
  if (leaf !== undefined) return await listGroups(source, metadata, leaf);
  const message = `every file must have the column ${name}, got none; leave the file out`;
  throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
}
