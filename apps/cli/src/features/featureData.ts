import type { FeatureBatch, ModelDepth } from "@monosema/features";
import type { ImagePreparation } from "@monosema/harvest";
import {
  type ActivationOrigin,
  type Documents,
  type Files,
  openDocuments,
  readVocabulary,
} from "@monosema/harvest/read";
import type { Model, Rows, StoredCodes } from "@monosema/sdl";
import { heldRows, openSides, type Side, stacked } from "../data.js";
import { extremeNorms, maxNormFrom } from "../extremeNorms.js";
import { joinedHeads } from "../joinedHeads.js";
import { refuseWidth } from "../refuseWidth.js";
import { inputWidths } from "../samples.js";
import type { Session } from "../session.js";
import type { Shard } from "../shards/shard.js";

/** Activations with what is there to look at. */
export interface FeatureData {
  /** All rows `[N, P]`. */
  readonly samples: Rows;
  /** Rows that are read, ascending: all but those of extreme norm, where these are to be left out. */
  readonly kept: Int32Array;
  /** The others, ascending. */
  readonly leftOut: Int32Array;
  /** Where rows come from, as far as the files know it. */
  readonly origin?: ActivationOrigin;
  /** Texts of tokens. */
  readonly vocabulary?: ReadonlyMap<number, string>;
  /** The documents beside the activations. */
  readonly documents?: Documents;
  /** Name of the model that the rows were taken from. */
  readonly model?: string;
  /** Name of the place in it. */
  readonly hook?: string;
  /** How deep that is, as far as its name and the manifest tell. */
  readonly depth: Partial<ModelDepth>;
  /** How images were made ready for it. */
  readonly preparation?: ImagePreparation;
  /** Closes all files. */
  close(): Promise<void>;
}

/**
 * Opens `--data` with vocab.json and documents.jsonl beside it.
 *
 * @param shard - the rows that are read, where they are not all, and those of them that are left out
 */
export async function openFeatureData(
  session: Session,
  texts: readonly string[],
  model: Model,
  shard?: Pick<Shard, "from" | "to" | "leftOut">,
): Promise<FeatureData> {
  const sides = await openSides("data", texts, inputWidths(model.spec));
  // Of several sources the first says what rows are, and the last, whose decoder writes nearest to the output, where it is in the model.
  const { origin, folders, model: source, preparation } = sides[0] as Side;
  const { hook, layers } = sides.at(-1) as Side;
  let documents: Documents | undefined;
  const close = async (): Promise<void> => {
    await documents?.close();
    for (const { matrix } of sides) await matrix.close();
  };
  try {
    const held: Rows[] = [];
    for (const side of sides) held.push(await heldRows("data", side.matrix, side.texts));
    const all = await stacked("data", held);
    const samples = joinedHeads(all, model);
    refuseWidth("data", samples.columns, model.spec.nP);
    const { from = 0, to = samples.rows } = shard ?? {};
    const leftOut = shard
      ? Int32Array.from(shard.leftOut)
      : await extremeNorms(session, { data: samples }, maxNormFrom(session.given));
    const gone = new Set(leftOut);
    const [folder, ...others] = folders as readonly [Files, ...Files[]];
    const vocabulary = await readVocabulary(folder);
    // Numbers of documents mean others in another folder.
    documents = others.length === 0 ? await openDocuments(folder) : undefined;
    return {
      samples,
      leftOut,
      kept: Int32Array.from({ length: to - from }, (_, i) => from + i).filter((row) => !gone.has(row)),
      ...(origin && samples.rows === all.rows ? { origin } : {}),
      ...(vocabulary && { vocabulary }),
      ...(documents && { documents }),
      ...(source === undefined ? {} : { model: source }),
      ...(hook === undefined ? {} : { hook }),
      ...(preparation && { preparation }),
      depth: { ...layerOf(hook), ...(layers === undefined ? {} : { layers }) },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Rows that are encoded together. */
export const featureBatch = 1024;

/** The layer that a name such as `blocks.14.hook_resid_post` or `model.layers.14.mlp` gives. */
function layerOf(hook: string | undefined): Partial<ModelDepth> {
  const layer = /(?:^|\.)(?:blocks|layers?|h)\.(\d+)(?:\.|$)/.exec(hook ?? "")?.[1];
  return layer === undefined ? {} : { layer: Number(layer) };
}

/** The kept rows in order, or the codes of these, in stretches of neighbouring ones, with progress. */
export async function* featureBatches(
  session: Session,
  { samples, kept }: FeatureData,
  size: number,
  codes: StoredCodes | undefined,
): AsyncGenerator<FeatureBatch> {
  const bar = session.progress({ total: kept.length, unit: "rows" });
  try {
    for (let from = 0; from < kept.length; ) {
      let to = from + 1;
      while (to < kept.length && to - from < size && (kept[to] as number) === (kept[to - 1] as number) + 1) to++;
      const [rows, count] = [kept.subarray(from, to), to - from];
      yield codes
        ? { size: count, rows, codes: await codes.readRows(from, count) }
        : { size: count, rows, input: await samples.readRows(rows[0] as number, count) };
      from = to;
      bar.update(from, codes ? "reading codes" : "encoding");
    }
  } finally {
    bar.end();
    session.doing(session.command);
  }
}
