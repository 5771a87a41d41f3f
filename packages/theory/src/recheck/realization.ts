import type { Mat } from "@monosema/numerics";
import { isTopK, type Sigma, type TopKSigma, thresholdOf } from "../sigma.js";
import type { Recheck } from "./outcome.js";
import { rowNorm, rowProduct } from "./products.js";

/** An encoder that has a pattern. */
export interface RealizationCertificate {
  /** Discriminant. */
  readonly kind: "realization";
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Features that switch on each latent. */
  readonly pattern: readonly (readonly number[])[];
  /** Activation. */
  readonly sigma: Sigma;
  /** Encoder, `[nQ, nP]`. */
  readonly encoder: Mat;
}

/** Relative size below which a pre-activation counts as at its threshold. */
const TIE = 1e-9;

/** Every selected value lies above what its activation asks for, and no other one does, up to 1e-9 of ||w_E^i|| ||w_p^d||. */
export function recheckRealization(certificate: RealizationCertificate): Recheck {
  const { pattern, featuresP, sigma } = certificate;
  const on = pattern.map((set) => new Set(set));
  const features = Array.from({ length: featuresP.rows }, (_, d) => d);
  const groups = sigma.kind === "batchtopk-relu" ? [features] : features.map((d) => [d]);
  const gaps = groups.map((group) =>
    isTopK(sigma) ? selectionGap(certificate, sigma, on, group) : thresholdGap(certificate, on, group),
  );
  const smallest = gaps.reduce((low, gap) => Math.min(low, gap.on), Number.POSITIVE_INFINITY);
  const residual = gaps.reduce((high, gap) => Math.max(high, gap.off), 0);
  return {
    holds: pattern.length === certificate.encoder.rows && smallest > TIE && residual <= TIE,
    detail: `selected values clear their threshold by ${smallest.toExponential(2)}, others exceed it by ${residual.toExponential(2)}`,
    residual,
  };
}

/** How far selected values lie above their threshold, and others exceed it, both relative. */
interface Gap {
  readonly on: number;
  readonly off: number;
}

function thresholdGap(
  { encoder, featuresP, sigma }: RealizationCertificate,
  on: readonly ReadonlySet<number>[],
  group: readonly number[],
): Gap {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const d of group) {
    for (let i = 0; i < encoder.rows; i++) {
      const level = thresholdOf(sigma, i) - (sigma.bias?.[i] ?? 0);
      const scale = rowNorm(encoder, i) * rowNorm(featuresP, d) + Math.abs(level);
      const value = scale === 0 ? 0 : (rowProduct(encoder, i, featuresP, d) - level) / scale;
      if (on[i]?.has(d)) least = Math.min(least, value);
      else most = Math.max(most, value);
    }
  }
  return { on: least, off: most };
}

function selectionGap(
  { encoder, featuresP, sigma }: RealizationCertificate,
  { kind, k }: TopKSigma,
  on: readonly ReadonlySet<number>[],
  group: readonly number[],
): Gap {
  let scale = 0;
  let count = 0;
  let lowestOn = Number.POSITIVE_INFINITY;
  let highestOff = Number.NEGATIVE_INFINITY;
  for (const d of group) {
    for (let i = 0; i < encoder.rows; i++) {
      const value = rowProduct(encoder, i, featuresP, d) + (sigma.bias?.[i] ?? 0);
      scale = Math.max(scale, rowNorm(encoder, i) * rowNorm(featuresP, d) + Math.abs(sigma.bias?.[i] ?? 0));
      if (on[i]?.has(d)) {
        lowestOn = Math.min(lowestOn, value);
        count++;
      } else {
        highestOff = Math.max(highestOff, value);
      }
    }
  }
  if (scale === 0) scale = 1;
  const most = k * group.length;
  const cells = encoder.rows * group.length;
  if (count > most || (kind === "topk" && count < Math.min(most, cells))) {
    return { on: Number.NEGATIVE_INFINITY, off: 0 };
  }
  if (kind === "topk") return { on: (lowestOn - highestOff) / scale, off: 0 };
  if (count < most) return { on: lowestOn / scale, off: Math.max(0, highestOff / scale) };
  return { on: (lowestOn - Math.max(0, highestOff)) / scale, off: 0 };
}
