import { backendContract, float32Tolerance } from "@monosema/tensor/contract";
import * as vitest from "vitest";
import { openSimd } from "../src/index.js";
import { growingHeap, openSingle, openTier, tiers } from "./support/tiers.js";

const expected = { name: "simd", precision: "float32", tolerance: float32Tolerance, findsNaN: true } as const;

vitest.describe("as it opens by default", () => backendContract(vitest, () => openSimd(), expected));

vitest.describe.each(tiers)("tier %s on layers of any size", (tier) => {
  vitest.describe.each([1, 2])("%i thread(s)", (threads) =>
    backendContract(vitest, () => openTier(tier, threads), expected),
  );
});

vitest.describe.each(["relaxed", "plain"] as const)(
  "%s kernels on a memory that grows at every allocation",
  (instructions) =>
    backendContract(vitest, async () => (await openSingle(growingHeap(), instructions)).backend, expected),
);
