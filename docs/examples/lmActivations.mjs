/**
 * Activations of a small language model, collected on the fly.
 *
 * @typedef {object} Activations rows are tokens, `[tokens, width]` row-major
 * @property {number} tokens
 * @property {Float32Array[]} residual by layer: the residual stream after the layer
 * @property {Float32Array[]} mlpInput by layer: what the MLP reads
 * @property {Float32Array[]} mlpOutput by layer: what the MLP adds
 */

/**
 * Runs texts through the model until `count` tokens are seen. The first token of a text (BOS) is left out: it is the same every time
 * and its activations are unlike all others.
 *
 * @param {import("./storiesLm.mjs").LanguageModel} model
 * @param {import("./bpeTokenizer.mjs").Tokenizer} tokenizer
 * @param {Iterable<string>} texts
 * @param {number} count
 * @returns {Activations}
 */
export function lmActivations(model, tokenizer, texts, count) {
  const matrices = () => Array.from({ length: model.layers }, () => new Float32Array(count * model.width));
  const collected = { residual: matrices(), mlpInput: matrices(), mlpOutput: matrices() };
  let row = 0;
  for (const text of texts) {
    const next = model.start();
    for (const [position, token] of tokenizer.encode(text).slice(0, model.context).entries()) {
      const seen = next(token);
      if (position === 0) continue;
      for (let layer = 0; layer < model.layers; layer++) {
        collected.residual[layer].set(seen.residual[layer], row * model.width);
        collected.mlpInput[layer].set(seen.mlpInput[layer], row * model.width);
        collected.mlpOutput[layer].set(seen.mlpOutput[layer], row * model.width);
      }
      row += 1;
      if (row === count) return { tokens: count, ...collected };
    }
  }
  throw new RangeError(
    `lmActivations: the texts must have ${count} tokens, got ${row}; give more texts or ask for fewer`,
  );
}

/**
 * The rows of several sources side by side, the input of a crosscoder.
 *
 * @param {readonly Float32Array[]} sources `[tokens, width]` each
 * @param {number} width of each source
 * @returns {Float32Array} `[tokens, sources * width]`
 */
export function sideBySide(sources, width) {
  const tokens = sources[0].length / width;
  const all = new Float32Array(tokens * sources.length * width);
  for (let token = 0; token < tokens; token++) {
    for (const [s, source] of sources.entries()) {
      all.set(source.subarray(token * width, (token + 1) * width), (token * sources.length + s) * width);
    }
  }
  return all;
}
