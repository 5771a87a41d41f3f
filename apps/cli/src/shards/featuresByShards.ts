import { type FeatureState, mergeFeatureStates, readFeatureState } from "@monosema/features";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import type { FeatureData } from "../features/featureData.js";
import type { Session } from "../session.js";
import { type CollectSettings, stateIn } from "./featuresShard.js";
import { runShards } from "./runShards.js";
import type { Sharding } from "./shardOptions.js";

/** Collects features by shards: the bits of one pass, since states merge exactly. */
export async function featuresByShards(
  session: Session,
  backend: Backend,
  sharding: Sharding,
  model: Model,
  { samples, leftOut }: FeatureData,
  settings: CollectSettings,
): Promise<FeatureState> {
  const plan = { kind: "features", model, rows: samples.rows, leftOut, settings: { ...settings } };
  let merged: FeatureState | undefined;
  for (const { files } of await runShards(session, backend, sharding, plan)) {
    const { folder, close } = await files();
    const source = await fileSource(stateIn(folder));
    try {
      const state = await readFeatureState(source);
      merged = merged ? mergeFeatureStates(merged, state) : state;
    } finally {
      await source.close();
      await close();
    }
  }
  return merged as FeatureState;
}
