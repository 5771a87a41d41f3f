/** Samples of the dictionaries that other programs are compared on. */
export const batch = 32;

/** A dictionary with random weights. */
export function exampleModel({ parameterShapes }, random, spec, inputScaling) {
  const weights = {};
  for (const [name, shape] of parameterShapes(spec)) {
    const draws = random(0, name);
    const value = name === "theta" ? () => 0.2 + draws.uniform() : () => 0.3 * draws.normal();
    weights[name] = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value);
  }
  return { spec, weights, inputScaling, ...(spec.activation.kind === "batchtopk" ? { threshold: 1.1 } : {}) };
}

/** Samples [batch, P] with the codes and the reconstruction of a dictionary, as JSON. */
export async function expectedOf({ openModel }, { random, referenceBackend }, name, model) {
  const { nP, nQ } = model.spec;
  const draws = random(0, name, "x");
  const x = Float32Array.from({ length: batch * nP }, () => draws.normal());
  const { codes, reconstruction } = await openModel(referenceBackend(), model).run(x, batch);
  return JSON.stringify({ x: rows(x), codes: rows(dense(codes, nQ)), reconstruction: rows(reconstruction) });
}

function rows(values) {
  const width = values.length / batch;
  return Array.from({ length: batch }, (_, b) => [...values.subarray(b * width, (b + 1) * width)]);
}

function dense({ offsets, latents, values }, nQ) {
  const result = new Float64Array(batch * nQ);
  for (let b = 0; b < batch; b++) {
    for (let e = offsets[b]; e < offsets[b + 1]; e++) result[b * nQ + latents[e]] = values[e];
  }
  return result;
}
