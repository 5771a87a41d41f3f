import type { Tensor } from "@tensorflow/tfjs-core";
import { addByLatent, addDecoded, addRowSums, dotPairs, markActive, nonzero, type PairRows } from "../pairKernels.js";
import type { Engine } from "./engine.js";
import { numbersOf } from "./hostNumbers.js";
import type { CodeKernels } from "./values.js";

/** Codes as compressed rows, for engines whose tensors live on the host: loops over the pairs instead of dense products. */
export function rowCodes({ tf }: Engine, rows: PairRows): CodeKernels {
  const { batch, latents, levels, pairs } = rows;
  const perPair = (): Float32Array => new Float32Array(pairs.latents.length);
  return {
    masked: ({ t }) => t,
    atLatents: (perLatent) => {
      const numbers = numbersOf(perLatent);
      return tf.tensor1d(perPair().map((_, n) => numbers[pairs.latents[n] as number] as number));
    },
    decode: ({ t }, decoder) => {
      const width = decoder.shape[1] as number;
      const sums = Array.from({ length: levels }, () => new Float32Array(batch * width));
      addDecoded(rows, numbersOf(t), numbersOf(decoder), width, sums);
      return sums.map((sum) => tf.tensor2d(sum, [batch, width]));
    },
    dot: (errors, decoder) => {
      const products = perPair();
      dotPairs(rows, errors.map(numbersOf), numbersOf(decoder), decoder.shape[1] as number, products);
      return tf.tensor1d(products);
    },
    rowSums: ({ t }, sources) => {
      const width = (sources[0] as Tensor).shape[1] as number;
      const sums = new Float32Array(latents * width);
      addRowSums(rows, numbersOf(t), sources.map(numbersOf), width, sums);
      return tf.tensor2d(sums, [latents, width]);
    },
    sumByLatent: ({ t }) => {
      const sums = new Float32Array(latents);
      addByLatent(rows, numbersOf(t), sums);
      return tf.tensor1d(sums);
    },
    lastActive: ({ t }) => {
      const last = new Float32Array(latents);
      markActive(rows, numbersOf(t), last);
      return tf.tensor1d(last);
    },
    read: async ({ t }) => nonzero(rows, await t.data<"float32">()),
    free: () => {},
  };
}
