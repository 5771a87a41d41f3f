import type { SavedTrainingState } from "@monosema/sdl/node";
import type { Backend } from "@monosema/tensor";
import type { AskedTier, Session } from "../session.js";
import type { TrainConfig } from "./config.js";

/** The backend of a run; a state names its tier where results depend on it. */
export async function openTrainBackend(
  session: Session,
  config: TrainConfig,
  saved: SavedTrainingState | undefined,
): Promise<Backend> {
  const tier = (saved?.state.options.tier as AskedTier | undefined) ?? config.tier;
  const backend = await session.backend(config.backend, tier);
  session.say(`backend: ${backend.detail}`);
  return backend;
}
