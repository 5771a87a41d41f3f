import { type Mat, zeros } from "@monosema/numerics";
import type { SparseRows } from "@monosema/tensor";
import { isolatedCodesCore } from "@monosema/theory/core";
import { type FoldedModel, foldInputs } from "./foldDictionary.js";
import { sparseRows } from "./sparseRows.js";

/** Samples of activations, and optionally their codes. */
export interface AuditBatch {
  /** Inputs as the dictionary sees them, `[B, nP]` row-major. */
  readonly input: Float32Array | Float64Array;
  /** Targets, `[B, nR]` row-major; default the inputs. */
  readonly target?: Float32Array | Float64Array;
  /** Codes that were computed elsewhere; default: computed here, in float64. */
  readonly codes?: SparseRows;
}

/** A checked block of samples, biases of the decoder subtracted. */
export interface SampleBlock {
  /** As the folded encoder takes them, `[B, nP]` or `[B, nP + 1]`. */
  readonly inputs: Mat;
  /** `[B, nR]`. */
  readonly targets: Mat;
  /** Active latents. */
  readonly codes: SparseRows;
}

/** Samples encoded at once: 33 MB of pre-activations at 16,000 latents. */
const BLOCK = 256;

/**
 * The samples of a batch in blocks (BatchTopK selects over the whole batch, and is not split).
 *
 * @param before - samples before this batch, for messages
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function* sampleBlocks(batch: AuditBatch, model: FoldedModel, before: number): Generator<SampleBlock> {
  const { inputs: nP, decoder, inputShift, targetShift } = model;
  const samples = batch.input.length / nP;
  const target = batch.target ?? batch.input;
  if (!Number.isInteger(samples) || target.length !== samples * decoder.cols) {
    throw new RangeError(
      `auditDictionary: data must hold samples of width ${nP} with targets of width ${decoder.cols}, got ${batch.input.length} and ${target.length} numbers; use what the dictionary was trained on`,
    );
  }
  if (batch.codes) checkCodes(batch.codes, samples, decoder.rows);
  const size = model.sigma.kind === "batchtopk-relu" ? samples : BLOCK;
  for (let start = 0; start < samples; start += size) {
    const count = Math.min(size, samples - start);
    const inputs = foldInputs(model, shifted(batch.input, start, count, inputShift, before));
    const targets = shifted(target, start, count, targetShift, before);
    yield { inputs, targets, codes: batch.codes ? part(batch.codes, start, count) : encoded(model, inputs) };
  }
}

/** Rows minus a shift, in float64. */
function shifted(
  values: Float32Array | Float64Array,
  start: number,
  count: number,
  shift: Float64Array,
  before: number,
): Mat {
  const width = shift.length;
  const result = zeros(count, width);
  for (let at = 0; at < result.data.length; at++) {
    const value = values[start * width + at] as number;
    if (!Number.isFinite(value)) {
      const sample = before + start + Math.floor(at / width);
      throw new RangeError(
        `auditDictionary: data must be finite, got ${value} in sample ${sample}, dimension ${at % width}; clean the data`,
      );
    }
    result.data[at] = value - (shift[at % width] as number);
  }
  return result;
}

function encoded({ encoder, sigma }: FoldedModel, inputs: Mat): SparseRows {
  return sparseRows(isolatedCodesCore({ encoder, featuresP: inputs, sigma }).codes);
}

function part({ offsets, latents, values }: SparseRows, start: number, count: number): SparseRows {
  const from = offsets[start] as number;
  const to = offsets[start + count] as number;
  return {
    offsets: offsets.slice(start, start + count + 1).map((offset) => offset - from),
    latents: latents.subarray(from, to),
    values: values.subarray(from, to),
  };
}

function checkCodes({ offsets, latents, values }: SparseRows, samples: number, nQ: number): void {
  if (offsets.length !== samples + 1 || offsets[samples] !== latents.length || latents.length !== values.length) {
    throw new RangeError(
      `auditDictionary: codes must have ${samples + 1} offsets and a latent and value for each entry, got ${offsets.length}, ${latents.length} and ${values.length}; pass the codes of the same samples`,
    );
  }
  const wrong = latents.find((latent) => !(latent >= 0 && latent < nQ));
  if (wrong !== undefined) {
    throw new RangeError(`auditDictionary: codes must name latents below ${nQ}, got ${wrong}; use the same dictionary`);
  }
}
