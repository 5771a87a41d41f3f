import type { AdviceRule } from "../adviceRule.js";
import { learnedNothing } from "../learned.js";
import { trainCommand } from "../trainCommand.js";

/** What explains nothing has diverged, or is looked at on other data than its own. */
export const learnAtAll: AdviceRule = (input) => {
  const { spec, names } = input;
  if (!learnedNothing(input)) return [];
  return [
    {
      command: trainCommand(spec, names, { lr: 3e-4, "lr-warmup": 0.05, clip: 1 }),
      why: "a tenth of the usual learning rate: training diverged, unless these samples are not those that it was made for",
    },
    {
      command: `monosema info ${names.checkpoint}`,
      why: "what it was trained on",
    },
  ];
};
