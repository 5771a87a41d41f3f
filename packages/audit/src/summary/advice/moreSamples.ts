import type { AdviceRule } from "../adviceRule.js";
import { tooFewSamples, tooFewScored } from "../auditGrade.js";
import { normOption, targetOption } from "../trainCommand.js";

/** A grade needs enough samples, and scores enough firings. */
export const moreSamples: AdviceRule = (input) => {
  const { spec, names } = input;
  if (!tooFewSamples(input) && !tooFewScored(input)) return [];
  const command = `monosema audit ${names.checkpoint} --data MORE_SAMPLES.npy${targetOption(spec, "MORE_TARGETS.npy")}${normOption(names)}`;
  return [{ command, why: "more samples: most latents fire too rarely in these to be scored" }];
};
