import { type CalibrationSetting, drawSetting } from "./setting.js";

/** Seeds of settings that no calibration draws. */
const FIRST = 1_000_000;

/**
 * Settings that the scores are checked on, none of which the calibration has seen: settings drawn with other seeds, the same with methods
 * that it does not know, and data as in the presets `hard` and `hard-flat` with 500 to 16,384 features.
 */
export function checkSettings(): readonly CalibrationSetting[] {
  const drawn = Array.from({ length: 30 }, (_, i) => drawSetting(FIRST + i));
  const foreign = Array.from({ length: 8 }, (_, i): CalibrationSetting => {
    const setting = drawSetting(FIRST + 100 + i);
    const isGated = i % 2 === 0;
    return { ...setting, method: isGated ? "gated" : "transcoder", steps: isGated ? 2400 : 1600, control: null };
  });
  return [...drawn, ...foreign, ...hard()];
}

/** Zipf's law from .1 to .0005, flat and with trees of 85 features. */
function hard(): readonly CalibrationSetting[] {
  const sizes = [
    { n: 500, nP: 192, nQ: 512, steps: 1500, k: 4 },
    { n: 2000, nP: 256, nQ: 1024, steps: 3000, k: 4 },
    { n: 16_384, nP: 384, nQ: 4096, steps: 3000, k: 16 },
  ];
  const methods = ["topk", "batchtopk", "jumprelu"] as const;
  return sizes.flatMap((size, s) =>
    [false, true].map((isForest, f): CalibrationSetting => {
      const at = 2 * s + f;
      const trees = { branching: 4, depth: 3, exclusivePortion: 1, compensate: true, scaleByParent: true };
      return {
        ...size,
        seed: FIRST + 200 + at,
        method: s === 2 ? "topk" : (methods[at % 3] as (typeof methods)[number]),
        l0: 0,
        data: {
          firing: { kind: "zipfian", exponent: 0.5, max: 0.1, min: 0.0005 },
          ...(isForest
            ? { correlation: { rank: 10, scale: 0.1 }, hierarchy: { ...trees, roots: Math.floor(size.n / 100) } }
            : {}),
        },
        ...{ noise: 0, biasNorm: 0, samples: 100_000, audited: 50_000, auditsTraining: false, sparsity: 1 },
        ...{ batchSize: 512, lr: 3e-3, biases: true, auxK: true, control: null },
      };
    }),
  );
}
