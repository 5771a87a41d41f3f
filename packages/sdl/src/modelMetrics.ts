/** Metrics of a dictionary on a set of samples, in original units. */
export interface ModelMetrics {
  /** Samples evaluated. */
  readonly samples: number;
  /** Mean of the squared error over samples and dimensions. */
  readonly mse: number;
  /** Fraction of variance unexplained, about the mean of the set; null for targets without variance. */
  readonly fvu: number | null;
  /** The fvu of the target of each layer of a cross-layer transcoder. */
  readonly layerFvu?: readonly (number | null)[];
  /** 1 - fvu; null where that is. */
  readonly explainedVariance: number | null;
  /** Mean number of active latents of a sample. */
  readonly l0: number;
  /** Latents that no sample activates, divided by Q. */
  readonly deadFraction: number;
  /** Mean of ||x_hat|| / ||x_r|| over samples with ||x_r|| > 1e-6; 1 if there are none. */
  readonly shrinkage: number;
}
