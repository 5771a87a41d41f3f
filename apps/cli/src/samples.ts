import type { Model, Rows } from "@monosema/sdl";
import { openData, openTarget } from "./data.js";
import { joinedHeads } from "./joinedHeads.js";
import type { Given, Option } from "./options.js";
import { refuseWidth } from "./refuseWidth.js";
import { UsageError } from "./usageError.js";

/** What `--data` may be. */
const layouts = "npy, safetensors, Arrow or parquet, a folder of them, of a harvest or of saev, or a pattern in quotes";

/** The options of {@link openSamples}. */
export const sampleOptions: Readonly<Record<"data" | "tensor" | "target", Option>> = {
  data: {
    value: "FILE",
    help: `activations [N, P], ${layouts}; FILE:NAME names a matrix; may be repeated: the rows follow each other`,
    multiple: true,
    path: "input",
  },
  tensor: { value: "NAME", help: "matrix of --data, where there are several" },
  target: {
    value: "FILE",
    help: "targets of a transcoder [N, R], row by row those of --data; as --data",
    path: "input",
  },
};

/** Samples that fit a dictionary. */
export interface Samples {
  /** `[N, P]`. */
  readonly data: Rows;
  /** `[N, R]`, where targets are not the inputs. */
  readonly target: Rows | undefined;
}

/** Opens `--data` and its `--target`, which transcoders need. */
export async function openSamples(
  given: Given,
  texts: readonly string[],
  model: Pick<Model, "spec" | "metadata">,
): Promise<Samples> {
  const { nP, nR, variant } = model.spec;
  const targetPath = given.text("target");
  const data = joinedHeads(await openData("data", ...texts), model);
  refuseWidth("data", data.columns, nP);
  if (variant === "transcoder" && targetPath === undefined) {
    throw new UsageError("--target must be given for a transcoder; give the activations that it predicts");
  }
  const target = await openTarget(targetPath, data);
  if (target) refuseWidth("target", target.columns, nR);
  return { data, target };
}
