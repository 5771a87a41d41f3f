import { type AnchorOptions, anchorTerm } from "@monosema/anchoring";
import type { Backend } from "@monosema/tensor";
import { measured } from "../bench/measured.js";
import { methodSpec } from "../bench/methodSpec.js";
import type { Method } from "../bench/methods.js";
import { rankedByRate } from "../bench/seedData.js";
import { configured, type Settings } from "../bench/settings.js";
import { trainOn } from "../bench/trainOn.js";
import { formatShare } from "../report/format.js";
import { anchorCosine, blurredAnchors } from "./blurredAnchors.js";
import { type StudiedAnchors, studyAnchors } from "./studyAnchors.js";
import type { RowContext, RowResult } from "./table.js";

/** A row of the anchoring study. */
export interface StudyRecipe {
  /** Preset of the benchmark. */
  readonly preset: string;
  /** Changes to it. */
  readonly settings: Settings;
  /** What is trained. */
  readonly method: Method;
  /** Which directions are anchored. */
  readonly which: StudiedAnchors;
  /** Anchors, as a share of the features. */
  readonly share: number;
  /** Cosine of the anchors with those directions; below 1 they miss them at random. */
  readonly cosine: number;
  /** Strength, side, start and schedule. */
  readonly options: AnchorOptions;
  /** Steps, as a multiple of the preset's. */
  readonly times: number;
  /** Dead latents are resampled ten times in the first half. */
  readonly resampling: boolean;
}

/**
 * Trains and scores one row. Beside the features without an anchor, `middle` is over those of the middle ranks by rate, n/5 to .55 n,
 * without an anchor: the same features in nearly all rows.
 */
export async function runStudy(backend: Backend, recipe: StudyRecipe, context: RowContext): Promise<RowResult> {
  const { method, which, share, cosine, options, times, resampling } = recipe;
  const { seed, signal, dataOf, onProgress, onWarning } = context;
  const preset = configured(recipe.preset, recipe.settings);
  const { spec, schedule, view } = methodSpec(method, preset);
  const { batchSize, lr } = preset.recipes[method];
  const steps = Math.round(times * preset.recipes[method].steps);
  const data = dataOf(preset, seed);
  const { lrb } = data.view(view);
  const rates = data.rates();
  const ranked = rankedByRate(rates);
  const exact = studyAnchors(which, Math.round(share * lrb.n), data.view(view), ranked, seed);
  const anchors = exact && blurredAnchors(exact, cosine, seed);
  const training = {
    steps,
    seed,
    schedule,
    optimizer: { lr },
    ...(anchors ? { terms: [anchorTerm(anchors, options)] } : {}),
    ...(resampling ? { resampling: { every: Math.ceil(steps / 20), until: steps / 2 } } : {}),
    ...(signal ? { signal } : {}),
  };
  const model = await trainOn(backend, spec, data.view(view).openBatches(batchSize), training, (report) => {
    onProgress(report.step / steps, `fvu ${formatShare(report.fvu ?? Number.NaN)}`);
    report.warnings.forEach(onWarning);
  });
  const excluded = Array.from(anchors?.features ?? []);
  const { metrics, outcomes } = await measured(backend, model, data.view(view), excluded, rates);
  const { found, foundComposite, mcc, fvu, l0, deadFraction, latents } = metrics;
  const middle = ranked
    .slice(Math.round(lrb.n / 5), Math.round(0.55 * lrb.n))
    .filter((feature) => !excluded.includes(feature));
  const of = (outcome: string): number =>
    middle.filter((feature) => outcomes[feature] === outcome).length / Math.max(1, middle.length);
  return {
    ours: {
      middle: of("f"),
      middleComposite: of("c"),
      found,
      foundComposite,
      mcc,
      fvu,
      l0,
      deadFraction,
      absorbed: latents.absorbed,
      anchors: anchors?.count ?? 0,
      anchorCosine: anchors === undefined ? null : anchorCosine(anchors, lrb.features),
      middleScored: middle.length,
    },
  };
}
