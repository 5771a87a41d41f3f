import { openSimd, type Tier } from "@monosema/simd";
import { describe } from "vitest";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

const best = await openSimd({ threads: 1 });
const tiers: readonly Tier[] = ["float32", "int16", ...(best.tier === "int8" ? (["int8"] as const) : [])];
await best.close();

describe.each(tiers)("tier %s", (tier) => sdlVectorSuite(() => openSimd({ threads: 2, tier })));
