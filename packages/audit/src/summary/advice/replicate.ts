import type { AdviceRule } from "../adviceRule.js";
import { normOption, targetOption, trainCommand } from "../trainCommand.js";

/** Folder of the replica. */
const REPLICA = "runs/seed-1";

/** A replica makes scores surer. */
export const replicate: AdviceRule = ({ spec, names, grade, scores }) => {
  if (scores === null || scores.replicas > 0 || grade === null || grade === "poor") return [];
  const { checkpoint, data, target } = names;
  return [
    {
      command: trainCommand(spec, names, { seed: 1, out: REPLICA }),
      why: "another seed, to see which latents come back",
    },
    {
      command: `monosema audit ${checkpoint} --data ${data}${targetOption(spec, target)}${normOption(names)} --replica ${REPLICA}`,
      why: "scores that know it are surer",
    },
  ];
};
