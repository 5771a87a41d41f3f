import type { FeatureDocument } from "../../featureDocument.js";
import type { FeatureRecord } from "../../featureRecord.js";
import { featureLabel } from "../featureLabel.js";
import { eachText, type PackedFeature, packFeature } from "./packFeature.js";
import { roundedData } from "./rounded.js";
import { type StringTable, stringTable } from "./stringTable.js";

/** What the page reads at once: all but the records, with a column of each figure that its list sorts by. */
export interface PackedHead extends Omit<FeatureDocument, "features"> {
  /** Texts of tokens and the like, by number. */
  readonly texts: readonly string[];
  /** Records of a chunk; 0 where all of them stand in the page. */
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
  /** Its strongest example, in short: before, itself, after. */
  readonly preview: readonly (readonly [before: string, self: string, after: string])[];
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

/** A document for the page. */
export interface PackedDocument {
  /** What the page reads at once. */
  readonly head: PackedHead;
  /** Packs a record when it is written. */
  readonly pack: (record: FeatureRecord) => PackedFeature;
}

/** Packs a document, its records in chunks of so many, or 0. */
export function packDocument(document: FeatureDocument, chunk: number): PackedDocument {
  const { features, ...rest } = document;
  const strings: StringTable = stringTable((use) => {
    for (const record of features) eachText(record, use);
  });
  return {
    head: { ...roundedData({ ...rest, list: listOf(features) }), texts: strings.texts, chunk },
    pack: (record) => packFeature(record, strings),
  };
}

function listOf(features: readonly FeatureRecord[]): PackedList {
  const audited = features.some(({ verdict }) => verdict !== undefined);
  const tokens = features.some((record) => record.tokens !== undefined);
  return {
    latent: features.map(({ latent }) => latent),
    name: features.map(({ name = "" }) => name),
    label: features.map(featureLabel),
    preview: features.map(preview),
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

function preview({ examples }: FeatureRecord): PackedList["preview"][number] {
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
