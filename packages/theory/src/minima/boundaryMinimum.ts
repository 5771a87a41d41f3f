import { identity, type Mat, row, zeros } from "@monosema/numerics";
import { type AlternatingConvexSearch, alternatingConvexSearchCore } from "./alternatingConvexSearch.js";
import type { WeightedModel } from "./maskedModel.js";
import { complement, signedRow } from "./signedRow.js";

/** Where the search on the closed region of a pattern ends. */
export interface BoundaryMinimum {
  /** A partial minimum with binding constraints, or one at which a selected code is 0. */
  readonly kind: "boundary-kkt" | "pattern-collapse";
  /** The search. */
  readonly search: AlternatingConvexSearch;
}

/** Searches the closed region of a pattern from a point inside; null where the pattern has no such point or the search did not end. */
export function boundaryMinimum(
  model: Omit<WeightedModel, "encoder" | "decoder">,
  pattern: readonly (readonly number[])[],
): BoundaryMinimum | null {
  const { featuresP, featuresR } = model;
  const encoder = zeros(pattern.length, featuresP.cols);
  for (const [i, set] of pattern.entries()) {
    const found = signedRow(featuresP, set, complement(featuresP.rows, set), identity(featuresP.cols));
    if (found.status !== "solved") return null;
    row(encoder, i).set(found.row);
  }
  const decoder: Mat = zeros(pattern.length, featuresR.cols);
  const search = alternatingConvexSearchCore({ ...model, encoder, decoder, crossFacets: false });
  if (search.status === "pattern-collapse") return { kind: "pattern-collapse", search };
  return search.status === "converged" && search.boundary.length > 0 ? { kind: "boundary-kkt", search } : null;
}
