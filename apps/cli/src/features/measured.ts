import { codesOf, collectFeatures, type FeatureRecord, finishFeatures, type ViewSources } from "@monosema/features";
import type { Documents } from "@monosema/harvest/read";
import { type Model, withoutRows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import type { Sharding } from "../shards/shardOptions.js";
import { codesOfRows } from "../storedCodes.js";
import { checkedNames } from "./checks.js";
import { featureBatch, featureBatches } from "./featureData.js";
import type { FeatureInputs } from "./inputs.js";
import { depthOf, lensesOf } from "./lens.js";

/** The features of a dictionary, with what else is known of them. */
export interface MeasuredFeatures {
  /** Records of all latents. */
  readonly records: readonly FeatureRecord[];
  /** Latents that fire. */
  readonly alive: number;
  /** Rows read, and rows that were sampled. */
  readonly rows: number;
  /** See `rows`. */
  readonly sampledRows: number;
  /** Mean number of active latents. */
  readonly l0: number;
  /** What examples are shown by. */
  readonly views: ViewSources;
}

/** One pass over the rows, and what is made of it. */
export async function measuredFeatures(
  session: Session,
  backend: Backend,
  model: Model,
  inputs: FeatureInputs,
  sharding: Sharding | undefined,
): Promise<MeasuredFeatures> {
  const { data, examples, rules, names, verdicts, unembedding, labels, texts, images } = inputs;
  const { samples, kept, origin, vocabulary, documents } = data;
  const known = { ...(origin && { origin }), ...(vocabulary && { vocabulary }), ...(texts && { texts }) };
  const codes = await codesOfRows(backend, model, inputs.codes, withoutRows(samples, data.leftOut), data.leftOut);
  const settings = { strongest: 3 * examples, watch: rules.map(({ latent }) => latent) };
  const state = sharding
    ? await (await import("../shards/featuresByShards.js")).featuresByShards(
        session,
        backend,
        sharding,
        model,
        data,
        settings,
      )
    : await collectFeatures(backend, model, featureBatches(session, data, featureBatch, codes), {
        ...known,
        ...settings,
      });
  session.doing("comparing latents");
  const { features, alive, rows, sampledRows } = await finishFeatures(backend, model, state, {
    ...known,
    ...{ totalRows: samples.rows, examples },
    ...(documents && { sources: (ids: readonly number[]) => sourcesOf(documents, ids) }),
    ...(labels && { labels }),
  });
  const label = labels && ((row: number): string | undefined => labels.labels[row] ?? undefined);
  const labelled = { ...known, ...(label && { label }) };
  const checks = await checkedNames(rules, state, { ...labelled, rows: kept, totalRows: samples.rows });
  const firing = features.filter(({ count }) => count > 0).map(({ latent }) => latent);
  const lenses = await lensesOf(session, backend, model, unembedding, firing, {
    vocabulary,
    depth: depthOf(session.given, data.depth),
  });
  const records = features.map((feature): FeatureRecord => {
    const { latent } = feature;
    const [name, check] = [names.get(latent), checks.get(latent)];
    const [lens, verdict] = [lenses.get(latent), verdicts.get(latent)];
    return {
      ...feature,
      ...(name === undefined ? {} : { name }),
      ...(check && { check }),
      ...(lens && { lens }),
      ...(verdict && { verdict }),
    };
  });
  return {
    ...{ records, alive, rows, sampledRows },
    l0: features.reduce((sum, { count }) => sum + count, 0) / Math.max(1, rows),
    views: {
      ...labelled,
      ...(images && { images }),
      samples,
      codes: codesOf(backend, model, state.sample, samples, data.leftOut),
    },
  };
}

/** The sources that documents name: of a harvest `source`, of images `file`. */
async function sourcesOf(documents: Documents, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const known = new Set(documents.ids);
  const sources = new Map<number, string>();
  for (const id of ids) {
    if (!known.has(id)) continue;
    const { source, file } = (await documents.read(id)).fields;
    const name = source ?? file;
    if (typeof name === "string") sources.set(id, name);
  }
  return sources;
}
