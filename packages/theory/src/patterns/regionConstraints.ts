import { checkMatrix, type Mat, row, zeros } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { checkSigma, isTopK, type Sigma, type TopKSigma, thresholdOf } from "../sigma.js";
import { checkPattern, type LatentSets, maskOfPattern } from "./maskOfPattern.js";

/** Input of {@link regionConstraints}: the pattern or the mask. */
export type RegionConstraintsInput = RegionOfPattern | RegionOfMask;

/** A region given by its pattern. */
export interface RegionOfPattern extends RegionSetting {
  /** Features that switch on each latent. */
  readonly pattern: LatentSets;
}

/** A region given by its mask. */
export interface RegionOfMask extends RegionSetting {
  /** Selection mask, `[n, nQ]`. */
  readonly mask: Mask;
}

/** Features and activation of a region. */
export interface RegionSetting {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Activation. */
  readonly sigma: Sigma;
}

/** The encoders of one mask: G vec(W_E) >= h, with vec row-major. */
export interface RegionConstraints {
  /** G, `[constraints, nQ nP]`. */
  readonly G: Mat;
  /** h, `[constraints]`. */
  readonly h: Float64Array;
  /** Whether the region itself excludes equality, per constraint. */
  readonly strict: readonly boolean[];
  /** Remarks. */
  readonly warnings: readonly string[];
}

/** Most numbers of G. */
const MOST = 2 ** 27;

/**
 * The half-spaces whose intersection is the set of encoders with a given mask; the rows describe its closure.
 *
 * On such a region the approximate loss is biconvex. Paper Theorem 3.2 says so for regions of the ">0" pattern, which fails for pure
 * TopK; it holds for regions of the selection mask, as here. For relu and jumprelu there is one constraint per latent and feature,
 * latent-major. Cost O(n nQ) constraints, for top-k kinds O(n k (nQ - k)), for BatchTopK the selected times the others.
 *
 * @throws RangeError where sizes do not fit, the mask cannot occur, or G would have more than 2^27 numbers
 */
export function regionConstraints(input: RegionConstraintsInput): RegionConstraints {
  const { featuresP, sigma } = input;
  checkMatrix("regionConstraints", "featuresP", featuresP);
  if ("pattern" in input) checkPattern("regionConstraints", input.pattern, featuresP.rows);
  const mask = "mask" in input ? input.mask : maskOfPattern(input.pattern, featuresP.rows);
  if (mask.rows !== featuresP.rows) {
    throw new RangeError(
      `regionConstraints: mask must have ${featuresP.rows} rows, got ${mask.rows}; pass one row per feature`,
    );
  }
  checkSigma("regionConstraints", sigma, mask.cols);
  return regionConstraintsCore({ featuresP, sigma, mask });
}

/** {@link regionConstraints} of input that was checked. */
export function regionConstraintsCore({ featuresP, sigma, mask }: RegionOfMask): RegionConstraints {
  const constraints = isTopK(sigma) ? selection(mask, sigma) : thresholds(mask, sigma);
  const cols = mask.cols * featuresP.cols;
  if (constraints.length * cols > MOST) {
    throw new RangeError(
      `regionConstraints: G must have at most ${MOST} numbers, got ${constraints.length} x ${cols}; pass fewer latents or features`,
    );
  }
  const G = zeros(constraints.length, cols);
  constraints.forEach(({ terms }, at) => {
    for (const { latent, feature, sign } of terms) {
      const from = row(featuresP, feature);
      const to = row(G, at).subarray(latent * featuresP.cols, (latent + 1) * featuresP.cols);
      for (let k = 0; k < to.length; k++) to[k] = (to[k] as number) + sign * (from[k] as number);
    }
  });
  return {
    G,
    h: Float64Array.from(constraints, ({ bound }) => bound),
    strict: constraints.map(({ strict }) => strict),
    warnings: [],
  };
}

/** sum sign <w_E^latent, w_p^feature> >= bound. */
interface Constraint {
  readonly terms: readonly Term[];
  readonly bound: number;
  readonly strict: boolean;
}

interface Term {
  readonly latent: number;
  readonly feature: number;
  readonly sign: 1 | -1;
}

function thresholds({ rows, cols, data }: Mask, sigma: Sigma): Constraint[] {
  const constraints: Constraint[] = [];
  for (let latent = 0; latent < cols; latent++) {
    const level = thresholdOf(sigma, latent) - (sigma.bias?.[latent] ?? 0);
    for (let feature = 0; feature < rows; feature++) {
      constraints.push(oneSided({ latent, feature }, level, data[feature * cols + latent] === 1));
    }
  }
  return constraints;
}

/** z > level where on, z <= level where off. */
function oneSided({ latent, feature }: Omit<Term, "sign">, level: number, on: boolean): Constraint {
  const sign = on ? 1 : -1;
  return { terms: [{ latent, feature, sign }], bound: level === 0 ? 0 : sign * level, strict: on };
}

function selection({ rows, cols, data }: Mask, sigma: TopKSigma): Constraint[] {
  const batch = sigma.kind === "batchtopk-relu";
  const places = Array.from({ length: rows * cols }, (_, at) => at);
  const groups = batch ? [places] : Array.from({ length: rows }, (_, d) => places.slice(d * cols, (d + 1) * cols));
  return groups.flatMap((group) => {
    const on = group.filter((at) => data[at] === 1);
    const off = group.filter((at) => data[at] !== 1);
    const full = sigma.k * (batch ? rows : 1);
    if (on.length > full || (sigma.kind === "topk" && on.length < Math.min(full, cols))) {
      throw new RangeError(
        `regionConstraints: mask must select ${sigma.kind === "topk" ? "exactly" : "at most"} ${Math.min(full, group.length)} latents, got ${on.length} at feature ${Math.floor((group[0] ?? 0) / cols)}; pass a mask of this activation`,
      );
    }
    const place = (at: number): Omit<Term, "sign"> => ({ latent: at % cols, feature: Math.floor(at / cols) });
    const bias = (at: number): number => sigma.bias?.[at % cols] ?? 0;
    const signs = sigma.kind === "topk" ? [] : on.map((at) => oneSided(place(at), -bias(at), true));
    if (on.length < full && sigma.kind !== "topk") {
      return [...signs, ...off.map((at) => oneSided(place(at), -bias(at), false))];
    }
    const pairs = on.flatMap((a) =>
      off.map(
        (b): Constraint => ({
          terms: [
            { ...place(a), sign: 1 },
            { ...place(b), sign: -1 },
          ],
          bound: bias(b) - bias(a),
          strict: b < a, // at a tie the lower index wins
        }),
      ),
    );
    return [...signs, ...pairs];
  });
}
