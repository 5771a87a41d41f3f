import type { AdviceRule } from "../adviceRule.js";

/** With replicas, which latents come back, split or merge. */
export const compareReplicas: AdviceRule = ({ names: { checkpoint, data, replicas }, scores }) =>
  scores === null || scores.replicas === 0
    ? []
    : [
        {
          command: `monosema compare ${[checkpoint, ...replicas].join(" ")} --data ${data} --html`,
          why: "which latents come back, split or merge in the others",
        },
      ];
