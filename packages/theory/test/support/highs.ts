import loadHighs from "highs";
import { highsSolver } from "../../src/numerics/highs.js";
import type { LpSolver } from "../../src/numerics/lpSolver.js";

// The package declares its types for CommonJS: its default export is typed one level too deep.
const load = loadHighs as unknown as typeof loadHighs.default;

/** HiGHS behind the interface for linear programs. */
export const lp: LpSolver = highsSolver(await load());
