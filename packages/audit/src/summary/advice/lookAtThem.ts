import type { AdviceRule } from "../adviceRule.js";
import { normOption } from "../trainCommand.js";

/** What is good or usable is worth looking at. */
export const lookAtThem: AdviceRule = ({ grade, names }) => {
  if (grade !== "good" && grade !== "usable") return [];
  const command = `monosema features ${names.checkpoint} --data ${names.data}${normOption(names)}`;
  return [{ command, why: "what each latent fires on, as a page" }];
};
