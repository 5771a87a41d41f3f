/** Where in a model activations were taken. */
export interface ModelDepth {
  /** Layer, from 0. */
  readonly layer: number;
  /** Layers of the model. */
  readonly layers: number;
}

/** Where the last third of a model begins. */
const LATE = 2 / 3;

/** What to know of a logit lens at a place of the model: before the last third it is mostly noise. Undefined where there is nothing to say. */
export function lensWarning(depth: Partial<ModelDepth>): string | undefined {
  const { layer, layers } = depth;
  if (layer === undefined || layers === undefined) {
    return "promoted and suppressed tokens mean little before the last third of a model, and where in the model these activations are from is not known";
  }
  if ((layer + 1) / layers > LATE) return undefined;
  return `promoted and suppressed tokens are mostly noise at layer ${layer} of ${layers}: later layers rewrite what this one writes, so that only the last third of a model tells`;
}
