import { fromBfloat16, referenceBackend, type StoredTensor, toBfloat16, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type FromSaelensOptions, fromSaelens, openModel } from "../src/index.js";
import { samples } from "./checkpointExamples.js";

const nP = 3;
const nQ = 5;
/** Row of latent i: i-dependent, no symmetry. */
const encoder = samples(nQ, nP, 11);
const decoder = samples(nQ, nP, 12);
const bEnc = samples(1, nQ, 13);
const bDec = samples(1, nP, 14);

type Tensors = Record<string, readonly [shape: readonly number[], data: Float32Array | Float64Array]>;

const standard: Tensors = {
  W_enc: [[nP, nQ], transposed(encoder, nQ, nP)],
  W_dec: [[nQ, nP], decoder],
  b_enc: [[nQ], bEnc],
  b_dec: [[nP], bDec],
};

const base = {
  architecture: "standard",
  d_in: nP,
  d_sae: nQ,
  dtype: "float32",
  metadata: { sae_lens_version: "6.54.12" },
};

const read = (config: object, tensors: Tensors = standard, options: Partial<FromSaelensOptions> = {}) =>
  fromSaelens({ config: JSON.stringify({ ...base, ...config }), weights: file(tensors), ...options });

const unset = (threshold: number): Tensors => ({ ...standard, topk_threshold: [[], Float64Array.of(threshold)] });

describe("orientation", () => {
  const turned: Tensors = { ...standard, W_enc: [[nQ, nP], encoder], W_dec: [[nP, nQ], transposed(decoder, nQ, nP)] };

  it("is decided by shapes, with a warning where it is not SAELens' own", () => {
    expect(read({}, turned).model.weights).toEqual(read({}).model.weights);
    expect(read({}, turned).warnings).toEqual([
      "W_enc is stored as [Q, P], the opposite of SAELens; read by its shape.",
    ]);
    expect(read({}).warnings).toEqual([]);
  });

  const square: Tensors = {
    W_enc: [[nP, nP], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)],
    W_dec: [[nP, nP], Float32Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1)],
    b_enc: [[nP], new Float32Array(nP)],
    b_dec: [[nP], new Float32Array(nP)],
  };

  it("must be given where P = Q, and is followed", () => {
    expect(() => read({ d_sae: nP, metadata: {} }, square)).toThrow(
      expect.objectContaining({ code: "ambiguous-orientation" }),
    );
    const saelens = read({ d_sae: nP }, square, { orientation: "saelens" }).model.weights;
    expect([...saelens.encoder]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
    expect([...saelens.decoder]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const opposite = read({ d_sae: nP }, square, { orientation: "transposed" }).model.weights;
    expect([...opposite.encoder]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...opposite.decoder]).toEqual([9, 6, 3, 8, 5, 2, 7, 4, 1]);
  });

  it("is SAELens' own where P = Q and the config names its version, unless another is given", () => {
    const config = { d_sae: nP, metadata: { sae_lens_version: "6.54.12" } };
    const given = read({ d_sae: nP }, square, { orientation: "saelens" }).model.weights;
    expect(read(config, square).model.weights).toEqual(given);
    expect(read({ d_sae: nP, sae_lens_version: "5.3.0" }, square).model.weights).toEqual(given);
    expect(read(config, square, { orientation: "transposed" }).model.weights).not.toEqual(given);
    const pursuit = { ...config, architecture: "matching_pursuit" };
    const { W_dec, b_dec } = square;
    expect([...read(pursuit, { W_dec, b_dec } as Tensors).model.weights.decoder]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("of a square skip follows the encoder", () => {
    const skip = samples(nP, nP, 15);
    const config = { architecture: "skip_transcoder", d_out: nP, apply_b_dec_to_input: false };
    expect(read(config, { ...standard, W_skip: [[nP, nP], skip] }).model.weights.skip).toEqual(skip);
    expect(() => read(config, { ...turned, W_skip: [[nP, nP], skip] })).toThrow("W_skip is square");
  });

  it("that fits neither way is refused with both shapes", () => {
    expect(() => read({}, { ...standard, W_dec: [[4, 4], new Float32Array(16)] })).toThrow(
      "W_dec must have the shape [5, 3] or [3, 5], got [4, 4]",
    );
  });
});

describe("layouts before SAELens 6.0", () => {
  const old = {
    architecture: undefined,
    metadata: undefined,
    hook_point: "blocks.3.attn.hook_z",
    normalize_activations: null,
  };

  it("take their defaults, rename their keys and move metadata", () => {
    const { model, origin, warnings } = read({ ...old, model_name: "gpt2-small", sae_lens_version: "5.10.7" });
    expect(origin).toEqual({ layout: "saelens", architecture: "standard", version: "5.10.7", monosema: false });
    expect(model.spec.biases.subtractDecoderBias).toBe(true);
    expect(model.metadata).toEqual({
      hook_name: "blocks.3.attn.hook_z",
      model_name: "gpt2-small",
      prepend_bos: true,
      reshape_activations: "hook_z",
    });
    expect(warnings).toEqual(["Samples are [heads, d_head] of an attention layer, flattened to one row each."]);
  });

  it("name TopK by its activation", () => {
    const { model } = read({ ...old, activation_fn_str: "topk", activation_fn_kwargs: { k: 2 } });
    expect(model.spec.activation).toEqual({ kind: "topk", k: 2 });
  });

  it("with an activation that is neither ReLU nor TopK are refused", () => {
    expect(() => read({ ...old, activation_fn_str: "tanh-relu" })).toThrow(
      expect.objectContaining({ code: "unsupported-activation" }),
    );
    expect(() => read({ ...old, activation_fn_str: "topk" })).toThrow("topk with activation_fn_kwargs.k");
  });

  it("with normalize_activations true need the scale", () => {
    const config = { ...old, normalize_activations: true };
    expect(() => read(config)).toThrow(expect.objectContaining({ code: "missing-scale" }));
    const { model } = read(config, standard, { activationScaler: '{"scaling_factor": 2}' });
    expect(model.weights.encoder).toEqual(encoder.map((w) => 2 * w));
    expect(model.weights.decoderBias).toEqual(bDec.map((b) => b / 2));
  });

  it("are told apart by the version: release candidates of 6.0 are new, absent versions old", () => {
    const config = { apply_b_dec_to_input: false, hook_point: "hook_z" };
    const isOld = (version: string | undefined): boolean =>
      "hook_name" in (read({ ...config, metadata: { sae_lens_version: version } }).model.metadata ?? {});
    expect([undefined, "5.99.9", "6.0.0-rc.1", "6.0.0", "6.54.12", "10.0.0"].map(isOld)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ["ones are dropped", new Float32Array(nQ).fill(1), undefined],
    ["others are refused", new Float32Array(nQ).fill(2), "scaling-factor"],
  ])("may hold a scaling_factor: %s", (_, factor, code) => {
    const tensors: Tensors = { ...standard, scaling_factor: [[nQ], factor] };
    if (code === undefined) expect(read(old, tensors).model.weights).toEqual(read(old).model.weights);
    else expect(() => read(old, tensors)).toThrow(expect.objectContaining({ code }));
  });
});

describe("thresholds", () => {
  it("may be logarithms, and negative ones are a plain ReLU", () => {
    const theta = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
    const logs = theta.map(Math.log);
    const config = { architecture: "jumprelu" };
    expect(read(config, { ...standard, log_threshold: [[nQ], logs] }).model.weights.theta).toEqual(logs.map(Math.exp));
    const signed = Float32Array.of(-1, 0.2, 0.3, 0.4, 0.5);
    const { model } = read(config, { ...standard, threshold: [[nQ], signed] });
    expect(model.weights.theta).toEqual(Float32Array.of(0, 0.2, 0.3, 0.4, 0.5));
  });

  it("stay float32 in a bfloat16 file", () => {
    const theta = Float32Array.from({ length: nQ }, (_, i) => 0.1 + i / 1000);
    const config = { ...base, architecture: "jumprelu", dtype: "bfloat16" };
    const weights = writeSafetensors(
      Object.entries({ ...standard, threshold: [[nQ], theta] as const }).map(([name, [shape, data]]) => [
        name,
        { dtype: name === "threshold" ? "F32" : "BF16", shape, data } as StoredTensor,
      ]),
    );
    const { model } = fromSaelens({ config: JSON.stringify(config), weights });
    expect(model.weights.theta).toEqual(theta);
    expect(model.weights.encoder).toEqual(fromBfloat16(toBfloat16(encoder)));
  });

  it("of a BatchTopK that never saw a batch let every positive pre-activation pass, and that is said", () => {
    const { model, warnings } = read({ architecture: "batchtopk", k: 2 }, unset(0));
    expect(model.threshold).toBe(2 ** -149);
    expect(warnings).toEqual([expect.stringContaining("[threshold-unset]")]);
  });

  it("of a BatchTopK that are no number are refused", () => {
    expect(() => read({ architecture: "batchtopk", k: 2 }, unset(Number.NaN))).toThrow(
      expect.objectContaining({ code: "bad-threshold" }),
    );
  });

  it.each([
    ["6.54.8", {}, 1],
    ["6.54.9", {}, 0],
    ["6.40.0", { rescale_acts_by_decoder_norm: false }, 0],
  ])("of a BatchTopK trained by SAELens %s %o give %i warnings", (version, details, count) => {
    const metadata = {
      sae_lens_version: version,
      training_architecture: "batchtopk",
      training_architecture_details: details,
    };
    const { warnings } = read(
      { architecture: "jumprelu", metadata },
      { ...standard, threshold: [[nQ], bEnc.map(Math.abs)] },
    );
    expect(warnings.filter((warning) => warning.includes("#763"))).toHaveLength(count);
  });
});

describe("folding", () => {
  const x = samples(4, nP, 16);
  const norms = Array.from({ length: nQ }, (_, i) => Math.hypot(...decoder.subarray(i * nP, (i + 1) * nP)));

  it.each([
    ["topk", { architecture: "topk", k: 2, rescale_acts_by_decoder_norm: true }, standard, undefined],
    [
      "batchtopk",
      { architecture: "batchtopk", k: 2 },
      { ...standard, topk_threshold: [[], Float64Array.of(0.4)] },
      undefined,
    ],
    [
      "batchtopk on scaled data",
      {
        architecture: "matryoshka_batchtopk",
        k: 2,
        normalize_activations: "expected_average_only_in",
        matryoshka_widths: [2, 5],
      },
      { ...standard, topk_threshold: [[], Float64Array.of(0.4)] },
      1.7,
    ],
  ] as const)(
    "%s: latents are z n and reconstructions f / n decoder, in original units",
    async (_, config, tensors, factor) => {
      const s: number = factor ?? 1;
      const { model } = read(config, tensors as Tensors, { activationScaler: JSON.stringify({ scaling_factor: s }) });
      const loaded = openModel(referenceBackend(), model);
      const { codes, reconstruction } = await loaded.run(x, 4);
      for (let b = 0; b < 4; b++) {
        const input = bDec.map((bias, d) => s * (x[b * nP + d] as number) - bias);
        const z = norms.map(
          (n, i) => n * input.reduce((sum, v, d) => sum + v * (encoder[i * nP + d] as number), bEnc[i] as number),
        );
        const cut = "k" in config && config.architecture === "topk" ? ([...z].sort((p, q) => q - p)[2] as number) : 0.4;
        const f = z.map((v) => (v > Math.max(cut, 0) ? v : 0));
        const row = new Array(nQ).fill(0);
        for (let e = codes.offsets[b] as number; e < (codes.offsets[b + 1] as number); e++) {
          row[codes.latents[e] as number] = codes.values[e];
        }
        f.forEach((value, i) => {
          expect(row[i]).toBeCloseTo(value, 5);
        });
        for (let d = 0; d < nP; d++) {
          const decoded = f.reduce(
            (sum, v, i) => sum + (v / (norms[i] as number)) * (decoder[i * nP + d] as number),
            bDec[d] as number,
          );
          expect(reconstruction[b * nP + d]).toBeCloseTo(decoded / s, 5);
        }
      }
    },
  );

  it.each([
    ["standard", true],
    ["standard", false],
    ["gated", false],
  ])(
    "of whitening into %s, b_dec subtracted %s: as if samples were whitened and reconstructions brought back",
    async (architecture, subtracts) => {
      const mean = Float64Array.of(0.5, -1, 2);
      const matrix = Float64Array.of(1, 2, 0, 0, 1, 0, 3, 0, 1);
      const inverse = Float64Array.of(1, -2, 0, 0, 1, 0, -3, 6, 1);
      const { b_enc: _, ...shared } = standard;
      const gated: Tensors = {
        ...shared,
        b_gate: [[nQ], bEnc],
        b_mag: [[nQ], samples(1, nQ, 17)],
        r_mag: [[nQ], samples(1, nQ, 18)],
      };
      const tensors = architecture === "gated" ? gated : standard;
      const config = { architecture, apply_b_dec_to_input: subtracts };
      const whitened = x.map((_, j) => {
        const row = j - (j % nP);
        return [0, 1, 2].reduce(
          (sum, k) => sum + ((x[row + k] as number) - (mean[k] as number)) * (matrix[k * nP + (j % nP)] as number),
          0,
        );
      });
      const plain = await openModel(referenceBackend(), read(config, tensors).model).run(whitened, 4);
      const activationWhitening = file({
        mean: [[nP], mean],
        matrix: [[nP, nP], matrix],
        inverse_matrix: [[nP, nP], inverse],
      });
      const { model } = read({ ...config, normalize_activations: "covariance_whitening" }, tensors, {
        activationWhitening,
      });
      const folded = await openModel(referenceBackend(), model).run(x, 4);
      expect(folded.codes.latents).toEqual(plain.codes.latents);
      folded.codes.values.forEach((value, e) => {
        expect(value).toBeCloseTo(plain.codes.values[e] as number, 4);
      });
      folded.reconstruction.forEach((value, j) => {
        const row = j - (j % nP);
        const back = [0, 1, 2].reduce(
          (sum, k) => sum + (plain.reconstruction[row + k] as number) * (inverse[k * nP + (j % nP)] as number),
          mean[j % nP] as number,
        );
        expect(value).toBeCloseTo(back, 4);
      });
    },
  );

  it("leaves decoder norms alone where nothing was rescaled", () => {
    expect(read({ architecture: "topk", k: 2 }).model.weights.decoder).toEqual(decoder);
  });

  it("makes a latent without decoder silent instead of NaN", () => {
    const hole = decoder.map((w, j) => (j < nP ? 0 : w));
    const tensors: Tensors = { ...standard, W_dec: [[nQ, nP], hole] };
    const { model } = read({ architecture: "topk", k: 2, rescale_acts_by_decoder_norm: true }, tensors);
    for (const rows of [model.weights.decoder, model.weights.encoder]) {
      expect([...rows.subarray(0, nP)].map(Math.abs)).toEqual([0, 0, 0]);
    }
  });

  it("does not happen twice: a scale beside folded weights is ignored and said to be", () => {
    const { model, ignored } = read({}, standard, { activationScaler: '{"scaling_factor": 2}' });
    expect(model.weights.encoder).toEqual(encoder);
    expect(ignored).toEqual(["activation_scaler.json"]);
  });
});

describe("refusals", () => {
  it.each([
    ["temporal", "unsupported-architecture", { architecture: "temporal" }],
    [
      "temporal",
      "unsupported-architecture",
      { architecture: "temporal", normalize_activations: "constant_scalar_rescale" },
    ],
    ["activation_whitening.safetensors", "missing-scale", { normalize_activations: "covariance_whitening" }],
    ["constant_scalar_rescale", "unsupported-normalization", { normalize_activations: "constant_scalar_rescale" }],
    ["apply_b_dec_to_input", "bad-config", { architecture: "transcoder", d_out: nP }],
    ["k", "bad-config", { architecture: "topk", k: 6 }],
    ["d_sae", "bad-config", { d_sae: "5" }],
    ["dtype", "bad-config", { dtype: "int8" }],
    ["threshold", "missing-tensor", { architecture: "jumprelu" }],
  ])("%s: %s", (name, code, config) => {
    expect(() => read(config)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(name) }));
  });

  it("tensors that play no part are refused, or ignored on demand", () => {
    const tensors: Tensors = { ...standard, W_skip: [[nP, nP], new Float32Array(9)] };
    expect(() => read({}, tensors)).toThrow(expect.objectContaining({ code: "unexpected-tensor" }));
    expect(read({}, tensors, { unexpectedTensors: "ignore" }).ignored).toEqual(["tensor W_skip"]);
  });

  it("text that is not JSON, and integers for weights", () => {
    expect(() => fromSaelens({ config: "{", weights: file(standard), folder: "dictionary" })).toThrow(
      expect.objectContaining({ code: "not-json", message: expect.stringMatching(/^dictionary\/cfg\.json: /) }),
    );
    const integers = writeSafetensors([["W_enc", { dtype: "I32", shape: [nP, nQ], data: new Int32Array(nP * nQ) }]]);
    expect(() => fromSaelens({ config: JSON.stringify(base), weights: integers })).toThrow(
      expect.objectContaining({ code: "bad-dtype" }),
    );
  });
});

describe("what is reported", () => {
  it("names keys that play no part, float64 that was rounded, and values that are not finite", () => {
    const holed = bEnc.map((b, i) => (i === 1 ? Number.NaN : b));
    const tensors: Tensors = { ...standard, W_dec: [[nQ, nP], Float64Array.from(decoder)], b_enc: [[nQ], holed] };
    const { warnings, ignored } = read({ l1_coefficient: 1, decoder_init_norm: 0.1 }, tensors);
    expect(ignored).toEqual(["cfg.json: l1_coefficient", "cfg.json: decoder_init_norm"]);
    expect(warnings).toEqual([
      "encoderBias holds values that are not finite.",
      "W_dec: float64 in the file, rounded to float32.",
    ]);
  });

  it("keeps free metadata but the version of the writer", () => {
    const metadata = { sae_lens_version: "6.54.12", sae_lens_training_version: "6.50.0", hook_name: "blocks.1.hook" };
    expect(read({ metadata }).model.metadata).toEqual({
      sae_lens_training_version: "6.50.0",
      hook_name: "blocks.1.hook",
    });
  });
});

function file(tensors: Tensors): Uint8Array {
  return writeSafetensors(
    Object.entries(tensors).map(([name, [shape, data]]) => [
      name,
      { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data },
    ]),
  );
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, j) => matrix[(j % rows) * columns + Math.floor(j / rows)] as number);
}
