import { percent } from "../../words.js";
import type { AdviceRule } from "../adviceRule.js";
import { explainsLittle } from "../learned.js";
import { trainCommand } from "../trainCommand.js";

/** Share of dead latents that is worth the trouble. */
const MANY = 0.1;

/** Where much is left to explain, dead latents are needed. */
export const reviveLatents: AdviceRule = (input) => {
  const { spec, names, latents, alive } = input;
  const dead = 1 - alive / latents;
  if (!explainsLittle(input) || dead < MANY) return [];
  const counts = spec.activation.kind === "topk" || spec.activation.kind === "batchtopk";
  const change = counts && !spec.terms.auxK ? { auxk: "on" } : { resample: 500 };
  return [
    {
      command: trainCommand(spec, names, change),
      why: `revives dead latents: ${percent(dead)} are dead, and much is left to explain`,
    },
  ];
};
