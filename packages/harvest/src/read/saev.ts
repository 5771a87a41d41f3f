import {
  type ByteSource,
  checkFinite,
  decodeElements,
  FormatError,
  type MatrixSource,
  parseJson,
  readText,
  toFloat32,
} from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationFormat } from "./activationFormat.js";
import { joinedRows } from "./joinedRows.js";
import { pickMatrix } from "./pickMatrix.js";
import { openNamed } from "./setFiles.js";

/**
 * Shards of saev (protocol 1 and 2): float32 of the shape [examples, layers, tokens, width] in acts000000.bin and so on. Each layer is
 * a matrix, named by its number; all tokens of an example are its rows, that of the class first where there is one.
 */
export const saev: ActivationFormat = {
  name: "saev",
  detects: async ({ main, names }) =>
    (main === undefined || main === "metadata.json" || main === "shards.json") &&
    names.includes("shards.json") &&
    names.includes("metadata.json"),
  async open(files) {
    const shape = await readShape(files);
    const shards: { readonly source: ByteSource; readonly examples: number }[] = [];
    for (const { name, examples } of await readShards(files)) {
      const source = await openNamed(files, name, "shards.json");
      refuseShort(source, shape, examples);
      shards.push({ source, examples });
    }
    const layers = shape.layers.map(String);
    const { tokens } = shape;
    const numbers = (value: (row: number) => number) => async (start: number, count: number) =>
      Int32Array.from({ length: count }, (_, i) => value(start + i));
    return {
      matrices: layers,
      matrix: async (asked) => {
        const layer = layers.indexOf(pickMatrix(layers, asked, files.name));
        return joinedRows(
          files.name,
          shards.map(({ source, examples }) => layerRows(source, shape, examples, layer)),
        );
      },
      files: shards.map(({ source }) => ({ name: source.name })),
      origin: {
        documents: numbers((row) => Math.floor(row / tokens)),
        positions: numbers((row) => row % tokens),
      },
    };
  },
};

interface Shape {
  readonly layers: readonly number[];
  /** Tokens of an example. */
  readonly tokens: number;
  readonly width: number;
}

async function readShape(files: Files): Promise<Shape> {
  const source = await files.open("metadata.json");
  const metadata = (parseJson(await readText(source), source.name) ?? {}) as Readonly<Record<string, unknown>>;
  const refuse = (what: string, got: unknown): FormatError =>
    new FormatError(
      "metadata",
      `the metadata must have ${what}, got ${JSON.stringify(got) ?? "none"}; write them again`,
      {
        file: source.name,
      },
    );
  const { layers, cls_token: cls, dtype = "float32" } = metadata;
  // The names of protocol 2, then those of protocol 1.
  const content = metadata.content_tokens_per_example ?? metadata.n_patches_per_img;
  const width = metadata.d_model ?? metadata.d_vit;
  if (!Array.isArray(layers) || !layers.every(isCount) || layers.length === 0)
    throw refuse("numbers of layers", layers);
  if (!isCount(content)) throw refuse("content_tokens_per_example", content);
  if (!isCount(width) || width < 1) throw refuse("d_model", width);
  if (typeof cls !== "boolean") throw refuse("cls_token", cls);
  if (dtype !== "float32") throw refuse("the dtype float32", dtype);
  const tokens = content + Number(cls);
  if (tokens < 1) throw refuse("tokens", content);
  return { layers, tokens, width };
}

async function readShards(files: Files): Promise<readonly { readonly name: string; readonly examples: number }[]> {
  const source = await files.open("shards.json");
  const shards = parseJson(await readText(source), source.name);
  const list = Array.isArray(shards) ? (shards as readonly (Readonly<Record<string, unknown>> | null)[]) : [];
  const read = list.map((shard) => ({ name: shard?.name, examples: shard?.n_examples ?? shard?.n_imgs }));
  const valid = read.flatMap(({ name, examples }) =>
    typeof name === "string" && isCount(examples) ? [{ name, examples }] : [],
  );
  if (valid.length > 0 && valid.length === read.length) return valid;
  const message = "the file must be a list of shards with name and n_examples, got another; write them again";
  throw new FormatError("metadata", message, { file: source.name });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The last shard may have room for more than it holds. */
function refuseShort({ name, size }: ByteSource, { layers, tokens, width }: Shape, examples: number): void {
  const wanted = 4 * examples * layers.length * tokens * width;
  if (wanted <= size) return;
  const message = `the shard must have ${wanted} bytes for [${examples}, ${layers.length}, ${tokens}, ${width}], got ${size}; it is cut short`;
  throw new FormatError("size-mismatch", message, { file: name });
}

/** The rows of a layer in one shard: the tokens of an example lie together. */
function layerRows(
  source: ByteSource,
  { layers, tokens, width }: Shape,
  examples: number,
  layer: number,
): MatrixSource {
  return {
    name: source.name,
    rows: examples * tokens,
    columns: width,
    async readRows(start, count) {
      const out = new Float32Array(count * width);
      for (let done = 0; done < count; ) {
        const [example, token] = [Math.floor((start + done) / tokens), (start + done) % tokens];
        const some = Math.min(tokens - token, count - done);
        const first = (example * layers.length + layer) * tokens + token;
        out.set(toFloat32(decodeElements("F32", await source.read(4 * first * width, 4 * some * width))), done * width);
        done += some;
      }
      checkFinite(out, width, start, source.name);
      return out;
    },
    close: async () => {},
  };
}
