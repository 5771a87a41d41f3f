import type { MatrixSource } from "@monosema/tensor";
import type { Files } from "../files.js";
import type { ActivationSet } from "./activationFormat.js";
import { joinedRows } from "./joinedRows.js";
import { pickMatrix } from "./pickMatrix.js";

/**
 * The only matrix of shards whose rows follow each other.
 *
 * @param name - may be empty
 * @param open - opens the shards
 */
export function oneMatrix(
  files: Files,
  name: string,
  open: () => Promise<readonly MatrixSource[]>,
): Pick<ActivationSet, "matrices" | "matrix"> {
  return {
    matrices: [name],
    matrix: async (asked) => {
      pickMatrix([name], asked, files.name);
      return joinedRows(files.name, await open());
    },
  };
}
