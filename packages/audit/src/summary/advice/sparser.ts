import { whole } from "../../words.js";
import type { AdviceRule } from "../adviceRule.js";
import { explainsEnough } from "../learned.js";
import { sparserBy, trainCommand } from "../trainCommand.js";

/** Share of dense latents among the live ones that is too much. */
const MANY = 0.05;

/** Latents that fire on more than a tenth of the samples are seldom features: codes are not sparse enough. */
export const sparser: AdviceRule = (input) => {
  const { spec, names, alive, dense } = input;
  const change = explainsEnough(input) && dense > MANY * alive ? sparserBy(2, spec) : null;
  return change === null
    ? []
    : [
        {
          command: trainCommand(spec, names, change),
          why: `sparser: ${whole(dense)} latents fire on more than a tenth of the samples`,
        },
      ];
};
