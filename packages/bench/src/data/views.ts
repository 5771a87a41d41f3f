import { type FeatureOptions, generateFeatures } from "../features/generateFeatures.js";
import type { FeatureReport } from "../features/projectFeatures.js";

/** What a model sees of the coefficients: itself, another space, or several spaces at once. */
export type BenchView = "sae" | "transcoder" | "crosscoder";

/** True directions of one view. */
export interface ViewFeatures {
  /** Width of the input. */
  readonly nP: number;
  /** Width of the target. */
  readonly nR: number;
  /** Input directions, `[n, nP]` row-major, unit rows. */
  readonly features: Float64Array;
  /** Target directions, `[n, nR]` row-major, unit rows; the same array as `features` but for a transcoder. */
  readonly targetFeatures: Float64Array;
  /** Report of each generated matrix. */
  readonly reports: readonly FeatureReport[];
}

/**
 * Generates the matrices of a view: one for an SAE; a second one of width `nR` for a transcoder; `sources` ones of width `nP`, stacked
 * and divided by sqrt(sources), for a crosscoder.
 */
export function viewFeatures(view: BenchView, options: FeatureOptions, nR: number, sources: number): ViewFeatures {
  const { n, nP } = options;
  const first = generateFeatures({ ...options, matrix: 0 });
  if (view === "sae") {
    return { nP, nR: nP, features: first.features, targetFeatures: first.features, reports: [first.report] };
  }
  if (view === "transcoder") {
    const second = generateFeatures({ ...options, nP: nR, matrix: 1 });
    const reports = [first.report, second.report];
    return { nP, nR, features: first.features, targetFeatures: second.features, reports };
  }
  const matrices = [first];
  for (let source = 1; source < sources; source++) matrices.push(generateFeatures({ ...options, matrix: source }));
  const width = sources * nP;
  const features = new Float64Array(n * width);
  const scale = 1 / Math.sqrt(sources);
  matrices.forEach((matrix, source) => {
    for (let feature = 0; feature < n; feature++) {
      const row = matrix.features.subarray(feature * nP, (feature + 1) * nP);
      features.set(
        row.map((value) => value * scale),
        feature * width + source * nP,
      );
    }
  });
  return { nP: width, nR: width, features, targetFeatures: features, reports: matrices.map(({ report }) => report) };
}
