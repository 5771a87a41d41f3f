import { deadLatents } from "./warnings/deadLatents.js";
import { denseLatents } from "./warnings/denseLatents.js";
import { fewRows } from "./warnings/fewRows.js";
import type { FinishedRun, RunWarning } from "./warnings/finishedRun.js";
import { heldOutGap } from "./warnings/heldOutGap.js";
import { manyEpochs } from "./warnings/manyEpochs.js";
import { nothingHeldOut } from "./warnings/nothingHeldOut.js";
import { unusedK } from "./warnings/unusedK.js";
import { worseThanPca } from "./warnings/worseThanPca.js";

/** What may be said of a finished run, in this order. */
const all: readonly RunWarning[] = [
  nothingHeldOut,
  heldOutGap,
  worseThanPca,
  deadLatents,
  denseLatents,
  unusedK,
  fewRows,
  manyEpochs,
];

/** What a user should know of a finished run: each sentence names the option to change. */
export const runWarnings = (run: FinishedRun): readonly string[] => all.flatMap((warning) => warning(run) ?? []);
