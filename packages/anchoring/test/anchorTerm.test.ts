import {
  crosscoder,
  crosslayer,
  fit,
  objective,
  openParameters,
  parameterShapes,
  readParameters,
  type SdlSpec,
  sae,
  type TrainingState,
  transcoder,
} from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type AnchorOptions, type AnchorSet, anchorTerm, dualRows, truthAnchors } from "../src/index.js";
import { sparseSource, unitRows } from "./support/synthetic.js";

const backend = referenceBackend();
const nQ = 6;
const activation = { kind: "relu" } as const;
const specs: Readonly<Record<string, SdlSpec>> = {
  sae: sae({ nP: 4, nQ, activation }),
  "tied sae": sae({ nP: 4, nQ, activation, tied: true }),
  transcoder: transcoder({ nP: 4, nR: 3, nQ, activation }),
  crosscoder: crosscoder({ sources: [1, 3], nQ, activation }),
};
const modes = ["both", "encoder", "decoder", "dual"] as const;

const anchorsOf = ({ nP, nR, variant }: SdlSpec, count = 3): AnchorSet => {
  const features = unitRows(5, nP, 7);
  const own = { n: 5, features };
  return truthAnchors(variant === "transcoder" ? { ...own, targetFeatures: unitRows(5, nR, 8) } : own, count, 1);
};

interface Weights {
  readonly encoder: Float64Array;
  readonly decoder: Float64Array;
}

function weightsOf(spec: SdlSpec): Weights {
  const stream = random(3, "weights");
  const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => stream.normal());
  const encoder = normals(nQ * spec.nP);
  return { encoder, decoder: spec.tied ? encoder : normals(nQ * spec.nR) };
}

/** Value and gradients of the term alone: what it adds to the objective. */
async function added(
  spec: SdlSpec,
  weights: Weights,
  anchors: AnchorSet,
  options: AnchorOptions,
  at = { step: 1, steps: 1 },
) {
  const run = async (anchored: boolean) => {
    const term = anchorTerm(anchors, options).open(backend, spec);
    const parameters = openParameters(
      backend,
      spec,
      new Map(Object.entries(weights).map(([name, value]) => [name, { value }])),
    );
    const value = backend.scope(() => {
      const x = backend.tensor(new Float64Array(2 * spec.nP).fill(0.5), [2, spec.nP]);
      const y = backend.tensor(new Float64Array(2 * spec.nR).fill(0.5), [2, spec.nR]);
      const done = objective(backend, spec, parameters, anchored ? [term] : [], {
        input: x,
        target: y,
        ...at,
        ramp: 1,
      });
      // With lr 0 and beta1 0 the first moment is the gradient.
      backend.update(done.updates, { t: 1, lr: 0, beta1: 0, beta2: 0.999, epsilon: 1e-8 });
      return done.values().get("anchoring") ?? backend.tensor([0], []);
    });
    const [number] = await backend.read(value);
    const states = await readParameters(backend, spec, parameters);
    backend.dispose(value, ...[...parameterShapes(spec).keys()].flatMap((name) => parameters[name] ?? []));
    term.dispose?.();
    return { value: number as number, states };
  };
  const [on, off] = [await run(true), await run(false)];
  const gradient = (name: string): number[] =>
    [...(on.states.get(name)?.first ?? [])].map((g, i) => g - (off.states.get(name)?.first[i] as number));
  return { value: on.value, gradient };
}

/** lambda sum (||encoder_i - a_p^i||^2 + ||decoder_i - a_r^i||^2) by mode; one side where tied. */
function plainValue(
  spec: SdlSpec,
  { encoder, decoder }: Weights,
  { input, target, count }: AnchorSet,
  { strength = 0.1, mode = "both" }: AnchorOptions,
): number {
  const distance = (rows: Float64Array, anchors: ArrayLike<number>): number =>
    Array.from({ length: anchors.length }, (_, i) => ((rows[i] as number) - (anchors[i] as number)) ** 2).reduce(
      (a, b) => a + b,
      0,
    );
  const ofEncoder = mode === "decoder" ? 0 : distance(encoder, mode === "dual" ? dualRows(input, count) : input);
  const ofDecoder = mode === "encoder" || (spec.tied && mode !== "decoder") ? 0 : distance(decoder, target);
  return strength * (ofEncoder + ofDecoder);
}

describe("anchorTerm", () => {
  it.each(Object.entries(specs).flatMap(([name, spec]) => modes.map((mode) => [name, mode, spec] as const)))(
    "%s, %s: value and gradient agree with the formula and its finite differences",
    async (_, mode, spec) => {
      const anchors = anchorsOf(spec);
      const weights = weightsOf(spec);
      const options = { strength: 0.7, mode };
      const { value, gradient } = await added(spec, weights, anchors, options);
      expect(value).toBeCloseTo(plainValue(spec, weights, anchors, options), 12);
      for (const name of spec.tied ? (["encoder"] as const) : (["encoder", "decoder"] as const)) {
        const rows = weights[name];
        const numerical = [...rows].map((start, i) => {
          const at = (v: number): number => {
            rows[i] = v;
            const loss = plainValue(spec, weights, anchors, options);
            rows[i] = start;
            return loss;
          };
          return (at(start + 1e-3) - at(start - 1e-3)) / 2e-3; // exact for a quadratic, up to rounding
        });
        gradient(name).forEach((g, i) => {
          expect(g).toBeCloseTo(numerical[i] as number, 9);
        });
        expect(numerical.slice(3 * (name === "encoder" ? spec.nP : spec.nR)).every((g) => g === 0)).toBe(true);
      }
      expect(backend.liveTensors()).toBe(0);
    },
  );

  it("rises over `warmup` and falls over `decay` linearly", async () => {
    const spec = specs.sae as SdlSpec;
    const value = async (step: number, options: AnchorOptions): Promise<number> =>
      (await added(spec, weightsOf(spec), anchorsOf(spec), { strength: 1, ...options }, { step, steps: 100 })).value;
    const full = await value(50, {});
    const cases: [step: number, options: AnchorOptions, share: number][] = [
      [5, { warmup: 0.2 }, 0.25],
      [20, { warmup: 0.2 }, 1],
      [60, { decay: 0.5 }, 0.8],
      [100, { decay: 0.5 }, 0],
      [60, { warmup: 0.8, decay: 0.5 }, 0.6],
    ];
    for (const [step, options, share] of cases) expect(await value(step, options)).toBeCloseTo(share * full, 12);
  });

  it.each(modes)("starts the anchored rows at their anchors and leaves the others (%s)", (mode) => {
    for (const spec of Object.values(specs)) {
      const anchors = anchorsOf(spec);
      const encoder = new Float32Array(nQ * spec.nP).fill(9);
      const decoder = spec.tied ? encoder : new Float32Array(nQ * spec.nR).fill(9);
      anchorTerm(anchors, { mode, start: true }).initialise?.({ encoder, decoder }, spec);
      const onInput = Float32Array.from(mode === "dual" ? dualRows(anchors.input, 3) : anchors.input);
      if (mode === "decoder" && !spec.tied) expect([...encoder]).toEqual(new Array(encoder.length).fill(9));
      else expect(encoder.subarray(0, onInput.length)).toEqual(onInput);
      if (mode === "encoder" && !spec.tied) expect([...decoder]).toEqual(new Array(decoder.length).fill(9));
      else if (!spec.tied) expect(decoder.subarray(0, anchors.target.length)).toEqual(anchors.target);
      expect(encoder.subarray(onInput.length).every((v) => v === 9)).toBe(true);
    }
  });

  it("does not change the start by default", () =>
    expect(anchorTerm(anchorsOf(specs.sae as SdlSpec)).initialise).toBeUndefined());

  it.each<[options: AnchorOptions, message: string]>([
    [{ strength: -1 }, "anchorTerm: strength must be at least 0, got -1; use 0 for none"],
    [{ strength: Number.NaN }, "anchorTerm: strength must be at least 0, got NaN; use 0 for none"],
    [{ warmup: 2 }, "anchorTerm: warmup must be a fraction from 0 to 1, got 2; give a share of the steps"],
    [{ decay: -0.1 }, "anchorTerm: decay must be a fraction from 0 to 1, got -0.1; give a share of the steps"],
  ])("refuses %j", (options, message) => {
    expect(() => anchorTerm(anchorsOf(specs.sae as SdlSpec), options)).toThrow(new RangeError(message));
  });

  it.each([false, true])("refuses anchors of other widths or more than there are latents, start %j", async (start) => {
    const anchors = anchorsOf(specs.sae as SdlSpec, 5);
    for (const [spec, fits] of [
      [specs.transcoder as SdlSpec, "nP 4, nR 3 and at most nQ 6"],
      [sae({ nP: 4, nQ: 4, activation }), "nP 4, nR 4 and at most nQ 4"],
    ] as const) {
      const source = sparseSource({ n: 5, batchSize: 4, active: 1 }, unitRows(5, 4, 7), unitRows(5, spec.nR, 8));
      await expect(fit(backend, spec, source, { steps: 1, terms: [anchorTerm(anchors, { start })] })).rejects.toThrow(
        new RangeError(`anchorTerm: anchors must fit ${fits} rows, got [5, 4] and [5, 4]; make anchors for this model`),
      );
    }
    expect(backend.liveTensors()).toBe(0);
  });
});

describe("training with anchors", () => {
  const spec = specs.sae as SdlSpec;
  const source = sparseSource({ n: 5, batchSize: 16, active: 1.5 }, unitRows(5, 4, 7));
  const anchors = anchorsOf(spec);

  it("holds anchored rows near their anchors and reports the term", async () => {
    const run = async (strength: number) => {
      const { model, reports } = await fit(backend, spec, source, {
        steps: 200,
        optimizer: { lr: 0.02 },
        terms: [anchorTerm(anchors, { strength })],
      });
      const { encoder, decoder } = model.weights;
      const distance = [encoder, decoder]
        .flatMap((rows) => [...anchors.input].map((v, i) => ((rows[i] as number) - v) ** 2))
        .reduce((a, b) => a + b, 0);
      return { distance, reported: reports.map(({ terms }) => terms.anchoring as number) };
    };
    const [weak, strong] = [await run(0), await run(10)];
    expect(strong.distance).toBeLessThan(0.01);
    expect(weak.distance).toBeGreaterThan(10 * strong.distance);
    expect(weak.reported.every((v) => v === 0)).toBe(true);
    expect(strong.reported[0]).toBeGreaterThan(10 * (strong.reported.at(-1) as number));
  });

  it("resumes with the same anchors, bit for bit, and refuses others", async () => {
    const options = { steps: 10, terms: [anchorTerm(anchors, { start: true, warmup: 0.5 })] };
    let resume: TrainingState | undefined;
    const save = async (state: TrainingState): Promise<void> => {
      if (state.step === 5) resume = structuredClone(state);
    };
    const whole = await fit(backend, spec, source, { ...options, checkpoint: { every: 5, save } });
    if (resume === undefined) throw new Error("no state of step 5");
    expect((await fit(backend, spec, source, { ...options, resume })).model).toEqual(whole.model);
    for (const [set, own] of [
      [truthAnchors({ n: 5, features: unitRows(5, 4, 7) }, 3, 2), { start: true, warmup: 0.5 }],
      [anchors, { start: true, warmup: 0.5, strength: 0.2 }],
      [anchors, { start: true, warmup: 0.5, mode: "dual" }],
      [anchors, { start: true }],
    ] as const) {
      await expect(fit(backend, spec, source, { ...options, terms: [anchorTerm(set, own)], resume })).rejects.toThrow(
        /^train: resuming needs the terms of the saved run/,
      );
    }
    await expect(fit(backend, spec, source, { steps: 10, resume })).rejects.toThrow(/^train: resuming needs the terms/);
    expect(backend.liveTensors()).toBe(0);
  });

  it("refuses a cross-layer transcoder, whose rows are zero for other layers", async () => {
    const spec = crosslayer({ sources: [1, 3], nQ, activation });
    await expect(fit(backend, spec, source, { steps: 1, terms: [anchorTerm(anchors)] })).rejects.toThrow(
      "anchorTerm: the model must be of one layer, got a cross-layer transcoder of 2",
    );
  });

  it("never resamples anchored latents", () => expect(anchorTerm(anchors).anchored).toBe(3));
});
