import type { FeatureDocument } from "../../featureDocument.js";
import type { FeatureRecord } from "../../featureRecord.js";
import { eachText, type PackedFeature, packFeature } from "./packFeature.js";
import { roundedData } from "./rounded.js";
import { type StringTable, stringTable } from "./stringTable.js";

/** What the page reads at once: all but the records, with a column of each figure that its list sorts by. */
export interface PackedHead extends Omit<FeatureDocument, "features"> {
  /** Texts of the records that stand in the page, by number. */
  readonly texts: readonly string[];
  /** Records of a chunk, which has texts of its own; 0 where all of them stand in the page. */
  readonly chunk: number;
  /** Columns of the list, by place. */
  readonly list: PackedList;
}

/** A column of each figure of the list, by place of the feature. */
export interface PackedList {
  /** Latent. */
  readonly latent: readonly number[];
  /** Name, `""` for none. */
  readonly name: readonly string[];
  /** What stands in for a name: the tokens or the class that it fires on. */
  readonly label: readonly string[];
  /** Its strongest example, in short. */
  readonly preview: readonly Preview[];
  /** Share of the rows in which it fires. */
  readonly rate: readonly number[];
  /** Largest value. */
  readonly max: readonly number[];
  /** Share of its activation on its first token, 0 for features that fire on fewer than ten rows; absent where rows are no tokens. */
  readonly focus?: readonly number[];
  /** Grade of the audit, `""` for none; absent without an audit. */
  readonly grade?: readonly string[];
  /** Score of the audit, -1 for none; absent without an audit. */
  readonly score?: readonly number[];
}

/** An example in short: the texts before it, its own, and after it. */
export type Preview = readonly [before: string, self: string, after: string];

/** Records for the page, with the texts that they number. */
export interface PackedFeatures {
  /** Texts of tokens and the like, by number. */
  readonly texts: readonly string[];
  /** The records. */
  readonly records: readonly PackedFeature[];
}

/** Packs records that stand together. */
export function packFeatures(features: readonly FeatureRecord[]): PackedFeatures {
  const strings: StringTable = stringTable((use) => {
    for (const record of features) eachText(record, use);
  });
  return { texts: strings.texts, records: features.map((record) => packFeature(record, strings)) };
}

/** Packs what the page reads at once. The records need no views: what the list shows of them is given. */
export function packHead(
  { features, ...rest }: FeatureDocument,
  own: Pick<PackedHead, "texts" | "chunk"> & Pick<PackedList, Seen>,
): PackedHead {
  const { texts, chunk, label, preview } = own;
  return { ...roundedData({ ...rest, list: { ...listOf(features), label, preview } }), texts, chunk };
}

/** Columns that need the views of examples. */
type Seen = "label" | "preview";

function listOf(features: readonly FeatureRecord[]): Omit<PackedList, Seen> {
  const audited = features.some(({ verdict }) => verdict !== undefined);
  const tokens = features.some((record) => record.tokens !== undefined);
  return {
    latent: features.map(({ latent }) => latent),
    name: features.map(({ name = "" }) => name),
    rate: features.map(({ rate }) => rate),
    max: features.map(({ max }) => max),
    ...(tokens
      ? { focus: features.map((record) => (record.count < FEWEST ? 0 : (record.tokens?.[0]?.share ?? 0))) }
      : {}),
    ...(audited
      ? {
          grade: features.map(({ verdict }) => verdict?.grade ?? ""),
          score: features.map(({ verdict }) => verdict?.score ?? -1),
        }
      : {}),
  };
}

/** Rows that a share of tokens says something about, at least. */
const FEWEST = 10;

/** Characters before and after the row's own token or text; more does not fit a line of the list. */
const [BEFORE, AFTER] = [28, 24];

/** The strongest example of a record with views, in short. */
export function previewOf({ examples }: FeatureRecord): Preview {
  const view = examples[0]?.view;
  if (view === undefined) return ["", "", ""];
  if (view.kind === "tokens") {
    const { tokens, at } = view;
    const self = tokens[at] ?? "";
    return [
      tokens.slice(0, at).join("").slice(-BEFORE),
      self,
      tokens
        .slice(at + 1)
        .join("")
        .slice(0, AFTER),
    ];
  }
  const text = view.kind === "vector" ? (view.label ?? "") : view.text;
  return ["", text.slice(0, BEFORE + AFTER), ""];
}
