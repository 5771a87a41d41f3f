import type { AdviceRule } from "../adviceRule.js";

/** What is good or usable can be used. */
export const useCodes: AdviceRule = ({ grade, names: { checkpoint, data } }) =>
  grade === "good" || grade === "usable"
    ? [
        {
          command: `monosema encode ${checkpoint} --data ${data}`,
          why: "codes of your samples: rely on the latents that latents.json grades real",
        },
      ]
    : [];
