import type { Json } from "@monosema/runs";
import type { EvaluateSums } from "@monosema/sdl";
import { UsageError } from "../usageError.js";
import type { Shard } from "./shard.js";

/** Sums as JSON, which holds no others than finite numbers. */
export function finiteSums(sums: EvaluateSums, { from, to }: Shard): Json {
  const { error, second, power, ratios } = sums.target;
  const numbers = [error, second, power, ratios];
  if (numbers.every(Number.isFinite)) return sums as unknown as Json;
  throw new UsageError(
    `the sums of errors and norms of rows ${from} to ${to - 1} must be finite, got ${numbers.join(", ")}; check the rows and the weights`,
  );
}
