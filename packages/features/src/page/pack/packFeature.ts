import type { Example, FeatureRecord, LensToken } from "../../featureRecord.js";
import { type PackedView, packView, textsOfView, unpackView } from "./packView.js";
import type { StringTable } from "./stringTable.js";

/** An example; -1 for a document, a position or a token that is not known. */
type PackedExample = readonly [
  row: number,
  value: number,
  document: number,
  position: number,
  token: number,
  view?: PackedView,
];

/** Tokens under the lens: token, number of its text or -1, logit, and so on. */
type PackedTokens = readonly number[];

/** A record with its long lists as plain numbers; what is short keeps its names. */
export interface PackedFeature
  extends Omit<FeatureRecord, "examples" | "quantiles" | "neighbours" | "cofiring" | "lens"> {
  /** Strongest examples. */
  readonly e: readonly PackedExample[];
  /** Ranges of values with their examples. */
  readonly q: readonly (readonly [from: number, to: number, examples: readonly PackedExample[]])[];
  /** Neighbours: latent, cosine, and so on. */
  readonly n: readonly number[];
  /** Co-firing: latent, share, lift, and so on. */
  readonly c: readonly number[];
  /** Promoted and suppressed tokens. */
  readonly l?: readonly [PackedTokens, PackedTokens];
}

/** All texts of a record that the table of strings must have. */
export function textsOfFeature({ examples, quantiles, lens }: FeatureRecord): readonly string[] {
  const shown = [...examples, ...quantiles.flatMap((quantile) => quantile.examples)];
  const tokens = lens ? [...lens.promoted, ...lens.suppressed] : [];
  return [...shown.flatMap(({ view }) => (view ? textsOfView(view) : [])), ...tokens.flatMap(({ text }) => text ?? [])];
}

/** Packs a record whose texts are in the table. */
export function packFeature(record: FeatureRecord, strings: StringTable): PackedFeature {
  const { examples, quantiles, neighbours, cofiring, lens, ...rest } = record;
  const packed = ({ row, value, document = -1, position = -1, token = -1, view }: Example): PackedExample =>
    view ? [row, value, document, position, token, packView(view, strings)] : [row, value, document, position, token];
  const tokens = (list: readonly LensToken[]): PackedTokens =>
    list.flatMap(({ token, text, logit }) => [token, text === undefined ? -1 : strings.of(text), logit]);
  return {
    ...rest,
    e: examples.map(packed),
    q: quantiles.map(({ from, to, examples: own }) => [from, to, own.map(packed)]),
    n: neighbours.flatMap(({ latent, cosine }) => [latent, cosine]),
    c: cofiring.flatMap(({ latent, share, lift }) => [latent, share, lift]),
    ...(lens ? { l: [tokens(lens.promoted), tokens(lens.suppressed)] } : {}),
  };
}

/** The record of a packed one. */
export function unpackFeature({ e, q, n, c, l, ...rest }: PackedFeature, texts: readonly string[]): FeatureRecord {
  const example = ([row, value, document, position, token, view]: PackedExample): Example => ({
    row,
    value,
    ...(document < 0 ? {} : { document }),
    ...(position < 0 ? {} : { position }),
    ...(token < 0 ? {} : { token }),
    ...(view ? { view: unpackView(view, texts) } : {}),
  });
  const tokens = (list: PackedTokens): LensToken[] =>
    groups(list, 3).map(([token = -1, text = -1, logit = 0]) => ({
      token,
      ...(text < 0 ? {} : { text: texts[text] as string }),
      logit,
    }));
  return {
    ...rest,
    examples: e.map(example),
    quantiles: q.map(([from, to, examples]) => ({ from, to, examples: examples.map(example) })),
    neighbours: groups(n, 2).map(([latent = -1, cosine = 0]) => ({ latent, cosine })),
    cofiring: groups(c, 3).map(([latent = -1, share = 0, lift = 0]) => ({ latent, share, lift })),
    ...(l ? { lens: { promoted: tokens(l[0]), suppressed: tokens(l[1]) } } : {}),
  };
}

const groups = (list: readonly number[], size: number): readonly (readonly number[])[] =>
  Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));
