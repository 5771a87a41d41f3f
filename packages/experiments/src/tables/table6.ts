import type { Method } from "../bench/methods.js";
import type { Settings } from "../bench/settings.js";
import { benchColumns, type PaperScores, plainAndAnchored } from "./benchRow.js";
import type { Scale, Table, TableRow } from "./table.js";

/** The paper's Table 6: how often features fire. */
export const table6: Table = {
  name: "6",
  title: "Table 6: the activation probability of the features",
  about:
    "Five methods where every feature fires with probability p; k follows the mean number of active features, which a user reads off the data. The paper has no rows of p = .05.",
  columns: benchColumns,
  seeds: 1,
  data: "made",
  rows: (scale) => paper.flatMap(([method, pairs]) => rates.flatMap((rate, i) => pair(scale, method, rate, pairs[i]))),
  inconsistencies: [
    "What Table 6 calls S is the activation probability 1 - S: its rows of .01 are those of Table 1 with S = .99. The text reads the trend backwards: recovery grows with density, until k is about the number of active features.",
    "JumpReLU recovers 11.8 % at .005 in the paper; here a threshold of half the smallest activation recovers nearly all, a much lower one nothing.",
  ],
};

type Pair = readonly [plain?: PaperScores, anchored?: PaperScores] | undefined;

const rates = [0.005, 0.01, 0.05, 0.1] as const;

const paper: readonly (readonly [Method, readonly Pair[]])[] = [
  [
    "relu",
    [
      [
        [0, 0.231],
        [0, 0.326],
      ],
      [
        [0, 0.205],
        [0, 0.246],
      ],
      undefined,
      [
        [0, 0.186],
        [0, 0.191],
      ],
    ],
  ],
  [
    "jumprelu",
    [
      [
        [0.118, 0.89],
        [0.748, 0.97],
      ],
      [
        [0, 0.237],
        [0, 0.333],
      ],
      undefined,
      [
        [0, 0.191],
        [0, 0.193],
      ],
    ],
  ],
  [
    "topk",
    [
      [
        [0.822, 0.978],
        [0.843, 0.981],
      ],
      [
        [0.849, 0.983],
        [0.876, 0.986],
      ],
      undefined,
      [
        [0.988, 0.981],
        [0.984, 0.979],
      ],
    ],
  ],
  [
    "batchtopk",
    [
      [
        [0.805, 0.976],
        [0.832, 0.98],
      ],
      [
        [0.848, 0.981],
        [0.894, 0.988],
      ],
      undefined,
      [
        [0.956, 0.975],
        [0.962, 0.976],
      ],
    ],
  ],
  [
    "matryoshka",
    [
      [
        [0.793, 0.974],
        [0.861, 0.983],
      ],
      [
        [0.837, 0.982],
        [0.873, 0.985],
      ],
      undefined,
      [
        [0.997, 0.991],
        [0.997, 0.991],
      ],
    ],
  ],
];

const pair = (scale: Scale, method: Method, rate: number, scores: Pair = []): readonly TableRow[] =>
  plainAndAnchored(`${method}-p${rate}`, { preset: scale, settings: settingsOf(scale, rate), method }, scores);

/** Data of this density, and k at three times the mean number of active features where that is small, 1.3 times where it is large. */
function settingsOf(scale: Scale, rate: number): Settings {
  const active = rate * (scale === "paper" ? 1000 : 250);
  const k = Math.max(scale === "paper" ? 16 : 8, Math.round((active > 20 ? 1.3 : 3.2) * active));
  const levels = [k / 2, k, 2 * k].map(Math.round);
  return [
    ["sparsity", String(1 - rate)],
    ["k", String(k)],
    ["ks", levels.join(",")],
  ];
}
