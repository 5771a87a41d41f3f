import type { AdviceRule } from "../adviceRule.js";
import { targetOption } from "../trainCommand.js";

/** Without samples there is no grade. */
export const passData: AdviceRule = ({ samples, spec, names: { checkpoint, data, target } }) =>
  samples > 0
    ? []
    : [
        {
          command: `monosema audit ${checkpoint} --data ${data}${targetOption(spec, target)}`,
          why: "grade and scores need activations, npy or safetensors",
        },
      ];
