import type { Baselines, HeldOutMetrics } from "@monosema/experiments/report";
import { evaluateModel, type Model, type ModelMetrics } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import { warnUndefinedFvu } from "../undefinedFvu.js";
import { watchedBatches } from "../watchedBatches.js";
import type { Pairs } from "./data.js";
import type { Split } from "./holdout.js";

/** What a trained dictionary does with its data. */
export interface Measured {
  /** Over all rows. */
  readonly metrics: ModelMetrics & { readonly denseFraction: number };
  /** Over the rows that were held out. */
  readonly heldOut: HeldOutMetrics | null;
  /** What other codes leave unexplained. */
  readonly baselines: Baselines;
  /** Share of all rows that each latent is active on, `[Q]`. */
  readonly rates: Float64Array;
}

/** A latent that is active on more than this share of the samples is dense. */
export const DENSE = 0.1;

/** Measures a dictionary over all rows and over those held out, and PCA with as many numbers for each. */
export async function measure(
  session: Session,
  backend: Backend,
  model: Model,
  all: Pairs,
  { training, heldOut }: Split,
  batch: number,
): Promise<Measured> {
  const { nQ } = model.spec;
  const firings = new Float64Array(nQ);
  const metrics = await evaluateModel(
    backend,
    model,
    watchedBatches(session, "evaluating", all.input, batch, all.target),
    {
      onBatch(_, { codes }) {
        for (const latent of codes.latents) firings[latent] = (firings[latent] as number) + 1;
      },
    },
  );
  warnUndefinedFvu(session, metrics);
  const rates = firings.map((count) => count / metrics.samples);
  const held =
    heldOut &&
    (await evaluateModel(
      backend,
      model,
      watchedBatches(session, "evaluating held-out rows", heldOut.input, batch, heldOut.target),
    ));
  session.doing("comparing with principal components");
  const { pcaBaseline } = await import("@monosema/audit"); // loads all of its checks
  const targets = ({ input, target = input }: Pairs) => target;
  const components = Math.max(1, Math.round(metrics.l0));
  const pca = await pcaBaseline(backend, targets(training), targets(heldOut ?? training), components);
  session.doing(session.command);
  return {
    metrics: { ...metrics, denseFraction: rates.filter((rate) => rate > DENSE).length / nQ },
    heldOut: held ? { rows: held.samples, fvu: held.fvu, l0: held.l0, deadFraction: held.deadFraction } : null,
    baselines: { pca },
    rates,
  };
}
