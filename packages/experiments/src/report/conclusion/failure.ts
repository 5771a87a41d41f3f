import { meanOf, type RowGroup } from "../groups.js";
import { list, percent } from "./words.js";

/** Why methods find few features, by what their rows show most of; methods with the same reason together, unnamed where that is all of them. */
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
      const names = byReason.size === 1 ? "" : `${list(failing.map(({ method }) => method))}: `;
      return `${names}${reason.words(range)}`;
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
  if (dead.share(group) > 0.5) return dead;
  if (dense.share(group) > 5) return dense;
  return [summed, several, mixed].reduce((most, reason) => (reason.share(group) > most.share(group) ? reason : most));
}
