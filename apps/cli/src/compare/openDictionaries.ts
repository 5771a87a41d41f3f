import type { Model } from "@monosema/sdl";
import { openCheckpoint } from "../checkpoint.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** Loads dictionaries; those whose output width is not that of the first one are refused. */
export async function openDictionaries(session: Session, paths: readonly string[]): Promise<readonly Model[]> {
  const models: Model[] = [];
  for (const path of paths) {
    session.doing(`reading ${path}`);
    const model = await openCheckpoint(session, path);
    const first = models[0] ?? model;
    if (model.spec.nR !== first.spec.nR) {
      throw new UsageError(
        `${path} must have the output width of ${paths[0]}, ${first.spec.nR}, got ${model.spec.nR}; compare dictionaries of the same layer`,
      );
    }
    models.push(model);
  }
  return models;
}
