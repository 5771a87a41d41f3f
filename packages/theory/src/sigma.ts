/** Switches on every latent above 0. */
export interface ReluSigma {
  /** Discriminant. */
  readonly kind: "relu";
  /** Encoder bias added to the pre-activations, `[nQ]`; default none. */
  readonly bias?: Float64Array;
}

/**
 * Keeps the k largest latents: `topk` those of a feature, negative ones included (paper eq. 7); `topk-relu` those of a feature
 * above 0; `batchtopk-relu` the k N largest above 0 of a batch of N features or samples.
 */
export interface TopKSigma {
  /** Discriminant. */
  readonly kind: "topk" | "topk-relu" | "batchtopk-relu";
  /** Latents kept per feature, at least 1. */
  readonly k: number;
  /** Encoder bias added to the pre-activations, `[nQ]`; default none. */
  readonly bias?: Float64Array;
}

/** Switches on every latent above its threshold. */
export interface JumpReluSigma {
  /** Discriminant. */
  readonly kind: "jumprelu";
  /** Threshold, not negative: one number for all latents or one each, `[nQ]`. */
  readonly theta: number | Float64Array;
  /** Encoder bias added to the pre-activations, `[nQ]`; default none. */
  readonly bias?: Float64Array;
}

/** An activation of mask form: codes = mask * pre with a 0/1 mask. */
export type Sigma = ReluSigma | TopKSigma | JumpReluSigma;

/** A gate on one pre-activation and a value from another: not of mask form (paper eq. 10). */
export interface GatedSigma {
  /** Discriminant. */
  readonly kind: "gated";
  /** Bias of the gate, `[nQ]`; default none. */
  readonly bias?: Float64Array;
}

/**
 * Checks the parameters of an activation.
 *
 * @param latents - nQ, which thresholds and biases must fit; default: not checked
 * @throws TypeError for an unknown kind
 * @throws RangeError for a parameter out of range
 */
export function checkSigma(caller: string, sigma: Sigma, latents?: number): void {
  switch (sigma.kind) {
    case "relu":
      break;
    case "topk":
    case "topk-relu":
    case "batchtopk-relu":
      if (!Number.isSafeInteger(sigma.k) || sigma.k < 1) {
        throw new RangeError(`${caller}: sigma.k must be a whole number of at least 1, got ${sigma.k}; change it`);
      }
      break;
    case "jumprelu":
      checkPerLatent(caller, "theta", sigma.theta, latents, 0);
      break;
    default:
      throw new TypeError(
        `${caller}: sigma.kind must be relu, topk, topk-relu, batchtopk-relu or jumprelu, got ${(sigma as { kind: unknown }).kind}; use one of them`,
      );
  }
  if (sigma.bias !== undefined) checkPerLatent(caller, "bias", sigma.bias, latents, Number.NEGATIVE_INFINITY);
}

/** Threshold of a latent: 0 except under `jumprelu`. */
export function thresholdOf(sigma: Sigma, latent: number): number {
  if (sigma.kind !== "jumprelu") return 0;
  return typeof sigma.theta === "number" ? sigma.theta : (sigma.theta[latent] as number);
}

/** True for the kinds that select the k largest. */
export function isTopK(sigma: Sigma): sigma is TopKSigma {
  return sigma.kind === "topk" || sigma.kind === "topk-relu" || sigma.kind === "batchtopk-relu";
}

function checkPerLatent(
  caller: string,
  name: string,
  values: number | Float64Array,
  latents: number | undefined,
  low: number,
): void {
  const list = typeof values === "number" ? [values] : values;
  if (typeof values !== "number" && latents !== undefined && values.length !== latents) {
    throw new RangeError(
      `${caller}: sigma.${name} must have one entry per latent, ${latents}, got ${values.length}; fit it`,
    );
  }
  for (let i = 0; i < list.length; i++) {
    const value = list[i] as number;
    if (!Number.isFinite(value) || value < low) {
      const required = low === 0 ? "finite and not negative" : "finite";
      throw new RangeError(`${caller}: sigma.${name} must be ${required}, got ${value} at index ${i}; change it`);
    }
  }
}
