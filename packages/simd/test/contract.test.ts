import { describe } from "vitest";
import { backendContract } from "../../tensor/test/backendContract.js";
import { float32Tolerance } from "../../tensor/test/contract/fixture.js";
import { openSimd } from "../src/index.js";
import { growingHeap, openSingle, openTier, tiers } from "./support/tiers.js";

const expected = { name: "simd", precision: "float32", tolerance: float32Tolerance, findsNaN: true } as const;

describe("as it opens by default", () => backendContract(() => openSimd(), expected));

describe.each(tiers)("tier %s on layers of any size", (tier) => {
  describe.each([1, 2])("%i thread(s)", (threads) => backendContract(() => openTier(tier, threads), expected));
});

describe.each(["relaxed", "plain"] as const)("%s kernels on a memory that grows at every allocation", (instructions) =>
  backendContract(async () => (await openSingle(growingHeap(), instructions)).backend, expected),
);
