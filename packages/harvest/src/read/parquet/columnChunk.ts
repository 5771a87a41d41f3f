import { type ByteSource, FormatError } from "@monosema/tensor";
import type { ColumnMetaData } from "hyparquet";
import { type Decoder, decodePage, type PageValues, usesDictionary } from "./decodePage.js";
import type { Leaf } from "./leaf.js";
import { type Page, readPages } from "./pages.js";

/** The numbers of a column in one group of rows. */
export interface ColumnChunk {
  /** How many. */
  readonly count: number;
  /** Calls `take` with the numbers of each page that holds some from `start` to `start + count - 1`, and the number of its first. */
  pages(start: number, count: number, take: (page: PageValues, first: number) => void): Promise<void>;
  /** Numbers of its first page. */
  firstPage(): Promise<number>;
}

/** Opens a column in a group of rows; its pages are found when the first is read. */
export function columnChunk(source: ByteSource, meta: ColumnMetaData, leaf: Leaf): ColumnChunk {
  const count = Number(meta.num_values);
  let found: Promise<readonly Page[]> | undefined;
  const pages = async (): Promise<readonly Page[]> => {
    found ??= pagesOf(source, meta, leaf, count);
    return await found;
  };
  const holdsValues = ({ kind }: Page): boolean => kind !== "dictionary";
  return {
    count,
    firstPage: async () => (await pages()).find(holdsValues)?.values ?? 0,
    async pages(start, some, take) {
      const all = await pages();
      const decoder: Decoder = { leaf, codec: meta.codec };
      const coded = all.find((page) => !holdsValues(page));
      let dictionary: Promise<PageValues> | undefined;
      /** The decoder of a page; those of a full dictionary are followed by plain ones. */
      const decoderOf = async (page: Page): Promise<Decoder> => {
        if (coded === undefined || !usesDictionary(page)) return decoder;
        dictionary ??= decodePage(source, coded, decoder);
        return { ...decoder, dictionary: (await dictionary).values };
      };
      let first = 0;
      for (const page of all.filter(holdsValues)) {
        if (first >= start + some) return;
        if (first + page.values > start) take(await decodePage(source, page, await decoderOf(page)), first);
        first += page.values;
      }
    },
  };
}

async function pagesOf(source: ByteSource, meta: ColumnMetaData, leaf: Leaf, count: number): Promise<readonly Page[]> {
  const [data, dictionary, size] = [meta.data_page_offset, meta.dictionary_page_offset, meta.total_compressed_size].map(
    Number,
  );
  const start = dictionary !== undefined && dictionary > 0 ? Math.min(dictionary, data as number) : (data as number);
  const end = start + (size as number);
  const at = { file: source.name, tensor: leaf.name };
  if (!(start >= 0 && end >= start && end <= source.size)) {
    const message = `${leaf.name} must lie in the ${source.size} bytes of the file, got ${start} to ${end}; it is cut short`;
    throw new FormatError("parquet-footer", message, at);
  }
  const pages = await readPages(source, start, end);
  const got = pages.reduce((sum, { kind, values }) => sum + (kind === "dictionary" ? 0 : values), 0);
  if (got === count) return pages;
  throw new FormatError(
    "parquet-page",
    `${leaf.name} must have ${count} values in a group of rows, got ${got}; save the file again`,
    at,
  );
}
