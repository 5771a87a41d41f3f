import type { Example, FeatureRecord, FeatureVerdict, LensToken } from "../../featureRecord.js";
import { eachTextOfView, type PackedView, packView, unpackView } from "./packView.js";
import { rounded, roundedData } from "./rounded.js";
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

/** Tokens or documents with a figure: number, number of its text or -1, figure, and so on. */
type PackedFigures = readonly number[];

/** A record with its lists as plain numbers, and numbers of texts in place of texts; what is short keeps its names. */
export interface PackedFeature extends Omit<FeatureRecord, PackedKey> {
  /** Strongest examples. */
  readonly e: readonly PackedExample[];
  /** Ranges of values with their examples. */
  readonly q: readonly (readonly [from: number, to: number, examples: readonly PackedExample[]])[];
  /** Neighbours: latent, cosine, and so on. */
  readonly n: readonly number[];
  /** Co-firing: latent, share, lift, and so on. */
  readonly c: readonly number[];
  /** Tokens and their shares. */
  readonly t?: PackedFigures;
  /** Documents and their shares. */
  readonly d?: PackedFigures;
  /** Promoted and suppressed tokens and their logits. */
  readonly l?: readonly [PackedFigures, PackedFigures];
  /** What an audit knows, with numbers of the reasons and the findings. */
  readonly v?: Omit<FeatureVerdict, "reasons" | "findings"> & {
    /** Reasons. */
    readonly r: readonly number[];
    /** Findings. */
    readonly f: readonly number[];
  };
}

type PackedKey = "examples" | "quantiles" | "neighbours" | "cofiring" | "tokens" | "documents" | "lens" | "verdict";

/** Calls a function with each text of a record that the table of strings must have, as often as it occurs: a large dictionary has millions. */
export function eachText(record: FeatureRecord, use: (text: string) => void): void {
  const { examples, quantiles, lens, tokens = [], documents = [], verdict } = record;
  const optional = (text: string | undefined): void => {
    if (text !== undefined) use(text);
  };
  for (const { view } of examples) if (view) eachTextOfView(view, use);
  for (const quantile of quantiles) for (const { view } of quantile.examples) if (view) eachTextOfView(view, use);
  for (const list of [tokens, lens?.promoted ?? [], lens?.suppressed ?? []])
    for (const { text } of list) optional(text);
  for (const { source } of documents) optional(source);
  for (const list of [verdict?.reasons ?? [], verdict?.findings ?? []]) list.forEach(use);
}

/** Packs a record whose texts are in the table. */
export function packFeature(record: FeatureRecord, strings: StringTable): PackedFeature {
  const { examples, quantiles, neighbours, cofiring, tokens, documents, lens, verdict, ...rest } = record;
  const packed = ({ row, value, document = -1, position = -1, token = -1, view }: Example): PackedExample =>
    view
      ? [row, rounded(value), document, position, token, packView(view, strings)]
      : [row, rounded(value), document, position, token];
  const number = (text: string | undefined): number => (text === undefined ? -1 : strings.of(text));
  const logits = (list: readonly LensToken[]): PackedFigures =>
    list.flatMap(({ token, text, logit }) => [token, number(text), rounded(logit)]);
  return {
    ...roundedData(rest),
    e: examples.map(packed),
    q: quantiles.map(({ from, to, examples: own }) => [rounded(from), rounded(to), own.map(packed)]),
    n: neighbours.flatMap(({ latent, cosine }) => [latent, rounded(cosine)]),
    c: cofiring.flatMap(({ latent, share, lift }) => [latent, rounded(share), rounded(lift)]),
    ...(tokens ? { t: tokens.flatMap(({ token, text, share }) => [token, number(text), rounded(share)]) } : {}),
    ...(documents
      ? { d: documents.flatMap(({ document, source, share }) => [document, number(source), rounded(share)]) }
      : {}),
    ...(lens ? { l: [logits(lens.promoted), logits(lens.suppressed)] } : {}),
    ...(verdict ? { v: packVerdict(verdict, strings) } : {}),
  };
}

function packVerdict(
  { reasons, findings, ...rest }: FeatureVerdict,
  strings: StringTable,
): NonNullable<PackedFeature["v"]> {
  return { ...roundedData(rest), r: reasons.map(strings.of), f: findings.map(strings.of) };
}

/** The record of a packed one. */
export function unpackFeature(packed: PackedFeature, texts: readonly string[]): FeatureRecord {
  const { e, q, n, c, t, d, l, v, ...rest } = packed;
  const textOf = (number: number): string => texts[number] as string;
  const example = ([row, value, document, position, token, view]: PackedExample): Example => ({
    row,
    value,
    ...(document < 0 ? {} : { document }),
    ...(position < 0 ? {} : { position }),
    ...(token < 0 ? {} : { token }),
    ...(view ? { view: unpackView(view, texts) } : {}),
  });
  const named = (number: number): { readonly text?: string } => (number < 0 ? {} : { text: textOf(number) });
  const logits = (list: PackedFigures): LensToken[] =>
    groups(list, 3).map(([token = -1, text = -1, logit = 0]) => ({ token, ...named(text), logit }));
  return {
    ...rest,
    examples: e.map(example),
    quantiles: q.map(([from, to, examples]) => ({ from, to, examples: examples.map(example) })),
    neighbours: groups(n, 2).map(([latent = -1, cosine = 0]) => ({ latent, cosine })),
    cofiring: groups(c, 3).map(([latent = -1, share = 0, lift = 0]) => ({ latent, share, lift })),
    ...(t
      ? { tokens: groups(t, 3).map(([token = -1, text = -1, share = 0]) => ({ token, ...named(text), share })) }
      : {}),
    ...(d
      ? {
          documents: groups(d, 3).map(([document = -1, source = -1, share = 0]) => ({
            document,
            ...(source < 0 ? {} : { source: textOf(source) }),
            share,
          })),
        }
      : {}),
    ...(l ? { lens: { promoted: logits(l[0]), suppressed: logits(l[1]) } } : {}),
    ...(v ? { verdict: unpackVerdict(v, textOf) } : {}),
  };
}

function unpackVerdict(
  { r, f, ...rest }: NonNullable<PackedFeature["v"]>,
  textOf: (number: number) => string,
): FeatureVerdict {
  return { ...rest, reasons: r.map(textOf), findings: f.map(textOf) };
}

const groups = (list: readonly number[], size: number): readonly (readonly number[])[] =>
  Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));
