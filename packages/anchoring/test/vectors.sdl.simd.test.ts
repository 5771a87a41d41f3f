import { openSimd, tiers } from "@monosema/simd";
import { describe } from "vitest";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

const best = await openSimd({ threads: 1 });
const here = tiers.filter((tier) => tier !== "int8" || best.tier === "int8");
await best.close();

describe.each(here)("tier %s", (tier) => sdlVectorSuite(() => openSimd({ threads: 2, tier })));
