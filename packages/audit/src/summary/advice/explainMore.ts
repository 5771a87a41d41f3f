import type { AdviceRule } from "../adviceRule.js";
import { explainsLittle } from "../learned.js";
import { sparserBy, trainCommand } from "../trainCommand.js";

/** More active latents explain more. */
export const explainMore: AdviceRule = (input) => {
  const { spec, names } = input;
  const change = explainsLittle(input) ? sparserBy(0.5, spec) : null;
  return change === null
    ? []
    : [{ command: trainCommand(spec, names, change), why: "more active latents per sample: too little is explained" }];
};
