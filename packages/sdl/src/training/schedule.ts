import { kindOf, kindsThat } from "../activations/table.js";
import type { SdlSpec } from "../spec.js";

/** How learning rate, sparsity and k change over the run; all off by default. */
export interface Schedule {
  /** Steps of linear warm-up of the learning rate. */
  readonly warmup?: number;
  /** Fraction of the steps, at the end, over which the learning rate falls linearly to 0. */
  readonly decay?: number;
  /** Half a cosine from the full learning rate to 0 over the whole run; instead of `decay`. */
  readonly cosine?: boolean;
  /** Fraction of the steps over which L1 and L0 coefficients rise linearly from 0. */
  readonly sparsityRamp?: number;
  /** TopK and BatchTopK: k falls geometrically from a larger start. */
  readonly kAnneal?: KAnneal;
}

/** Annealing of k. */
export interface KAnneal {
  /** k of the first step. */
  readonly from: number;
  /** Fraction of the steps after which k has its own value. */
  readonly over: number;
}

/** What the schedule gives for one step. */
export interface Scheduled {
  /** Learning rate. */
  readonly lr: number;
  /** Factor of sparsity coefficients. */
  readonly ramp: number;
  /** Active latents per sample, where annealed. */
  readonly k?: number;
}

/**
 * Numbers of step t of T (t from 1). Warm-up and decay multiply.
 *
 * @param lr - full learning rate
 */
export function scheduled(schedule: Schedule, spec: SdlSpec, lr: number, t: number, steps: number): Scheduled {
  const { warmup = 0, decay = 0, cosine = false, sparsityRamp = 0, kAnneal } = schedule;
  const rise = warmup > 0 ? Math.min(1, t / warmup) : 1;
  const fall = decay > 0 ? Math.min(1, (1 - t / steps) / decay) : 1;
  const wave = cosine ? (1 + Math.cos((Math.PI * t) / steps)) / 2 : 1;
  const ramp = sparsityRamp > 0 ? Math.min(1, t / (sparsityRamp * steps)) : 1;
  const k = nestingCount(spec);
  if (kAnneal === undefined || k === undefined) return { lr: lr * rise * fall * wave, ramp };
  const left = Math.max(0, 1 - t / (kAnneal.over * steps));
  return {
    lr: lr * rise * fall * wave,
    ramp,
    k: Math.min(spec.nQ, Math.max(k, Math.round(k * (kAnneal.from / k) ** left))),
  };
}

/**
 * Refuses schedules that cannot work.
 *
 * @throws RangeError that names the option
 */
export function validateSchedule(schedule: Schedule, spec: SdlSpec): void {
  const { warmup = 0, decay = 0, cosine = false, sparsityRamp = 0, kAnneal } = schedule;
  if (!(warmup >= 0)) throw new RangeError(`schedule: warmup must be at least 0 steps, got ${warmup}; use 0 for none`);
  for (const [name, value] of Object.entries({ decay, sparsityRamp })) {
    if (!(value >= 0 && value <= 1))
      throw new RangeError(`schedule: ${name} must be a fraction from 0 to 1, got ${value}; give a share of the steps`);
  }
  if (cosine && decay > 0)
    throw new RangeError(`schedule: cosine and decay exclude each other, got decay ${decay}; choose one`);
  if (kAnneal === undefined) return;
  const k = nestingCount(spec);
  if (k === undefined || spec.terms.matryoshka?.kind === "multiK") {
    throw new RangeError(
      `schedule: kAnneal needs ${kindsThat(({ nests }) => nests === true)} without multiK, got ${spec.activation.kind}; drop it`,
    );
  }
  if (!(kAnneal.from >= k && kAnneal.over > 0 && kAnneal.over <= 1)) {
    throw new RangeError(
      `schedule: kAnneal needs from >= k = ${k} and over in (0, 1], got ${JSON.stringify(kAnneal)}; correct it`,
    );
  }
}

/** k of an activation whose selections nest. */
function nestingCount({ activation }: SdlSpec): number | undefined {
  const kind = kindOf(activation);
  return kind.nests ? kind.count?.(activation) : undefined;
}
