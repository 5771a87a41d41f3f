import type { Method } from "../bench/methods.js";
import { benchColumns, type PaperScores, plainAndAnchored } from "./benchRow.js";
import type { Scale, Table, TableRow } from "./table.js";

/** The paper's Table 5: the largest interference of two features. */
export const table5: Table = {
  name: "5",
  title: "Table 5: the largest interference of two features",
  about: "Five methods on features of which no two have an inner product above M. The bound makes no difference to us.",
  columns: benchColumns,
  seeds: 1,
  data: "made",
  rows: (scale) =>
    paper.flatMap(([method, pairs]) => bounds.flatMap((bound, i) => pair(scale, method, bound, pairs[i] as Pair))),
  inconsistencies: [
    "Random directions of 768 dimensions have inner products of at most .18, so that M = .2 and M = .5 are the same matrices; their rows differ by .8 to 1.4 points all the same. That is the noise between runs, while several gains by anchoring are 1.5 to 3 points of single runs.",
  ],
};

type Pair = readonly [plain: PaperScores, anchored: PaperScores];

const bounds = ["0.05", "0.2", "0.5"] as const;

const paper: readonly (readonly [Method, readonly Pair[]])[] = [
  [
    "topk",
    [
      [
        [0.843, 0.982],
        [0.873, 0.985],
      ],
      [
        [0.852, 0.984],
        [0.868, 0.986],
      ],
      [
        [0.842, 0.982],
        [0.882, 0.987],
      ],
    ],
  ],
  [
    "batchtopk",
    [
      [
        [0.861, 0.984],
        [0.875, 0.986],
      ],
      [
        [0.847, 0.981],
        [0.907, 0.989],
      ],
      [
        [0.837, 0.981],
        [0.896, 0.987],
      ],
    ],
  ],
  [
    "matryoshka",
    [
      [
        [0.838, 0.982],
        [0.858, 0.985],
      ],
      [
        [0.847, 0.983],
        [0.876, 0.986],
      ],
      [
        [0.839, 0.982],
        [0.864, 0.985],
      ],
    ],
  ],
  [
    "relu",
    [
      [
        [0, 0.205],
        [0, 0.246],
      ],
      [
        [0, 0.204],
        [0, 0.245],
      ],
      [
        [0, 0.203],
        [0, 0.243],
      ],
    ],
  ],
  [
    "jumprelu",
    [
      [
        [0, 0.239],
        [0, 0.326],
      ],
      [
        [0, 0.237],
        [0, 0.333],
      ],
      [
        [0, 0.237],
        [0, 0.325],
      ],
    ],
  ],
];

const pair = (scale: Scale, method: Method, bound: string, scores: Pair): readonly TableRow[] =>
  plainAndAnchored(`${method}-M${bound}`, { preset: scale, settings: [["maxInterference", bound]], method }, scores);
