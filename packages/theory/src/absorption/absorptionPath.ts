import { addScaled, biorthogonalRows, checkMatrix, checkWhole, type Mat, row } from "@monosema/numerics";

/** Input of {@link absorptionPath}. */
export interface AbsorptionPathInput {
  /** Input directions, independent, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Target directions, `[n, nR]`; default `featuresP`. */
  readonly featuresR?: Mat;
  /** The feature that is on whenever the child is. */
  readonly parent: number;
  /** The feature that absorbs it. */
  readonly child: number;
  /** How much of the parent the child's latent takes over, not negative. */
  readonly kappa: number;
}

/** A model on the path. */
export interface AbsorptionPath {
  /** `[n, nP]`. */
  readonly encoder: Mat;
  /** `[n, nR]`. */
  readonly decoder: Mat;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * The model with one latent per feature in which the child's latent has absorbed kappa of the parent: w_D^child += kappa w_D^parent and
 * w_E^parent -= kappa w_E^child, from the dual encoder rows.
 *
 * Where the child implies the parent and kappa is at most the ratio of their magnitudes, the exact loss stays 0 under ReLU along the whole
 * path, while the L1 term (weighted by decoder norms) falls: this, and not the partial minima of paper Theorem 3.8, is why a hierarchy
 * leads to absorption. Where the child occurs alone the loss is positive.
 *
 * @throws RangeError where sizes do not fit, features are dependent, parent is child or kappa is negative
 */
export function absorptionPath(input: AbsorptionPathInput): AbsorptionPath {
  const { featuresP, featuresR = featuresP, parent, child, kappa } = input;
  checkMatrix("absorptionPath", "featuresP", featuresP);
  checkMatrix("absorptionPath", "featuresR", featuresR, { rows: featuresP.rows });
  checkWhole("absorptionPath", "parent", parent, 0, featuresP.rows - 1);
  checkWhole("absorptionPath", "child", child, 0, featuresP.rows - 1);
  if (parent === child) {
    throw new RangeError(`absorptionPath: parent and child must differ, got ${parent} twice; name two features`);
  }
  if (!(Number.isFinite(kappa) && kappa >= 0)) {
    throw new RangeError(`absorptionPath: kappa must be finite and not negative, got ${kappa}; change it`);
  }
  const { rows: encoder, rank } = biorthogonalRows(featuresP);
  if (encoder === null) {
    throw new RangeError(
      `absorptionPath: featuresP must have independent rows, got rank ${rank} of ${featuresP.rows}; drop features`,
    );
  }
  const decoder: Mat = { ...featuresR, data: Float64Array.from(featuresR.data) };
  addScaled(row(decoder, child), row(decoder, parent), kappa);
  addScaled(row(encoder, parent), row(encoder, child), -kappa);
  return { encoder, decoder, warnings: [] };
}
