import type { LpSolver } from "@monosema/numerics";

/** The solver where there is one; else an error that says how to get it. */
export function needSolver(caller: string, lp: LpSolver | undefined): LpSolver {
  if (lp !== undefined) return lp;
  throw new TypeError(
    `${caller}: method "lp" needs a solver, got none; npm i highs and pass lp: highsSolver(await loadHighs())`,
  );
}
