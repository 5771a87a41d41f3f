import { openSimd } from "@monosema/simd";

const [batch, width, latents, k] = [200, 40, 700, 8];

/** Opens the backend and trains a TopK SAE for five steps: `{threads, detail, losses}`. */
export async function train(options) {
  const backend = await openSimd(options);
  const x = backend.tensor(numbers(batch * width, 1), [batch, width]);
  const [encoder, decoder] = [2, 3].map((seed) =>
    backend.parameter([latents, width], { value: numbers(latents * width, seed) }),
  );
  const losses = [];
  for (let t = 1; t <= 5; t++) {
    const loss = backend.scope(() => {
      const { codes } = backend.select(x, encoder.value, { kind: "topK", k });
      const [reconstruction] = backend.decode(codes.pre, decoder.value);
      const residual = backend.binary("sub", reconstruction, x);
      const error = backend.binary("mul", residual, 2 / batch);
      const coefficients = backend.dot(codes, [error], decoder.value);
      backend.update(
        [
          { parameter: decoder, gradient: { from: [{ coefficients: codes.pre, rows: error }] } },
          { parameter: encoder, gradient: { from: [{ coefficients, rows: x }] } },
        ],
        { t, lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      );
      return backend.sum(backend.unary("square", residual));
    });
    losses.push((await backend.read(loss))[0]);
  }
  const { threads, detail } = backend;
  await backend.close();
  return { threads, detail, losses };
}

function numbers(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
