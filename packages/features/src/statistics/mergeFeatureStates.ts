import { mergeFirings } from "./evenFirings.js";
import type { FeatureState, WatchedLatent } from "./featureState.js";
import { mergeMagnitudes } from "./magnitudes.js";
import { mergeSamples } from "./rowSample.js";
import { mergeStrongest } from "./strongest.js";

/**
 * The state of the rows of both, which must not overlap: the same bits however the rows were divided, and in whatever order.
 *
 * @throws RangeError where they are of dictionaries of another size, or were collected with other options
 */
export function mergeFeatureStates(a: FeatureState, b: FeatureState): FeatureState {
  const [own, other] = [a, b].map(({ latents, strongest, firings, limits, watched }) =>
    JSON.stringify([latents, strongest.kept, firings.kept, limits, watched.map(({ latent }) => latent)]),
  );
  if (own !== other) {
    throw new RangeError(
      `mergeFeatureStates: states must be of the same number of latents and collected with the same options, got ${own} and ${other}; collect both alike`,
    );
  }
  return {
    latents: a.latents,
    rows: a.rows + b.rows,
    end: Math.max(a.end, b.end),
    magnitudes: mergeMagnitudes(a.magnitudes, b.magnitudes),
    strongest: mergeStrongest(a.strongest, b.strongest),
    firings: mergeFirings(a.firings, b.firings),
    sample: mergeSamples(a.sample, b.sample, a.limits),
    limits: a.limits,
    watched: a.watched.map((one, i) => mergeWatched(one, b.watched[i] as WatchedLatent)),
  };
}

function mergeWatched(a: WatchedLatent, b: WatchedLatent): WatchedLatent {
  const both = [a, b].flatMap(({ rows, values }) =>
    Array.from(rows, (row, i) => ({ row, value: values[i] as number })),
  );
  both.sort((x, y) => x.row - y.row);
  return {
    latent: a.latent,
    rows: Int32Array.from(both, ({ row }) => row),
    values: Float32Array.from(both, ({ value }) => value),
  };
}
