/** Sizes up to which the expensive parts of an audit run; beyond them the audit says what it left out. */
export interface AuditLimits {
  /** Findings listed of each kind; default 100. */
  readonly findings?: number;
  /** Pairs of latents with overlapping decoders whose co-activation is counted; default 20,000. */
  readonly pairs?: number;
  /** Samples kept for the checks that need them side by side; default 1000. */
  readonly samples?: number;
  /** Active codes whose reconstruction and gradients are computed; default 2e7. */
  readonly activeCodes?: number;
  /** Numbers of the samples that the scores of latents are computed from, rows times width; default 6.4e7, 83,000 rows of 768. */
  readonly scored?: number;
  /** Directions tested for conic independence; default 1000 (a minute at 768 dimensions). */
  readonly conic?: number;
  /** Directions for spark, Babel function and isometry; default 2000. */
  readonly directions?: number;
  /**
   * rows cols min(rows, cols) of a matrix of latents by features (or samples) that is decomposed for partial minima and witnesses;
   * twenty times as much for solution sets, which need singular values only; default 1e9, half a minute.
   */
  readonly decomposition?: number;
  /** Encoder weights times rows times latents up to which the exact best encoder of a region is computed; default 1e6, seconds. */
  readonly region?: number;
  /** Multiplications of a search for an escape, and of a proof; default 1.5e11. */
  readonly work?: number;
  /** Multiplications of the search for codes without the encoder, which sets on how many samples it is done; default 1e12, a minute on two cores. */
  readonly inference?: number;
}

/** The defaults, and with them the names of all limits. */
export const defaultLimits: Required<AuditLimits> = {
  findings: 100,
  pairs: 20_000,
  samples: 1000,
  activeCodes: 2e7,
  scored: 6.4e7,
  conic: 1000,
  directions: 2000,
  decomposition: 1e9,
  region: 1e6,
  work: 1.5e11,
  inference: 1e12,
};

/**
 * All limits, with defaults.
 *
 * @throws RangeError for a limit that does not exist or is no number of at least 0
 */
export function limitsOf(given: AuditLimits = {}): Required<AuditLimits> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name) || !(value === undefined || value >= 0)) {
      const names = Object.keys(defaultLimits).join(", ");
      throw new RangeError(
        `auditDictionary: limits must be numbers of at least 0 under ${names}, got ${name}: ${value}; correct it`,
      );
    }
  }
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultLimits, ...Object.fromEntries(named) };
}

/** rows cols min(rows, cols). */
export const decompositionSize = (rows: number, cols: number): number => rows * cols * Math.min(rows, cols);
