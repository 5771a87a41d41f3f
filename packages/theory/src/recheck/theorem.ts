import type { Mat } from "@monosema/numerics";
import type { Sigma } from "../sigma.js";
import type { Recheck } from "./outcome.js";
import { rowNorm, rowProduct } from "./products.js";

/**
 * The theorem that decides identifiability: fewer latents than features; a pair of parallel targets; a pair of parallel inputs with other
 * targets; Top-1 after ReLU; smallest L0 and smallest L1 with unit decoders under ReLU; an L1 weight that switches a feature off.
 */
export type TheoremRule =
  | "too-few-latents"
  | "parallel-targets"
  | "inseparable-inputs"
  | "top-one"
  | "l0"
  | "l1-unit-norm"
  | "shrunk-away";

/** Premises of a theorem on identifiability, to be verified on the features. */
export interface TheoremCertificate {
  /** Discriminant. */
  readonly kind: "theorem";
  /** Which theorem. */
  readonly rule: TheoremRule;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Number of latents. */
  readonly nQ: number;
  /** Activation. */
  readonly sigma: Sigma;
  /** The pair of features, or the one that is switched off twice; null for rules without one. */
  readonly pair: readonly [number, number] | null;
  /** Weight of ||z_d||_1, `[n]`; null without. */
  readonly ell: ArrayLike<number> | null;
  /** Rows that fire on one feature each, `[n, nP]`; null for rules that need none. */
  readonly rows: Mat | null;
}

/** 1 - cosine up to which directions count as proportional. */
export const PROPORTIONAL = 1e-10;
/** Relative size of a pre-activation that counts as 0. */
const TIE = 1e-9;

/** The premises of the rule hold for the features. */
export function recheckTheorem(certificate: TheoremCertificate): Recheck {
  const { rule, featuresP, featuresR, nQ, pair } = certificate;
  const n = featuresR.rows;
  switch (rule) {
    case "too-few-latents":
      return { holds: nQ < n, detail: `${nQ} latents for ${n} features`, residual: 0 };
    case "parallel-targets":
      return onPair(certificate, ([d, e]) => parallel(featuresR, d, e));
    case "inseparable-inputs":
      return onPair(certificate, ([d, e]) =>
        homogeneous(certificate) && !parallel(featuresR, d, e) ? parallel(featuresP, d, e) : false,
      );
    case "shrunk-away": {
      const d = pair?.[0] ?? -1;
      return { holds: d >= 0 && shrunk(certificate, d) === 0, detail: `shrunk code of feature ${d} is 0`, residual: 0 };
    }
    case "top-one": {
      const top = certificate.sigma.kind === "topk-relu" && certificate.sigma.k === 1;
      const apart = allApart(featuresP);
      return premises(certificate, top && homogeneous(certificate) && apart, "input directions are distinct");
    }
    case "l0":
    case "l1-unit-norm": {
      const relu = certificate.sigma.kind === "relu" && homogeneous(certificate);
      const positive = rule === "l0" || everyFeature(n, (d) => shrunk(certificate, d) > 0);
      return premises(certificate, relu && positive && rowsIsolate(certificate), "rows fire on one feature each");
    }
  }
}

/** The common premises: enough latents, positive weights, non-zero and pairwise not parallel targets. */
function premises(certificate: TheoremCertificate, own: boolean, detail: string): Recheck {
  const { featuresR, weights, nQ } = certificate;
  const n = featuresR.rows;
  const visible = everyFeature(n, (d) => (weights[d] as number) > 0 && rowNorm(featuresR, d) > 0);
  const holds = own && nQ >= n && visible && allApart(featuresR);
  return { holds, detail: holds ? detail : `not so: ${detail}, and targets visible and distinct`, residual: 0 };
}

function onPair({ pair }: TheoremCertificate, holds: (pair: readonly [number, number]) => boolean): Recheck {
  return {
    holds: pair !== null && pair[0] !== pair[1] && holds(pair),
    detail: `features ${pair?.join(" and ")}`,
    residual: 0,
  };
}

function homogeneous({ sigma }: TheoremCertificate): boolean {
  return (sigma.kind === "relu" || sigma.kind === "topk-relu") && !sigma.bias?.some((value) => value !== 0);
}

function parallel(directions: Mat, d: number, e: number): boolean {
  const scale = rowNorm(directions, d) * rowNorm(directions, e);
  return scale > 0 && 1 - rowProduct(directions, d, directions, e) / scale <= PROPORTIONAL;
}

function allApart(directions: Mat): boolean {
  return everyFeature(directions.rows, (d) => {
    if (rowNorm(directions, d) === 0) return false;
    return everyFeature(d, (e) => !parallel(directions, d, e));
  });
}

function shrunk({ featuresR, weights, ell }: TheoremCertificate, d: number): number {
  return ell === null
    ? Number.POSITIVE_INFINITY
    : Math.max(0, rowNorm(featuresR, d) - (ell[d] as number) / (2 * (weights[d] as number)));
}

function rowsIsolate({ featuresP, rows }: TheoremCertificate): boolean {
  if (rows === null || rows.rows !== featuresP.rows) return false;
  return everyFeature(rows.rows, (i) =>
    everyFeature(featuresP.rows, (d) => {
      const relative = rowProduct(rows, i, featuresP, d) / (rowNorm(rows, i) * rowNorm(featuresP, d) || 1);
      return i === d ? relative > TIE : relative <= TIE;
    }),
  );
}

function everyFeature(count: number, holds: (d: number) => boolean): boolean {
  for (let d = 0; d < count; d++) if (!holds(d)) return false;
  return true;
}
