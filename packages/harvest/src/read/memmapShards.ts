import {
  type ByteSource,
  checkFinite,
  type Dtype,
  decodeElements,
  FormatError,
  type MatrixSource,
  parseJson,
  readText,
  toFloat32,
} from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { oneMatrix } from "./oneMatrix.js";
import { shardsBeside } from "./setFiles.js";

/**
 * The ActivationCache of dictionary_learning: config.json, and for each shard the bare numbers in shard_0.memmap with their shape in
 * shard_0.meta.
 */
export const memmapShards: ActivationFormat = {
  name: "memmap cache",
  detects: async (files) => shardsOf(files).length > 0,
  async open(files) {
    const { dtype: stated } = await recordIn(files, "config.json");
    const dtype = dtypes.get(stated ?? "torch.float32");
    if (dtype === undefined) {
      const message = `dtype must be one of ${[...dtypes.keys()].join(", ")}, got ${JSON.stringify(stated)}; cache again`;
      throw new FormatError("unsupported-dtype", message, { file: "config.json" });
    }
    const parts: MatrixSource[] = [];
    for (const name of shardsOf(files)) parts.push(await openShard(files, name, dtype));
    return {
      ...oneMatrix(files, "", async () => parts),
      files: parts.map(({ name }) => ({ name })),
    };
  },
};

const dtypes: ReadonlyMap<unknown, Dtype> = new Map([
  ["torch.float32", "F32"],
  ["torch.float16", "F16"],
  ["torch.bfloat16", "BF16"],
]);

const shardsOf = (files: Files): readonly string[] => shardsBeside(files, "config.json", /^shard_\d+\.memmap$/);

async function openShard(files: Files, name: string, dtype: Dtype): Promise<MatrixSource> {
  const source = await files.open(name);
  const meta = name.replace(/memmap$/, "meta");
  if (!files.names.includes(meta)) {
    throw new FormatError("missing-file", `its shape must stand in ${meta}, got no such file; restore it`, {
      file: name,
    });
  }
  const { shape } = await recordIn(files, meta);
  const [rows, columns, ...more] = Array.isArray(shape) ? shape : [];
  if (!isCount(rows) || !isCount(columns) || columns < 1 || more.length > 0) {
    const message = `the shape must be [rows, width], got ${JSON.stringify(shape) ?? "none"}; cache again`;
    throw new FormatError("bad-shape", message, { file: meta });
  }
  return bareMatrix(source, dtype, rows, columns);
}

async function recordIn(files: Files, name: string): Promise<Readonly<Record<string, unknown>>> {
  return (parseJson(await readText(await files.open(name)), name) ?? {}) as Readonly<Record<string, unknown>>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Numbers without a header. */
function bareMatrix(source: ByteSource, dtype: Dtype, rows: number, columns: number): MatrixSource {
  const bytes = dtype === "F32" ? 4 : 2;
  if (source.size !== bytes * rows * columns) {
    const message = `the shard must have ${bytes * rows * columns} bytes for ${dtype} [${rows}, ${columns}], got ${source.size}; it is cut short or of another dtype`;
    throw new FormatError("size-mismatch", message, { file: source.name });
  }
  return {
    name: source.name,
    rows,
    columns,
    async readRows(start, count) {
      const read = await source.read(bytes * start * columns, bytes * count * columns);
      const values = toFloat32(decodeElements(dtype, read));
      checkFinite(values, columns, start, source.name);
      return values;
    },
    close: async () => {},
  };
}
