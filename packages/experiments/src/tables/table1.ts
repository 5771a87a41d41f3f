import type { Method } from "../bench/methods.js";
import type { Settings } from "../bench/settings.js";
import { benchColumns, type PaperScores, plainAndAnchored } from "./benchRow.js";
import type { Scale, Table } from "./table.js";

/** The paper's Table 1: seven methods, plain and with true anchors. */
export const table1: Table = {
  name: "1",
  title: "Table 1: recovery by seven methods, plain and anchored",
  about:
    "Each method learns a dictionary of data whose true features are known. M_GT is the share of features found, M_IP the mean best match, both by decoder rows, which the objective identifies; the paper scores encoder rows as they are (raw). Anchored rows hold a tenth of the features and are scored on the others.",
  columns: benchColumns,
  seeds: 1,
  data: "made",
  rows: (scale) =>
    paper.flatMap(([method, ...scores]) =>
      plainAndAnchored(method, { preset: scale, settings: settings[scale], method }, scores),
    ),
  inconsistencies: [
    "The anchored TopK, BatchTopK, Matryoshka and transcoder figures are multiples of 1/970 and of no other number of features from 500 to 1100: 30 anchors were left out, not the 100 that are stated.",
    "The crosscoder figures are no multiple of 1/1000 or 1/970; they fit averages over 4, 5, 6 or at least 8 sources.",
    "Free, unregularised encoders did not exceed a mean cosine of .92 with the true features in any run of ours, so that the figures of the TopK family cannot be encoder cosines; five of the six pairs lie on the curve of an unconverged decoder.",
    "ReLU and JumpReLU, 0 in the paper, look like runs with too little sparsity pressure: with enough of it both recover every feature.",
  ],
};

const paper: readonly (readonly [Method, PaperScores, PaperScores])[] = [
  ["relu", [0, 0.205], [0, 0.246]],
  ["jumprelu", [0, 0.237], [0, 0.333]],
  ["topk", [0.849, 0.983], [0.8763, 0.986]],
  ["batchtopk", [0.848, 0.981], [0.8938, 0.988]],
  ["matryoshka", [0.837, 0.982], [0.8732, 0.985]],
  ["transcoder", [0.236, 0.838], [0.2505, 0.838]],
  ["crosscoder", [0.5642, 0.94], [0.5771, 0.941]],
];

/**
 * k at 1.6 times the mean number of active features instead of 3.2: it is reached in fewer steps and leaves less to the noise of the
 * batches (TopK of the reduced scale: M_IP .998 plain and anchored, where 3.2 times gives .997 and .994).
 */
const settings: Readonly<Record<Scale, Settings>> = {
  reduced: [
    ["k", "4"],
    ["ks", "2,4,8"],
    ["batchtopk.weightDecay", "0"],
  ],
  paper: [
    ["k", "16"],
    ["ks", "8,16,32"],
  ],
};
