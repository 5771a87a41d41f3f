import type { Activation } from "@monosema/sdl";
import { minimaRun, type Remedy } from "./minimaRun.js";
import type { Scale, Scores, Table, TableRow } from "./table.js";

/** How often training ends in a spurious partial minimum, and what helps. */
export const minima: Table = {
  name: "minima",
  title: "Spurious partial minima: how often training gets stuck",
  about:
    "Small dictionaries are trained on features alone, the loss that the theory speaks about, twice 1,000 steps from each of 30 starts. A run is stuck if neither its decoder nor, with the same latents active, its encoder can be improved (a partial minimum) although a dictionary without loss exists. Each remedy acts in the first half: resampling of dead latents, one exact escape of the dead latents between the halves, or holding a quarter of the features, which are let go for the second half.",
  columns: [
    { key: "spurious", title: "stuck", meaning: "share of the runs that end in a spurious partial minimum" },
    { key: "partial", title: "partial", meaning: "share of the runs that end in a partial minimum of any kind" },
    { key: "loss", title: "loss", meaning: "loss at the end, as a share of that of the zero output" },
    {
      key: "found",
      title: "found",
      meaning: "share of the features, without those held, with a decoder row of cosine above .95",
    },
    { key: "dead", title: "dead", meaning: "latents that no feature switches on, at the end" },
    { key: "escapes", title: "escapes", meaning: "dead latents that the escape has set" },
  ],
  seeds: 30,
  data: "made",
  rows: (scale) => settings.flatMap((setting) => remedies.map((remedy) => minimaRow(scale, setting, remedy))),
  inconsistencies: [],
  conclusion: (means) => settings.flatMap(({ name, words }) => sentence(name, words, means)),
};

const remedies: readonly Remedy[] = ["none", "resampling", "escape", "anchors"];

interface Setting {
  readonly name: string;
  readonly words: string;
  readonly n: number;
  readonly nP: number;
  readonly nQ: number;
  readonly activation: Activation;
}

const settings: readonly Setting[] = [
  { name: "relu", words: "ReLU", n: 8, nP: 6, nQ: 8, activation: { kind: "relu" } },
  { name: "top1", words: "Top-1", n: 8, nP: 8, nQ: 12, activation: { kind: "topk", k: 1 } },
];

function minimaRow(scale: Scale, { name, n, nP, nQ, activation }: Setting, remedy: Remedy): TableRow {
  // At the scale of the paper's figure four times as many features, under the same ratios.
  const times = scale === "paper" ? 4 : 1;
  const recipe = { activation, remedy, n: times * n, nP: times * nP, nQ: times * nQ, steps: 1000, lr: 1e-2 };
  return {
    name: remedy === "none" ? name : `${name}-${remedy}`,
    recipe,
    run: (backend, context) => minimaRun(backend, recipe, context),
  };
}

function sentence(name: string, words: string, means: ReadonlyMap<string, Scores>): readonly string[] {
  const rate = (remedy: Remedy): number | undefined =>
    means.get(remedy === "none" ? name : `${name}-${remedy}`)?.spurious ?? undefined;
  const plain = rate("none");
  if (plain === undefined) return [];
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  const others = remedies.slice(1).flatMap((remedy) => {
    const value = rate(remedy);
    return value === undefined ? [] : [`${share(value)} with ${labels[remedy]}`];
  });
  const rest = others.length === 0 ? "" : `; ${others.join(", ")}`;
  const { loss, found } = means.get(name) as Scores;
  const free =
    plain < 0.1 && (loss ?? 1) < 0.02 && (found ?? 1) < 0.5
      ? [`${words} runs without loss still find ${share(found ?? 0)} of the features: no loss is no proof of recovery.`]
      : [];
  return [`${words}: ${share(plain)} of the plain runs end stuck${rest}.`, ...free];
}

const labels: Readonly<Record<Remedy, string>> = {
  none: "no remedy",
  resampling: "resampling",
  escape: "one exact escape",
  anchors: "a quarter of the features held at first",
};
