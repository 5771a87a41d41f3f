import { methods } from "../bench/methods.js";
import { runStudy, type StudyRecipe } from "./anchorsRun.js";
import { heldOutColumns } from "./columns.js";
import type { Scale, Scores, Table, TableRow } from "./table.js";

/** When anchoring helps the features that are not anchored: a study, one row per choice. */
export const anchorsTable: Table = {
  name: "anchors",
  title: "When anchoring helps the features without an anchor",
  about:
    "The data of preset hard (reduced: hard-small), where features have parents, correlations and very different rates. Every row changes one thing of the row frequent: TopK with the fifth of the features that fire most often as anchors, held on both sides with strength 1 from the start on. Only features without an anchor are scored; middle is the share found of the same middle ranks in every row, so that rows can be compared with each other and with none.",
  columns: [
    {
      key: "middle",
      title: "middle",
      meaning:
        "share found of the features of ranks n/5 to .55 n by rate, without those anchored (signed cosine above .9)",
    },
    { key: "found", title: "found", meaning: "share found of all features without an anchor" },
    {
      key: "foundComposite",
      title: "+composite",
      meaning: "share of the others that are held together with their ancestors",
    },
    heldOutColumns.fvu,
    heldOutColumns.dead,
    { key: "absorbed", title: "absorbed", meaning: "share of latents that have absorbed a parent" },
    {
      key: "anchorCosine",
      title: "exact",
      meaning: "mean cosine of the anchors with the features that they stand for",
    },
    { key: "mcc", title: "mcc", meaning: "mean |cosine| over the one-to-one assignment, anchored features included" },
    heldOutColumns.l0,
    { key: "anchors", title: "anchors", meaning: "how many latents are anchored" },
  ],
  seeds: 3,
  data: "made",
  rows: (scale) => rowsOf(scale),
  inconsistencies: [],
  conclusion,
};

type Change = Partial<Omit<StudyRecipe, "options">> & { readonly options?: StudyRecipe["options"] };

/** What each row changes of the row `frequent`. */
const changes: readonly (readonly [name: string, change: Change])[] = [
  ["none", { which: "none" }],
  ["frequent", {}],
  ["frequent-n40", { share: 1 / 40 }],
  ["frequent-n20", { share: 1 / 20 }],
  ["frequent-n10", { share: 1 / 10 }],
  ["frequent-2n5", { share: 2 / 5 }],
  ["middle-ranks", { which: "middle" }],
  ["roots", { which: "roots" }],
  ["top-levels", { which: "top-levels" }],
  ["random", { which: "random" }],
  ["directions", { which: "directions" }],
  ["label-means", { which: "label-means" }],
  ["label-regression", { which: "label-regression" }],
  ["cosine-0.95", { cosine: 0.95 }],
  ["cosine-0.9", { cosine: 0.9 }],
  ["cosine-0.8", { cosine: 0.8 }],
  ["encoder-side", { options: { mode: "encoder" } }],
  ["decoder-side", { options: { mode: "decoder" } }],
  ["dual-rows", { options: { mode: "dual" } }],
  ["strength-0.01", { options: { strength: 0.01 } }],
  ["strength-0.1", { options: { strength: 0.1 } }],
  ["strength-10", { options: { strength: 10 } }],
  ["no-start", { options: { start: false } }],
  ["no-start-0.1", { options: { start: false, strength: 0.1 } }],
  ["start-only", { options: { strength: 0 } }],
  ["fading", { options: { decay: 0.5 } }],
  ["rising", { options: { warmup: 0.5 } }],
  ["none-resampling", { which: "none", resampling: true }],
  ["resampling", { resampling: true }],
  ["none-long", { which: "none", times: 4 }],
  ["long", { times: 4 }],
];

function rowsOf(scale: Scale): readonly TableRow[] {
  const base: StudyRecipe = {
    preset: scale === "paper" ? "hard" : "hard-small",
    settings: [],
    method: "topk",
    which: "frequent",
    share: 1 / 5,
    cosine: 1,
    options: { strength: 1, mode: "both", start: true, warmup: 0, decay: 0 },
    times: 1,
    resampling: false,
  };
  const row = (name: string, change: Change): TableRow => {
    const recipe = { ...base, ...change, options: { ...base.options, ...change.options } };
    return { name, recipe, run: (backend, context) => runStudy(backend, recipe, context) };
  };
  const others = methods
    .filter((method) => method !== "topk")
    .flatMap((method) => [row(`${method}-none`, { method, which: "none" }), row(method, { method })]);
  const elsewhere = settingsElsewhere[scale].flatMap(([name, change]) => [
    row(`${name}-none`, { ...change, which: "none" }),
    row(name, change),
  ]);
  return [...changes.map(([name, change]) => row(name, change)), ...others, ...elsewhere];
}

/** The same comparison on other data. */
const settingsElsewhere: Readonly<Record<Scale, readonly (readonly [string, Change])[]>> = {
  reduced: [
    [
      "flat",
      {
        preset: "hard-flat",
        settings: [
          ["n", "500"],
          ["nP", "192"],
          ["nQ", "512"],
          ["steps", "700"],
          ["lr", "0.003"],
        ],
      },
    ],
    ["paper-setting", { preset: "reduced", settings: [["nQ", "250"]], which: "random" }],
  ],
  paper: [
    ["flat", { preset: "hard-flat" }],
    ["paper-setting", { preset: "paper", settings: [["nQ", "1000"]], which: "random" }],
    ["synthsae", { preset: "synthsae" }],
  ],
};

/** Differences of `middle` below this are none. */
const MARGIN = 0.02;

function conclusion(means: ReadonlyMap<string, Scores>): readonly string[] {
  const middle = (row: string): number | undefined => means.get(row)?.middle ?? undefined;
  const plain = middle("none");
  if (plain === undefined) return [];
  const listed = (names: readonly string[]): string =>
    names.map((name) => `${name} (${middle(name)?.toFixed(3)})`).join(", ");
  const compared = changes
    .map(([name]) => name)
    .filter((name) => middle(name) !== undefined && !name.startsWith("none") && name !== "long");
  const above = compared.filter((name) => (middle(name) as number) > plain + MARGIN);
  const below = compared.filter((name) => (middle(name) as number) < plain - MARGIN);
  const same = compared.filter((name) => !above.includes(name) && !below.includes(name));
  const sorted = (names: readonly string[]): readonly string[] =>
    [...names].sort((a, b) => (middle(b) as number) - (middle(a) as number));
  const methodPairs = [...methods, ...["flat", "paper-setting", "synthsae"]].flatMap((name) => {
    const [before, after] = [middle(`${name}-none`), middle(name)];
    return before === undefined || after === undefined ? [] : [`${name} ${before.toFixed(3)} to ${after.toFixed(3)}`];
  });
  return [
    `Without anchors ${plain.toFixed(3)} of the middle features are found.`,
    ...(above.length > 0 ? [`More are found with ${listed(sorted(above))}.`] : []),
    ...(same.length > 0 ? [`As many, within ${MARGIN}, with ${listed(sorted(same))}.`] : []),
    ...(below.length > 0 ? [`Fewer with ${listed(sorted(below))}.`] : []),
    ...(methodPairs.length > 0 ? [`Other methods and data, without and with anchors: ${methodPairs.join("; ")}.`] : []),
  ];
}
