import { join } from "node:path";
import { collectFeatures, featureStateFile } from "@monosema/features";
import { featureBatch, featureBatches, openFeatureData } from "../features/featureData.js";
import { refuseOtherRows } from "./refuseOtherRows.js";
import type { RunShard } from "./shard.js";

/** What is collected of each latent. */
export interface CollectSettings {
  /** Strongest examples that are kept. */
  readonly strongest: number;
  /** Latents all of whose firings are kept. */
  readonly watch: readonly number[];
}

/** The file of a state in the folder of its shard. */
export const stateIn = (folder: string): string => join(folder, "state.safetensors");

/** What the rows of a shard leave of the latents of `monosema features`, as a file. */
export const featuresShard: RunShard = async (session, shard, { texts, model, backend, folder }) => {
  const data = await openFeatureData(session, texts, model, shard);
  try {
    refuseOtherRows(shard, data.samples);
    const { strongest, watch } = shard.settings as unknown as CollectSettings;
    const { origin } = data;
    const state = await collectFeatures(backend, model, featureBatches(session, data, featureBatch, undefined), {
      ...{ strongest, watch },
      ...(origin && { origin }),
    });
    await session.write(stateIn(folder), featureStateFile(state));
    return { rows: state.rows };
  } finally {
    await data.close();
  }
};
