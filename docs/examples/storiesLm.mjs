/**
 * A plain forward pass of a Llama of the llama2.c legacy format, such as stories260K, that shows what flows inside it.
 *
 * Every vector has the width D of the model.
 *
 * @typedef {object} Observed what one token gave
 * @property {Float32Array} logits scores of the next token, one per vocabulary entry
 * @property {Float32Array[]} residual by layer: the residual stream after the layer
 * @property {Float32Array[]} mlpInput by layer: what the MLP reads (normalised residual stream)
 * @property {Float32Array[]} mlpOutput by layer: what the MLP adds to the residual stream
 *
 * @typedef {object} LanguageModel
 * @property {number} width D
 * @property {number} layers
 * @property {number} vocabulary
 * @property {number} context longest sequence
 * @property {() => (token: number) => Observed} start begins a sequence; call the result with one token after the other
 */

/**
 * Opens a model file: 7 int32 of sizes, then float32 weights. The output matrix is the token embedding.
 *
 * @param {Uint8Array} file
 * @returns {LanguageModel}
 */
export function storiesLm(file) {
  const bytes = file.slice().buffer;
  const [width, hidden, layers, heads, kvHeads, vocabulary, context] = new Int32Array(bytes, 0, 7);
  const headSize = width / heads;
  const kvWidth = headSize * kvHeads;
  let offset = 28;
  /** @param {number} size */
  const take = (size) => {
    const part = new Float32Array(bytes, offset, size);
    offset += 4 * size;
    return part;
  };
  /** @param {number} size */
  const perLayer = (size) => Array.from({ length: layers }, () => take(size));
  const embedding = take(vocabulary * width);
  const attentionNorm = perLayer(width);
  const query = perLayer(width * width);
  const key = perLayer(width * kvWidth);
  const value = perLayer(width * kvWidth);
  const attentionOutput = perLayer(width * width);
  const mlpNorm = perLayer(width);
  const gate = perLayer(width * hidden);
  const down = perLayer(width * hidden);
  const up = perLayer(width * hidden);
  const finalNorm = take(width);
  const cosines = take((context * headSize) / 2);
  const sines = take((context * headSize) / 2);

  /**
   * Keys and values of the tokens so far in one layer, a row per token.
   *
   * @typedef {{ keys: Float32Array, values: Float32Array }} Past
   */

  /** @param {number} layer @param {Float32Array} x @param {Past} past @param {number} position */
  const attend = (layer, x, { keys, values }, position) => {
    const q = rotated(product(query[layer], x), position);
    keys.set(rotated(product(key[layer], x), position), position * kvWidth);
    values.set(product(value[layer], x), position * kvWidth);
    const mixed = new Float32Array(width);
    const weights = new Float64Array(position + 1);
    for (let head = 0; head < heads; head++) {
      const at = head * headSize;
      const kvAt = Math.floor((head * kvHeads) / heads) * headSize;
      for (let t = 0; t <= position; t++) {
        weights[t] = dot(q, at, keys, t * kvWidth + kvAt, headSize) / Math.sqrt(headSize);
      }
      softmax(weights);
      for (let t = 0; t <= position; t++) {
        const row = t * kvWidth + kvAt;
        for (let d = 0; d < headSize; d++) mixed[at + d] += weights[t] * values[row + d];
      }
    }
    return product(attentionOutput[layer], mixed);
  };

  /** Rotary position embedding of neighbouring pairs (Su et al. 2021). @param {Float32Array} vector @param {number} position */
  const rotated = (vector, position) => {
    for (let i = 0; i < vector.length; i += 2) {
      const at = (position * headSize) / 2 + (i % headSize) / 2;
      const [a, b] = [vector[i], vector[i + 1]];
      vector[i] = a * cosines[at] - b * sines[at];
      vector[i + 1] = a * sines[at] + b * cosines[at];
    }
    return vector;
  };

  /** @param {number} layer @param {Float32Array} x */
  const feedForward = (layer, x) => {
    const gated = product(gate[layer], x);
    const raised = product(up[layer], x);
    return product(
      down[layer],
      gated.map((g, i) => (g / (1 + Math.exp(-g))) * raised[i]),
    );
  };

  const start = () => {
    /** @type {Past[]} */
    const past = Array.from({ length: layers }, () => ({
      keys: new Float32Array(context * kvWidth),
      values: new Float32Array(context * kvWidth),
    }));
    let position = 0;
    return (/** @type {number} */ token) => {
      if (position === context) {
        throw new RangeError(`storiesLm: a sequence must have at most ${context} tokens, got one more; start another`);
      }
      /** @type {Pick<Observed, "residual" | "mlpInput" | "mlpOutput">} */
      const seen = { residual: [], mlpInput: [], mlpOutput: [] };
      let x = embedding.slice(token * width, (token + 1) * width);
      for (let layer = 0; layer < layers; layer++) {
        x = sum(x, attend(layer, normalise(x, attentionNorm[layer]), past[layer], position));
        const input = normalise(x, mlpNorm[layer]);
        const output = feedForward(layer, input);
        x = sum(x, output);
        seen.mlpInput.push(input);
        seen.mlpOutput.push(output);
        seen.residual.push(x);
      }
      position += 1;
      return { logits: product(embedding, normalise(x, finalNorm)), ...seen };
    };
  };
  return { width, layers, vocabulary, context, start };
}

/** In place. @param {Float64Array} scores */
function softmax(scores) {
  let most = -Infinity;
  for (const score of scores) most = Math.max(most, score);
  let total = 0;
  for (let t = 0; t < scores.length; t++) total += scores[t] = Math.exp(scores[t] - most);
  for (let t = 0; t < scores.length; t++) scores[t] /= total;
}

/** Root-mean-square normalisation (Zhang & Sennrich 2019). @param {Float32Array} x @param {Float32Array} weight */
function normalise(x, weight) {
  const scale = 1 / Math.sqrt(dot(x, 0, x, 0, x.length) / x.length + 1e-5);
  return x.map((v, i) => v * scale * weight[i]);
}

/** Matrix, by rows, times vector. @param {Float32Array} matrix @param {Float32Array} x */
function product(matrix, x) {
  const out = new Float32Array(matrix.length / x.length);
  for (let row = 0; row < out.length; row++) out[row] = dot(matrix, row * x.length, x, 0, x.length);
  return out;
}

/** @param {Float32Array} a @param {number} aAt @param {Float32Array} b @param {number} bAt @param {number} size */
function dot(a, aAt, b, bAt, size) {
  let total = 0;
  for (let i = 0; i < size; i++) total += a[aAt + i] * b[bAt + i];
  return total;
}

/** @param {Float32Array} a @param {Float32Array} b */
const sum = (a, b) => a.map((v, i) => v + b[i]);
