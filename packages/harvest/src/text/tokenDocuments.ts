import { type ByteSource, FormatError, openNpy, parseJson, readText, toNumbers } from "@monosema/tensor";
import type { HarvestDocument } from "../source/harvestDocument.js";

/** Token ids read at a time. */
const chunk = 2 ** 18;

/** Token ids from a file. */
export interface TokenDocuments {
  /** Number of tokens. */
  readonly tokens: number;
  /** Documents in order; may be asked for again. */
  documents(): AsyncIterable<HarvestDocument>;
}

/**
 * Opens token ids: npy `[documents, tokens]` or `[tokens]` (one document), streamed; or JSON, a list of lists of ids.
 *
 * @throws FormatError `bad-tokens` for what are no token ids
 */
export async function openTokens(source: ByteSource): Promise<TokenDocuments> {
  return source.name.toLowerCase().endsWith(".npy") ? await fromNpy(source) : await fromJson(source);
}

async function fromNpy(source: ByteSource): Promise<TokenDocuments> {
  const npy = await openNpy(source);
  if (!/^[IU]\d/.test(npy.dtype) || npy.shape.length < 1 || npy.shape.length > 2) {
    throw refused(
      source.name,
      `an array of whole numbers [documents, tokens] or [tokens]`,
      `${npy.dtype} [${npy.shape.join(", ")}]`,
    );
  }
  const [rows = 0, width] = npy.shape;
  const tokens = rows * (width ?? 1);
  const read = async (start: number, count: number): Promise<Int32Array> =>
    ids(toNumbers((await npy.readRows(start, count)).data, { file: source.name }), source.name);
  return {
    tokens,
    async *documents() {
      if (width === undefined) {
        // One text may be longer than memory: it comes in pieces, each a document of its own.
        for (let start = 0, id = 0; start < rows; start += chunk, id++) {
          const content = await read(start, Math.min(chunk, rows - start));
          yield { id, content, share: (start + content.length) / rows };
        }
        return;
      }
      const most = Math.max(1, Math.floor(chunk / Math.max(1, width)));
      for (let start = 0; start < rows; start += most) {
        const count = Math.min(most, rows - start);
        const some = await read(start, count);
        for (let i = 0; i < count; i++) {
          const id = start + i;
          yield { id, content: some.subarray(i * width, (i + 1) * width), share: (id + 1) / rows };
        }
      }
    },
  };
}

async function fromJson(source: ByteSource): Promise<TokenDocuments> {
  const list = parseJson(await readText(source), source.name);
  const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
  if (!isList(list) || !list.every(isList)) throw refused(source.name, "a list of lists of token ids", typeof list);
  const documents = list.map((item) => ids(item as readonly number[], source.name));
  return {
    tokens: documents.reduce((sum, { length }) => sum + length, 0),
    async *documents() {
      for (const [id, content] of documents.entries()) yield { id, content, share: (id + 1) / documents.length };
    },
  };
}

function ids(values: ArrayLike<number>, file: string): Int32Array {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 31)) {
      throw refused(file, "whole numbers from 0 on", String(value));
    }
  }
  return Int32Array.from(values);
}

const refused = (file: string, required: string, got: string): FormatError =>
  new FormatError("bad-tokens", `token ids must be ${required}, got ${got}; convert them`, { file });
