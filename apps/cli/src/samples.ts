import type { Rows, SdlSpec } from "@monosema/sdl";
import { openData, openTarget } from "./data.js";
import type { Given, Option } from "./options.js";
import { refuseWidth } from "./refuseWidth.js";
import { UsageError } from "./usageError.js";

/** The options of {@link openSamples}. */
export const sampleOptions: Readonly<Record<"data" | "tensor" | "target", Option>> = {
  data: { value: "FILE", help: "activations, npy or safetensors [N, P]; FILE:NAME names a tensor", path: "input" },
  tensor: { value: "NAME", help: "tensor of --data, where a safetensors file holds several" },
  target: { value: "FILE", help: "targets of a transcoder [N, R]; FILE:NAME names a tensor", path: "input" },
};

/** Samples that fit a dictionary. */
export interface Samples {
  /** `[N, P]`. */
  readonly data: Rows;
  /** `[N, R]`, where targets are not the inputs. */
  readonly target: Rows | undefined;
}

/** Opens the file `--data` and its `--target`, which transcoders need. */
export async function openSamples(given: Given, path: string, { nP, nR, variant }: SdlSpec): Promise<Samples> {
  const targetPath = given.text("target");
  const data = await openData("data", path);
  refuseWidth("data", data.columns, nP);
  if (variant === "transcoder" && targetPath === undefined) {
    throw new UsageError("--target must be given for a transcoder; give the activations that it predicts");
  }
  const target = await openTarget(targetPath, data);
  if (target) refuseWidth("target", target.columns, nR);
  return { data, target };
}
