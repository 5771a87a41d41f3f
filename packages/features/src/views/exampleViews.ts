import type { Rows } from "@monosema/sdl";
import type { ExampleView, ImageView, TokenView } from "../exampleView.js";
import type { Example, FeatureRecord } from "../featureRecord.js";
import type { RowTexts } from "../finish/contextKeys.js";
import { placeOf, sortedRows } from "../finish/sortedRows.js";
import { type ContextWindow, contextWindows } from "../origin/contextWindows.js";
import type { RowOrigin } from "../origin/rowOrigin.js";
import type { CodeLookup } from "./codesOf.js";

/** What examples are shown by. */
export interface ViewSources {
  /** The rows `[N, P]`. */
  readonly samples: Rows;
  /** Where they come from. */
  readonly origin?: RowOrigin;
  /** Texts of tokens by their ids; without one they are shown as their ids. */
  readonly vocabulary?: ReadonlyMap<number, string>;
  /** Texts of rows that are no tokens. */
  readonly texts?: RowTexts;
  /** Images of rows, in the order of the rows, which ascend; undefined where a row has none. */
  readonly images?: (rows: Int32Array) => Promise<readonly (Omit<ImageView, "label"> | undefined)[]>;
  /** Label of a row. */
  readonly label?: (row: number) => string | undefined;
  /** Codes of the rows of all contexts. */
  readonly codes: (rows: Int32Array) => Promise<CodeLookup>;
}

/** Numbers of a plain row that are shown. */
const NUMBERS = 32;

/** Features whose examples have what a person looks at: a token in its context, an image, a text, or the numbers of the row. */
export async function withViews(
  features: readonly FeatureRecord[],
  sources: ViewSources,
): Promise<readonly FeatureRecord[]> {
  const rows = sortedRows(features.flatMap((feature) => examplesOf(feature).map(({ row }) => row)));
  const viewOf = await viewsOf(rows, sources);
  return features.map((feature) => {
    const seen = (example: Example): Example => ({ ...example, view: viewOf(feature.latent, example.row) });
    return {
      ...feature,
      examples: feature.examples.map(seen),
      quantiles: feature.quantiles.map((range) => ({ ...range, examples: range.examples.map(seen) })),
    };
  });
}

const examplesOf = ({ examples, quantiles }: FeatureRecord): readonly Example[] => [
  ...examples,
  ...quantiles.flatMap((range) => range.examples),
];

type ViewOf = (latent: number, row: number) => ExampleView;

async function viewsOf(rows: Int32Array, sources: ViewSources): Promise<ViewOf> {
  const { origin, label, samples } = sources;
  if (origin?.tokens !== undefined) return await tokenViews(rows, { ...sources, origin });
  const labelled = (row: number): { readonly label?: string } => {
    const own = label?.(row);
    return own === undefined ? {} : { label: own };
  };
  const [images, texts] = [await sources.images?.(rows), await sources.texts?.(rows)];
  const plain = await numbersOf(
    rows.filter((_, i) => images?.[i] === undefined && texts?.[i] === undefined),
    samples,
  );
  return (_, row) => {
    const place = placeOf(rows, row);
    const [image, text] = [images?.[place], texts?.[place]];
    if (image !== undefined) return { ...image, ...labelled(row) };
    return text === undefined
      ? { kind: "vector", values: plain.get(row) ?? [], ...labelled(row) }
      : { kind: "text", text, ...labelled(row) };
  };
}

async function tokenViews(
  rows: Int32Array,
  { origin, vocabulary, samples, codes }: ViewSources & Required<Pick<ViewSources, "origin">>,
): Promise<ViewOf> {
  const windows: ContextWindow[] = [];
  await contextWindows(origin, rows, samples.rows, (i, window) => {
    windows[i] = window;
  });
  const { valueAt } = await codes(sortedRows(windows.flatMap((window) => window.rows.filter((row) => row >= 0))));
  const textOf = (token: number): string => (token < 0 ? "…" : (vocabulary?.get(token) ?? `[${token}]`));
  const texts = windows.map(({ tokens }) => tokens.map(textOf));
  return (latent, row): TokenView => {
    const place = placeOf(rows, row);
    const window = windows[place] as ContextWindow;
    return {
      kind: "tokens",
      tokens: texts[place] as readonly string[],
      values: window.rows.map((one) => (one < 0 ? 0 : valueAt(latent, one))),
      at: window.at,
    };
  };
}

/** Evenly spaced numbers of each row. */
async function numbersOf(
  rows: Int32Array,
  { columns, readRows }: Rows,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const count = Math.min(NUMBERS, columns);
  const found = new Map<number, readonly number[]>();
  for (const row of rows) {
    const values = await readRows(row, 1);
    found.set(
      row,
      Array.from({ length: count }, (_, i) => values[Math.floor((i * columns) / count)] as number),
    );
  }
  return found;
}
