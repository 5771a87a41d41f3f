import type { SafetensorsFile } from "@monosema/tensor";
import type { Model } from "../model.js";

/** Sentences about values that are not finite, and about float64 tensors that a model holds in float32. */
export function weightWarnings(model: Model, file: Pick<SafetensorsFile, "tensors">): string[] {
  return [...notFinite(model), ...rounded(file)];
}

/** Infinite thresholds switch latents off, which is meant; everything else must be finite. */
function notFinite({ weights }: Model): string[] {
  return (Object.entries(weights) as [string, Float32Array][])
    .filter(([name, data]) => !isFiniteArray(name === "theta" ? data.filter((theta) => !isInfinite(theta)) : data))
    .map(([name]) => `${name} holds values that are not finite.`);
}

const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;

/** x - x is 0 for finite x, else NaN, which a sum keeps. */
function isFiniteArray(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) - (data[i] as number);
  return sum === 0;
}

function rounded({ tensors }: Pick<SafetensorsFile, "tensors">): string[] {
  const wide = [...tensors].filter(([, { dtype, data }]) => dtype === "F64" && data.length > 1).map(([name]) => name);
  return wide.length > 0 ? [`${wide.join(", ")}: float64 in the file, rounded to float32.`] : [];
}
