import { highsSolver, type LpSolver } from "@monosema/numerics";
import loadHighs from "highs";

// The package declares its types for CommonJS: its default export is typed one level too deep.
const load = loadHighs as unknown as typeof loadHighs.default;

/** HiGHS behind the interface for linear programs. */
export const lp: LpSolver = highsSolver(await load());
