import type { BenchRow } from "../records.js";
import { failures } from "./conclusion/failure.js";
import { type Gain, gains } from "./conclusion/gains.js";
import { unfinished } from "./conclusion/unfinished.js";
import { list, percent, points } from "./conclusion/words.js";
import { formatWhole } from "./format.js";
import { groupRows, meanOf, type RowGroup } from "./groups.js";
import { deviation, mean } from "./statistics.js";

/** Shares that differ by less are called alike. */
const ALIKE = 0.02;
/** Below this share of the best method's a method is said to fall behind. */
const BEHIND = 0.5;
/** From this share on, the data are solved. */
const SOLVED = 0.98;

/**
 * What the rows of a benchmark say, in sentences for somebody who has never read such a table: which method to use, which ones fail and
 * at what, what anchors changed, and whether the differences exceed the spread between seeds. Empty without rows.
 */
export function benchConclusion(rows: readonly BenchRow[]): readonly string[] {
  const groups = groupRows(rows).filter(({ rows: own }) => own.every(({ outcomes }) => outcomes !== ""));
  if (groups.length === 0) return [];
  const all = ranked(groups.filter(({ kind }) => kind === "none"));
  const plain = comparable(all);
  const kinds = [...new Set(groups.map(({ kind }) => kind))].filter((kind) => kind !== "none");
  const changes = kinds.map((kind) => {
    const anchored = groups.filter((group) => group.kind === kind);
    return { anchored, changed: gains(all, anchored) };
  });
  return [
    ...bestMethods(
      plain,
      all.filter((group) => !plain.includes(group)),
    ),
    ...failing(plain),
    ...reconstruction(plain),
    ...changes.flatMap(({ anchored, changed }) => anchorEffect(anchored, changed)),
    ...advice(plain, ranked(comparable(changes.flatMap(({ anchored, changed }) => helpedGroups(anchored, changed))))),
    ...unfinished(groups),
    noise(
      plain,
      changes.flatMap(({ changed }) => changed),
      groups,
    ),
  ];
}

const found = (group: RowGroup): number => meanOf(group, ({ metrics }) => metrics.found);
const ranked = (groups: readonly RowGroup[]): readonly RowGroup[] => [...groups].sort((a, b) => found(b) - found(a));

/** Groups that see the same data: the autoencoders where there are any. Transcoders and crosscoders have views of their own. */
function comparable(groups: readonly RowGroup[]): readonly RowGroup[] {
  const autoencoders = groups.filter(({ rows }) => rows[0]?.variant === "sae");
  return autoencoders.length > 0 ? autoencoders : groups;
}

function bestMethods(plain: readonly RowGroup[], views: readonly RowGroup[]): readonly string[] {
  const [best, ...others] = plain;
  if (best === undefined) return ["There is no run without anchors here to compare methods by."];
  const features = percentOf(best);
  const worst = plain.at(-1) as RowGroup;
  if (found(worst) >= SOLVED) {
    const all = others.length === 0 ? best.method : `every method (${list(plain.map(({ method }) => method))})`;
    return [
      `Without anchors ${all} finds at least ${percent(found(worst))} of the true features: these data are solved and rank nothing.`,
    ];
  }
  if (found(best) < 0.05) {
    return [
      `No method finds more than ${percent(found(best))} of the true features: train longer (--steps), or change the settings of the methods.`,
    ];
  }
  const alike = others.filter((group) => found(best) - found(group) < ALIKE);
  const next = others.find((group) => !alike.includes(group));
  const summed = meanOf(best, ({ metrics }) => metrics.foundComposite);
  return [
    `Without anchors ${best.method} finds ${others.length === 0 ? "" : "most: "}${features} of the true features (a latent counts where its decoder row has a cosine above .9)${summed >= 0.01 ? `, and ${percent(summed)} more as sums with their parents` : ""}${alike.length > 0 ? `; ${list(alike.map(named))} about as many` : ""}${next === undefined ? "" : `; then comes ${named(next)}`}${views.length === 0 ? "" : `; on views of their own: ${list(views.map(named))}`}.`,
  ];
}

const percentOf = (group: RowGroup): string => percent(found(group));
const named = (group: RowGroup): string => `${group.method} (${percentOf(group)})`;

function failing(plain: readonly RowGroup[]): readonly string[] {
  const [best, ...others] = plain;
  if (best === undefined) return [];
  if (found(best) < 0.05) return [`What fails: ${failures(plain)}.`];
  const failed = others.filter((group) => found(group) < BEHIND * found(best));
  if (failed.length === 0) return [];
  const steps = failed.flatMap(({ rows }) => rows.map((row) => row.steps));
  const range = [...new Set([Math.min(...steps), Math.max(...steps)].map(formatWhole))].join(" to ");
  return [
    `${list(failed.map(named))} ${failed.length > 1 ? "are" : "is"} far behind after ${range} steps: ${failures(failed)}.`,
  ];
}

/** Where the method that reconstructs best is not the one that finds most. */
function reconstruction(plain: readonly RowGroup[]): readonly string[] {
  const fvu = (group: RowGroup): number => meanOf(group, ({ metrics }) => metrics.fvu ?? Number.NaN);
  const [best] = plain;
  const closest = [...plain].filter((group) => Number.isFinite(fvu(group))).sort((a, b) => fvu(a) - fvu(b))[0];
  if (best === undefined || closest === undefined || found(best) - found(closest) < 0.1) return [];
  if (fvu(closest) > 0.9 * fvu(best)) return [];
  return [
    `Reconstruction does not tell recovery: ${closest.method} misses least of the variance (${(100 * fvu(closest)).toFixed(1)} %; ${best.method} ${(100 * fvu(best)).toFixed(1)} %), but finds ${percentOf(closest)} of the features.`,
  ];
}

function anchorEffect(anchored: readonly RowGroup[], changed: readonly Gain[]): readonly string[] {
  const [first] = anchored;
  const held = first && heldText(first);
  if (held === undefined || changed.length === 0) return [];
  if (first?.kind === "discovered")
    return [
      `Scores with discovered anchors belong to the TopK run that found the anchors, not to the methods that were held to them.`,
    ];
  const sorted = [...changed].sort((a, b) => b.change - a.change);
  const [most, least] = [sorted[0] as Gain, sorted.at(-1) as Gain];
  const helped = changed.filter(({ change }) => change >= ALIKE);
  const hurt = changed.filter(({ change }) => change <= -ALIKE);
  const fvus = changed.flatMap(({ fvu }) => fvu ?? []);
  const price =
    fvus.length === 0 ? "" : ` The share of the variance that is missed changes by ${points(mean(fvus))} on average.`;
  if (helped.length === 0 && hurt.length === 0)
    return [
      `Anchoring ${held} changes the share of the other features that is found by less than ${percent(ALIKE)} in every method.${price}`,
    ];
  const verdict =
    changed.length === 1
      ? `${most.change > 0 ? "helps" : "hurts"}`
      : helped.length === changed.length
        ? "helps every method"
        : hurt.length === changed.length
          ? "hurts every method"
          : `helps ${helped.length === 0 ? "none" : list(helped.map(({ method }) => method))}${hurt.length === 0 ? "" : ` and hurts ${list(hurt.map(({ method }) => method))}`}${helped.length + hurt.length === changed.length ? "" : ", and changes the others little"}`;
  const range =
    changed.length === 1
      ? `from ${percent(most.plain)} to ${percent(most.anchored)}${spreadOf(most)} with ${most.method}`
      : `up most with ${most.method}, from ${percent(most.plain)} to ${percent(most.anchored)}${spreadOf(most)}, and least with ${least.method}, from ${percent(least.plain)} to ${percent(least.anchored)}${spreadOf(least)}`;
  return [
    `Anchoring ${held} ${verdict}: of the other features, which no anchor holds, the share found goes ${range}.${price}`,
  ];
}

const spreadOf = ({ change, deviation: spread, seeds }: Gain): string =>
  spread === undefined
    ? ""
    : ` (${points(change)}, standard deviation ${(100 * spread).toFixed(0)} over ${seeds} seeds)`;

function heldText({ kind, rows }: RowGroup): string | undefined {
  const count = (rows[0] as BenchRow).anchors.count;
  const some = count === 1 ? "feature" : "features";
  if (kind === "frequent") return `the ${count === 1 ? "" : `${count} `}most frequent ${some}`;
  if (kind === "truth") return `${count} random ${some}`;
  return kind === "discovered" ? "discovered directions" : undefined;
}

/** Groups whose anchors help the features that they do not hold; discovered ones hold what a run had found already. */
function helpedGroups(anchored: readonly RowGroup[], changed: readonly Gain[]): readonly RowGroup[] {
  const helped = changed.filter(({ change }) => change >= ALIKE).map(({ method }) => method);
  return anchored.filter(({ method, kind }) => kind !== "discovered" && helped.includes(method));
}

/** Which method to use. */
function advice(plain: readonly RowGroup[], anchored: readonly RowGroup[]): readonly string[] {
  const [best] = plain;
  const [held] = anchored;
  if (best === undefined || found(best) < 0.05 || found(plain.at(-1) as RowGroup) >= SOLVED) return [];
  const own = plain.length > 1 ? `Without known features use ${best.method}` : undefined;
  if (held === undefined) return own === undefined ? [] : [`${own}.`];
  const use = `train ${held.method} held to ${heldText(held)}: it finds ${percentOf(held)} of the others`;
  return [
    own === undefined ? `Where such features are known, ${use}.` : `${own}; where such features are known, ${use}.`,
  ];
}

/** Whether differences exceed the spread between seeds. */
function noise(plain: readonly RowGroup[], changed: readonly Gain[], groups: readonly RowGroup[]): string {
  const seeds = Math.min(...groups.map(({ rows }) => rows.length));
  if (seeds < 2) {
    return "Every number is one run with one seed, which cannot show how much it would change with another; ask for --seeds 3 before trusting small differences.";
  }
  const [best, second] = plain;
  const parts: string[] = [];
  if (best !== undefined && second !== undefined) {
    const gap = found(best) - found(second);
    const errors = [best, second].map(
      ({ rows }) => (deviation(rows.map(({ metrics }) => metrics.found)) ?? 0) ** 2 / rows.length,
    );
    const doubt = 2 * Math.sqrt(mean(errors) * 2);
    parts.push(
      `the lead of ${best.method} over ${second.method} (${(100 * gap).toFixed(1)} points) ${gap > doubt ? "exceeds" : "is within"} twice its standard error (${(100 * doubt).toFixed(1)})`,
    );
  }
  if (changed.length > 0) {
    const sure = changed.filter(
      ({ change, deviation: spread, seeds: pairs }) => Math.abs(change) > (2 * (spread ?? 0)) / Math.sqrt(pairs),
    );
    parts.push(
      `what anchors changed exceeds it in ${sure.length} of ${changed.length} ${changed.length === 1 ? "comparison" : "comparisons"}`,
    );
  }
  return parts.length === 0 ? `The numbers are means over ${seeds} seeds.` : `Over ${seeds} seeds ${list(parts)}.`;
}
