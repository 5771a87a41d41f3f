import type { AnchorSet } from "@monosema/anchoring";
import type { TrainedAnchors, TrainProvenance } from "@monosema/experiments";
import type { TrainConfig } from "./config.js";

/** What a run with this configuration knows. */
export function provenanceOf(config: TrainConfig, dropped: number, anchors: AnchorSet | undefined): TrainProvenance {
  const { seed, data, target, holdout, lr, batch, steps, init } = config;
  const [{ model, tensor } = {}] = data;
  const { modelName = model, hook = model === undefined ? undefined : tensor } = config;
  return {
    seed,
    data,
    ...(target ? { target } : {}),
    dropped,
    holdout,
    ...(modelName === undefined ? {} : { model_name: modelName }),
    ...(hook === undefined ? {} : { hook_name: hook }),
    ...(init === undefined ? {} : { init }),
    lr,
    batch,
    steps,
    anchors: anchorFacts(config, anchors),
  };
}

function anchorFacts({ anchors: path, anchorStrength }: TrainConfig, anchors: AnchorSet | undefined): TrainedAnchors {
  if (anchors === undefined || path === undefined) return { kind: "none", count: 0 };
  const { kind, count, names } = anchors;
  return { kind, count, ...(names ? { names } : {}), path, strength: anchorStrength };
}
