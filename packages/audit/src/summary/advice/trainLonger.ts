import { percent } from "../../words.js";
import type { AdviceRule } from "../adviceRule.js";
import { tooFewSamples, tooFewScored } from "../auditGrade.js";
import { encoderLoss, learnedNothing } from "../learned.js";
import { auditThresholds } from "../thresholds.js";
import { trainCommand } from "../trainCommand.js";

/** Share of the variance that an encoder may lose. */
const LOST = 0.05;
/** Steps of a run by default, and samples per step and passes over the data where those are more. */
const [STEPS, BATCH, PASSES] = [2000, 512, 10];

/** Latents that are not real yet, and encoders that lose much, gain from more steps: three times the default. */
export const trainLonger: AdviceRule = (input) => {
  const { spec, names, samples, scores } = input;
  if (scores === null || learnedNothing(input) || tooFewSamples(input) || tooFewScored(input)) return [];
  const real = scores.real / scores.scored;
  if (real >= auditThresholds.good.real && encoderLoss(input) < LOST) return [];
  const steps = 3 * Math.max(STEPS, Math.ceil((PASSES * samples) / BATCH));
  const why =
    real < auditThresholds.good.real
      ? `longer, and on more samples if there are: ${percent(real)} of the scored latents are probably real`
      : "longer: the encoder lags behind its decoder";
  return [{ command: trainCommand(spec, names, { steps }), why }];
};
