import * as vitest from "vitest";
import { backendContract } from "../src/contract.js";
import { referenceBackend } from "../src/index.js";

// Both sides sum in float64, in other orders: some 100 additions of numbers near 1 stay far below 1e-13.
backendContract(vitest, async () => referenceBackend(), {
  name: "reference",
  precision: "float64",
  arithmetic: "separate",
  tolerance: 1e-13,
  findsNaN: true,
});
