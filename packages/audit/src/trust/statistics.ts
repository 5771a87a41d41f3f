import type { LatentStatistic } from "./statistic.js";
import { alignment } from "./statistics/alignment.js";
import { companion } from "./statistics/companion.js";
import { crowd } from "./statistics/crowd.js";
import { dependence } from "./statistics/dependence.js";
import { encoderCosine } from "./statistics/encoderCosine.js";
import { energy } from "./statistics/energy.js";
import { exclusion } from "./statistics/exclusion.js";
import { gain } from "./statistics/gain.js";
import { halves } from "./statistics/halves.js";
import { inCone } from "./statistics/inCone.js";
import { localFit } from "./statistics/localFit.js";
import { meanShift } from "./statistics/meanShift.js";
import { nearest } from "./statistics/nearest.js";
import { rate } from "./statistics/rate.js";
import { residualDirection } from "./statistics/residualDirection.js";
import { residualGrowth } from "./statistics/residualGrowth.js";
import { residualSize } from "./statistics/residualSize.js";
import { share } from "./statistics/share.js";
import { size } from "./statistics/size.js";
import { strongAndWeak } from "./statistics/strongAndWeak.js";
import { strongFit } from "./statistics/strongFit.js";
import { tails } from "./statistics/tails.js";
import { variation } from "./statistics/variation.js";
import { weakest } from "./statistics/weakest.js";

/** What the scores are computed from. A new one is one file and one line here; `npm run calibrate` then weighs it. */
export const latentStatistics: readonly LatentStatistic[] = [
  strongFit,
  localFit,
  residualGrowth,
  residualDirection,
  residualSize,
  strongAndWeak,
  halves,
  alignment,
  meanShift,
  share,
  size,
  gain,
  encoderCosine,
  tails,
  weakest,
  variation,
  rate,
  energy,
  nearest,
  crowd,
  inCone,
  companion,
  dependence,
  exclusion,
];
