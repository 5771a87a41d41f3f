import type { SdlSpec } from "@monosema/sdl";
import { openDirections } from "./directions.js";
import type { Given, Option } from "./options.js";
import { UsageError } from "./usageError.js";

/** The options of {@link openTruth}. */
export const truthOptions: Readonly<Record<"features" | "target-features", Option>> = {
  features: {
    value: "FILE",
    help: "true directions in input space [n, P], at the size that they have in the data",
    path: "input",
  },
  "target-features": {
    value: "FILE",
    help: "true directions in target space [n, R], where they differ",
    path: "input",
  },
};

/** True directions, row by row. */
export interface Truth {
  /** `[n, P]`. */
  readonly features: Float32Array;
  /** `[n, R]`; `features` where no others are given. */
  readonly targetFeatures: Float32Array;
}

/** Reads `--features` and `--target-features` for a dictionary; undefined without them. */
export async function openTruth(given: Given, { nP, nR }: SdlSpec): Promise<Truth | undefined> {
  const features = await directions(given, "features", nP);
  const targetFeatures = (await directions(given, "target-features", nR)) ?? features;
  if (targetFeatures && targetFeatures.length !== ((features?.length ?? 0) / nP) * nR) {
    throw new UsageError(
      "--target-features must be given with --features, row by row, where input and target differ in width",
    );
  }
  return features && targetFeatures && { features, targetFeatures };
}

async function directions(given: Given, option: string, width: number): Promise<Float32Array | undefined> {
  const path = given.text(option);
  return path === undefined ? undefined : await openDirections(option, path, width);
}
