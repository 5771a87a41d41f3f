import type { Activation, Terms } from "@monosema/sdl";
import { type AbsorptionRecipe, runAbsorption } from "./absorptionRun.js";
import { heldOutColumns } from "./columns.js";
import type { Scale, Scores, Table, TableRow } from "./table.js";

/** How often parents are absorbed into their children, by method, against what the objective prefers. */
export const absorptionTable: Table = {
  name: "absorption",
  title: "Absorption: parents that fall silent where their children fire",
  about:
    "Trees of one level: a child fires only where its parent fires. The theory has two dictionaries that both reproduce such data without loss: one latent per feature, and one in which the child's latent also writes the parent, whose own latent is silent there. Which of the two a sparsity term prefers can be computed without training (gain above 0: absorbed); the rows compare that with what training does.",
  columns: [
    {
      key: "rate",
      title: "absorbed",
      meaning: "share of the pairs of parent and child in which both signs of absorption exceed .1",
    },
    {
      key: "predicted",
      title: "theory",
      meaning:
        "1 where the objective is lower with all parents absorbed, 0 where it is higher, n/a where it is the same",
    },
    { key: "gain", title: "gain", meaning: "by how much it is lower, as a share of the energy of the samples" },
    {
      key: "silent",
      title: "silent",
      meaning: "how much more often the parent's latent is silent where the child fires, mean over pairs",
    },
    {
      key: "carried",
      title: "carried",
      meaning: "share of the parent in the decoder row of the child's latent, mean over pairs",
    },
    { key: "shared", title: "shared", meaning: "share of the pairs with one latent for both" },
    { key: "found", title: "found", meaning: "share of the features with a decoder row of cosine above .9" },
    heldOutColumns.fvu,
    heldOutColumns.l0,
  ],
  seeds: 3,
  data: "made",
  rows: (scale) => methods.map(([name, activation, terms]) => absorptionRow(scale, name, activation, terms)),
  inconsistencies: [],
  conclusion,
};

const l1 = (coefficient: number): Terms => ({ l1: { coefficient, weighting: "decoderNorm" } });

const methods: readonly (readonly [string, Activation, (nQ: number) => Terms])[] = [
  ["relu", { kind: "relu" }, () => l1(0.1)],
  ["relu-weak", { kind: "relu" }, () => l1(0.01)],
  ["jumprelu", { kind: "jumprelu", theta: 0.3, bandwidth: 0.3 }, () => ({ l0: { coefficient: 0.05 } })],
  ["topk-1", { kind: "topk", k: 1 }, () => ({ auxK: {} })],
  ["topk-2", { kind: "topk", k: 2 }, () => ({ auxK: {} })],
  ["topk-8", { kind: "topk", k: 8 }, () => ({ auxK: {} })],
  ["batchtopk-1", { kind: "batchtopk", k: 1 }, () => ({ auxK: {} })],
  // The narrow level is as wide as there are parents.
  [
    "matryoshka-2",
    { kind: "topk", k: 2 },
    (nQ) => ({ auxK: {}, matryoshka: { kind: "prefix", widths: [Math.round(nQ / 5), nQ] } }),
  ],
];

function absorptionRow(scale: Scale, name: string, activation: Activation, terms: (nQ: number) => Terms): TableRow {
  const parents = scale === "paper" ? 40 : 10;
  const nQ = 5 * parents;
  const recipe: AbsorptionRecipe = {
    activation,
    terms: terms(nQ),
    parents,
    nP: Math.round(1.2 * nQ),
    nQ,
    steps: 3000,
    lr: 1e-3,
  };
  return { name, recipe, why, run: (backend, context) => runAbsorption(backend, recipe, context) };
}

/** Pairs from which a row counts as absorbed. */
const SOME = 0.1;

function why({ rate, predicted }: Scores): string | undefined {
  if (rate == null || predicted == null) return undefined;
  if (predicted >= 0.5 === rate >= SOME) return undefined;
  return predicted >= 0.5
    ? `the objective prefers absorption, but training absorbs ${(100 * rate).toFixed(0)} % of the pairs only.`
    : `the objective prefers clean latents, but training absorbs ${(100 * rate).toFixed(0)} % of the pairs all the same.`;
}

function conclusion(means: ReadonlyMap<string, Scores>): readonly string[] {
  const judged = [...means].filter(([, { rate, predicted }]) => rate != null && predicted != null);
  if (judged.length === 0) return [];
  const agree = judged.filter(([, scores]) => why(scores) === undefined).length;
  const most = [...means].sort(([, a], [, b]) => (b.rate ?? 0) - (a.rate ?? 0));
  const [[first, { rate: highest }], [last, { rate: lowest }]] = [most[0], most.at(-1)] as [
    [string, Scores],
    [string, Scores],
  ];
  return [
    `The theory's preference agrees with training in ${agree} of ${judged.length} rows.`,
    ...(most.length > 1
      ? [
          `Most absorbed: ${first} (${(100 * (highest ?? 0)).toFixed(0)} % of the pairs), least: ${last} (${(100 * (lowest ?? 0)).toFixed(0)} %).`,
        ]
      : []),
  ];
}
