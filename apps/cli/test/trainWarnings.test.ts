import { type SdlSpec, sae } from "@monosema/sdl";
import { describe, expect, it } from "vitest";
import { centringNote } from "../src/train/centring.js";
import type { TrainConfig } from "../src/train/config.js";
import type { FinishedRun } from "../src/train/warnings/finishedRun.js";
import { runWarnings } from "../src/train/warnings.js";

const spec = (options: Partial<SdlSpec> = {}): SdlSpec =>
  sae({
    nP: 10,
    nQ: 100,
    activation: { kind: "topk", k: 8 },
    terms: { auxK: {} },
    biases: true,
    ...(options as object),
  });
const config = (options: Partial<TrainConfig> = {}) =>
  ({ holdout: { fraction: 0.1, seed: 0 }, lr: 0.003, batch: 100, steps: 100, ...options }) as TrainConfig;
const metrics = {
  samples: 1000,
  mse: 1,
  fvu: 0.2,
  explainedVariance: 0.8,
  l0: 8,
  deadFraction: 0,
  denseFraction: 0,
  shrinkage: 1,
};

/** A run of which there is nothing to say. */
const good: FinishedRun = {
  metrics,
  heldOut: { rows: 100, fvu: 0.2, l0: 8, deadFraction: 0 },
  baselines: { pca: { components: 8, fvu: 0.4 } },
  rates: new Float64Array(100).fill(0.08),
  spec: spec(),
  config: config(),
  trainingRows: 900,
};

describe("a warning of a finished run", () => {
  it("is not given where there is nothing to say", () => {
    expect(runWarnings(good)).toEqual([]);
  });

  const rates = (dense: number, rate: number) => new Float64Array(100).fill(0.01).fill(rate, 0, dense);
  const cases: readonly (readonly [
    name: string,
    silent: Partial<FinishedRun>,
    told: Partial<FinishedRun>,
    says: RegExp,
  ])[] = [
    [
      "dead latents above a tenth",
      { metrics: { ...metrics, deadFraction: 0.1 } },
      { metrics: { ...metrics, deadFraction: 0.11 } },
      /^11 % of the 100 latents are dead.*try --resample 10, an --lr below 0.003 or fewer --latents, .* 89$/,
    ],
    [
      "dense latents that hold more than half of the codes",
      { metrics: { ...metrics, l0: 8 }, rates: rates(40, 0.1) },
      { metrics: { ...metrics, l0: 8 }, rates: rates(40, 0.101) },
      /^40 of 100 latents are dense, active on more than 10 % of the rows, and hold 50\.5 % .*a --k below 8, or more --latents/,
    ],
    [
      "fewer than half of k in use",
      { metrics: { ...metrics, l0: 4 } },
      { metrics: { ...metrics, l0: 3.99 } },
      /^3\.99 latents are active per row of the 8 that --k allows.*--k 4$/,
    ],
    [
      "fewer training rows than latents",
      { trainingRows: 100 },
      { trainingRows: 99, config: config({ steps: 99 }) },
      /^the 99 training rows are fewer than the 100 latents.*--latents.*--data/,
    ],
    [
      "more than 100 passes",
      { config: config({ steps: 900 }) },
      { config: config({ steps: 905 }) },
      /^each training row was seen 101 times.*--steps.*--epochs/,
    ],
    [
      // All rows .2: training rows (1000 * .2 - 100 h) / 900, so that h = .28571 is 1.5 times theirs.
      "an fvu of held-out rows of more than 1.5 times that of training rows",
      { heldOut: { rows: 100, fvu: 0.2857, l0: 8, deadFraction: 0 } },
      { heldOut: { rows: 100, fvu: 0.2858, l0: 8, deadFraction: 0 } },
      /^the held-out rows have an fvu of 0\.2858, the training rows 0\.1905.*--latents.*--steps.*--data/,
    ],
    [
      "a gap of more than .01",
      { metrics: { ...metrics, fvu: 0.01 }, heldOut: { rows: 100, fvu: 0.0189, l0: 8, deadFraction: 0 } },
      { metrics: { ...metrics, fvu: 0.01 }, heldOut: { rows: 100, fvu: 0.0191, l0: 8, deadFraction: 0 } },
      /^the held-out rows have an fvu of 0\.0191, the training rows 0\.008989/,
    ],
    [
      "an fvu above that of PCA",
      { baselines: { pca: { components: 8, fvu: 0.2 } } },
      { baselines: { pca: { components: 8, fvu: 0.199 } } },
      /^8 principal components leave an fvu of 0\.199, the dictionary .* 0\.2: try more --steps than 100.*--k below 8/,
    ],
    [
      "a single held-out row",
      { heldOut: { rows: 2, fvu: 0.2, l0: 8, deadFraction: 0 } },
      { heldOut: { rows: 1, fvu: null, l0: 8, deadFraction: 0 } },
      /^one row was held out \(--holdout 0\.1 of 901\).*larger --holdout/,
    ],
    [
      "no held-out rows",
      { heldOut: { rows: 2, fvu: 0.2, l0: 8, deadFraction: 0 } },
      { heldOut: null, config: config({ holdout: { fraction: 0, seed: 0 } }) },
      /^no rows were held out: .*--holdout \.05$/,
    ],
  ];

  it.each(cases)("is given for %s, and not at the threshold", (_, silent, told, says) => {
    expect(runWarnings({ ...good, ...silent })).toEqual([]);
    expect(runWarnings({ ...good, ...told })).toEqual([expect.stringMatching(says)]);
  });

  it("names what the objective has", () => {
    const dead = { metrics: { ...metrics, deadFraction: 0.5 } };
    const said = (own: Partial<FinishedRun>): string => runWarnings({ ...good, ...dead, ...own }).join();
    expect(said({ spec: spec({ terms: {} }) })).toContain("try --auxk on, --resample 10");
    expect(said({ config: config({ resample: 5 }) })).not.toContain("--resample");
    const relu = spec({ activation: { kind: "relu" }, terms: { l1: { coefficient: 2 } } });
    expect(said({ spec: relu, rates: rates(50, 0.2) })).toMatch(/a lower --l1.*an --l1 above 2/);
    const jumpRelu = {
      activation: { kind: "jumprelu", bandwidth: 0.1, theta: 0.1 },
      terms: { l0: { coefficient: 1, loss: "target", target: 9 } },
    };
    expect(said({ spec: spec(jumpRelu as Partial<SdlSpec>), rates: rates(50, 0.2) })).toMatch(
      /a lower --l0.*a --target-l0 below 9/,
    );
  });
});

describe("the note on a mean far from zero", () => {
  const [off, on] = [
    { encoder: false, decoder: false, subtractDecoderBias: false },
    { encoder: true, decoder: true, subtractDecoderBias: true },
  ];

  it("is given above 10 times the variance: a warning where nothing subtracts it", () => {
    expect(centringNote(10, { variant: "sae", biases: off }, false)).toBeUndefined();
    expect(centringNote(10.1, { variant: "sae", biases: off }, false)).toEqual({
      text: expect.stringMatching(/^--data: the squared mean is 10\.1 times the variance.*--biases on subtracts b_dec/),
      isWarning: true,
    });
    expect(centringNote(10.1, { variant: "sae", biases: on }, true)).toMatchObject({ isWarning: false });
  });

  it("names what takes the mean of a transcoder's inputs up", () => {
    expect(centringNote(99, { variant: "transcoder", biases: off }, false)?.text).toContain("--biases on takes");
    expect(centringNote(99, { variant: "transcoder", biases: on }, false)?.text).toContain(
      "--normalize meannorm takes",
    );
  });
});
