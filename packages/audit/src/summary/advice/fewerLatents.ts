import { percent, whole } from "../../words.js";
import type { AdviceRule } from "../adviceRule.js";
import { explainsEnough } from "../learned.js";
import { auditThresholds } from "../thresholds.js";
import { enoughLatents, trainCommand } from "../trainCommand.js";

/** Share of the live latents that are copies, from which fewer latents would do. */
const COPIES = 0.02;

/** Where enough is explained, latents that are dead or copies are a waste. */
export const fewerLatents: AdviceRule = (input) => {
  const { spec, names, latents, alive, duplicates } = input;
  const wasted = alive / latents < auditThresholds.good.alive || duplicates > COPIES * alive;
  const enough = enoughLatents(alive - Math.min(alive, duplicates), spec);
  if (!explainsEnough(input) || !wasted || enough >= latents) return [];
  const copies = duplicates > 0 ? `, and ${whole(duplicates)} pairs are the same` : "";
  const k = "k" in spec.activation && spec.activation.k > enough ? { k: enough } : {};
  return [
    {
      command: trainCommand(spec, names, { latents: enough, ...k }),
      why: `fewer latents do the same: ${percent(1 - alive / latents)} are dead${copies}`,
    },
  ];
};
