import type { AdviceRule } from "../adviceRule.js";

/** What is good or usable is worth looking at. */
export const lookAtThem: AdviceRule = ({ grade, names: { checkpoint, data } }) =>
  grade === "good" || grade === "usable"
    ? [{ command: `monosema features ${checkpoint} --data ${data}`, why: "what each latent fires on, as a page" }]
    : [];
