import { meanOf, type RowGroup } from "../groups.js";
import { mean } from "./gains.js";
import { list, percent } from "./words.js";

/** Why methods find few features, by what their rows show most of; methods with the same reason together. */
export function failures(groups: readonly RowGroup[]): string {
  const byReason = new Map<Reason, RowGroup[]>();
  for (const group of groups) {
    const reason = reasonOf(group);
    byReason.set(reason, [...(byReason.get(reason) ?? []), group]);
  }
  return [...byReason]
    .map(([reason, failing]) => {
      const shares = failing.map(reason.share);
      const range = [...new Set([Math.min(...shares), Math.max(...shares)].map(reason.format))].join(" to ");
      return `${list(failing.map(({ method }) => method))}: ${reason.words(range)}`;
    })
    .join("; ");
}

interface Reason {
  /** The figure that shows it. */
  readonly share: (group: RowGroup) => number;
  readonly format: (share: number) => string;
  /** In words, for the range of that figure. */
  readonly words: (range: string) => string;
}

type Kind = keyof RowGroup["rows"][number]["metrics"]["latents"];

const latents =
  (...kinds: readonly Kind[]) =>
  (group: RowGroup): number =>
    meanOf(group, ({ metrics }) => kinds.reduce((sum, kind) => sum + metrics.latents[kind], 0));

const unlearned: Reason = {
  share: (group) => meanOf(group, ({ metrics }) => metrics.fvu ?? Number.NaN),
  format: percent,
  words: (range) => `the data are not learned (${range} of the variance is missed)`,
};
/** How much the fvu of the batches fell from the third to the last quarter of the training. */
const unfinished: Reason = {
  share: (group) => meanOf(group, ({ curve }) => fallOf(curve.flatMap(({ fvu }) => fvu ?? []))),
  format: percent,
  words: (range) =>
    `training is not finished (the missed variance fell by ${range} in the last quarter; give more --steps)`,
};
const dead: Reason = {
  share: latents("dead"),
  format: percent,
  words: (range) => `${range} of the latents never fire`,
};
const dense: Reason = {
  share: (group) => meanOf(group, ({ metrics }) => metrics.l0 / metrics.trueL0),
  format: (times) => times.toFixed(0),
  words: (range) => `the code is too dense (${range} times as many latents as features are active)`,
};
const summed: Reason = {
  share: latents("composite"),
  format: percent,
  words: (range) => `${range} of the latents hold a feature summed with its parents`,
};
const several: Reason = {
  share: latents("split", "duplicate"),
  format: percent,
  words: (range) => `${range} of the latents share a feature with another one`,
};
const mixed: Reason = {
  share: latents("none", "dense", "absorbed"),
  format: percent,
  words: (range) => `${range} of the latents are mixtures that match no feature`,
};

/** The most telling reason. */
function reasonOf(group: RowGroup): Reason {
  if (unlearned.share(group) > 0.5) return unlearned;
  if (unfinished.share(group) > 0.1) return unfinished;
  if (dead.share(group) > 0.5) return dead;
  if (dense.share(group) > 5) return dense;
  return [summed, several, mixed].reduce((most, reason) => (reason.share(group) > most.share(group) ? reason : most));
}

/** Relative fall of the mean from the third to the last quarter; 0 for too few points. */
function fallOf(fvus: readonly number[]): number {
  const quarter = Math.floor(fvus.length / 4);
  if (quarter === 0) return 0;
  const last = mean(fvus.slice(-quarter));
  return 1 - last / mean(fvus.slice(-2 * quarter, -quarter));
}
