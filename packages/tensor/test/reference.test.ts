import { referenceBackend } from "../src/index.js";
import { backendContract } from "./backendContract.js";

// Both sides sum in float64, in other orders: some 100 additions of numbers near 1 stay far below 1e-13.
backendContract(async () => referenceBackend(), {
  name: "reference",
  precision: "float64",
  arithmetic: "separate",
  tolerance: 1e-13,
  findsNaN: true,
});
