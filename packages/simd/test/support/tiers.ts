import type { Backend } from "@monosema/tensor";
import { openWith, type Tier } from "../../src/open.js";
import { probeEngine } from "../../src/tier.js";

/** Tiers of the engine that runs the tests. */
export const tiers: readonly Tier[] = ["unsigned", "signed"].includes(probeEngine().dot)
  ? ["float32", "int16", "int8"]
  : ["float32", "int16"];

/** A backend that uses the tiles of its tier on layers of any size. */
export const openTier = (tier: Tier, threads = 1): Promise<Backend> => openWith({ tier, threads }, { screenFrom: 0 });
