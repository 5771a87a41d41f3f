import { type ByteSource, FormatError, parseJson, readText } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { columnMatrix } from "./arrow/columnMatrix.js";
import { type ArrowMessages, beginsArrow, readMessages } from "./arrow/messages.js";
import { type RecordOrigin, recordOrigin } from "./arrow/recordOrigin.js";
import type { NumberColumn } from "./arrow/schema.js";
import { joinedRows } from "./joinedRows.js";
import { joinedOrigin, tokenNames } from "./originTensors.js";
import { pickMatrix } from "./pickMatrix.js";
import { areOf, filesEnding, openNamed } from "./setFiles.js";

/**
 * Arrow files of the stream and the file format, as Hugging Face datasets and SAELens' caches are: each column of lists of
 * floating-point numbers is a matrix, of which the innermost lists are the rows. Files of a folder are read one after the other.
 */
export const arrow: ActivationFormat = {
  name: "arrow",
  detects: async (files) => await areOf(files, ".arrow", beginsArrow),
  async open(files) {
    const names = await dataFiles(files);
    const parts: ArrowFile[] = [];
    for (const name of names) parts.push(await openFile(await openNamed(files, name, "state.json")));
    const matrices = parts[0]?.columns.filter(isMatrix).map(({ name }) => name) ?? [];
    const [first] = matrices;
    const origin = first === undefined ? undefined : joinedOrigin(originsOf(parts, first));
    return {
      matrices,
      matrix: async (asked) => {
        const name = pickMatrix(matrices, asked, files.name);
        return joinedRows(
          files.name,
          parts.map((part) => columnMatrix(part.source, part.batches, columnOf(part, name))),
        );
      },
      files: names.map((name) => ({ name })),
      ...(origin ? { origin } : {}),
    };
  },
};

interface ArrowFile extends ArrowMessages {
  readonly source: ByteSource;
}

async function openFile(source: ByteSource): Promise<ArrowFile> {
  return { source, ...(await readMessages(source)) };
}

const isMatrix = ({ dtype, lists }: NumberColumn): boolean => dtype.startsWith("F") && lists.length > 0;

/** The files of a data set: those that its state.json lists, else all, or those of its data where indices and caches lie beside. */
async function dataFiles(files: Files): Promise<readonly string[]> {
  const all = filesEnding(files, ".arrow");
  if (files.main !== undefined) return all;
  if (files.names.includes("state.json")) {
    const state = parseJson(await readText(await files.open("state.json")), "state.json") as StateJson | null;
    const listed: readonly unknown[] = Array.isArray(state?._data_files) ? state._data_files : [];
    const names = listed.flatMap((file) => (Object(file) as { readonly filename?: unknown }).filename ?? []);
    if (names.length > 0) return names.map(String);
  }
  const data = all.filter((name) => /^data-\d/.test(name));
  return data.length > 0 ? data : all;
}

/** What is read of the file that datasets write beside the data. */
interface StateJson {
  readonly _data_files?: unknown;
}

function columnOf({ columns, source }: ArrowFile, name: string): NumberColumn {
  const found = columns.find((column) => column.name === name && isMatrix(column));
  if (found !== undefined) return found;
  const message = `every file must have the column ${name}, got none; leave the file out`;
  throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
}

function originsOf(parts: readonly ArrowFile[], name: string): readonly RecordOrigin[] {
  let records = 0;
  return parts.map((part) => {
    const { source, batches, columns } = part;
    const tokens = columns.find((column) => tokenNames.includes(column.name) && /^[IU]/.test(column.dtype));
    const origin = recordOrigin(source, batches, columnOf(part, name), tokens, records);
    records += batches.reduce((sum, { rows }) => sum + rows, 0);
    return origin;
  });
}
