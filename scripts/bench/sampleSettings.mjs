import { benchPresets, synthSaeBench16k } from "../../packages/bench/dist/index.js";

const trees = { branching: 4, depth: 3, exclusivePortion: 1, compensate: true, scaleByParent: true };
const synth = synthSaeBench16k();

/** Settings by name: our options, and the configuration of SAELens' model with the same firings. */
export const sampleSettings = {
  paper: {
    options: { ...benchPresets.paper, seed: 0 },
    peer: {
      ...{ num_features: 1000, hidden_dim: 768, bias: 0, mean_firing_magnitudes: 2, std_firing_magnitudes: 1 },
      firing_probability: { generator_name: "constant", probability: 0.01 },
    },
  },
  hard: {
    options: {
      ...{ n: 2000, nP: 256, seed: 0, maxInterference: 0.5 },
      firing: { kind: "zipfian", exponent: 0.5, max: 0.1, min: 5e-4 },
      hierarchy: { roots: 20, ...trees },
      correlation: { rank: 10, scale: 0.1 },
    },
    peer: {
      ...{ num_features: 2000, hidden_dim: 256, bias: 0, mean_firing_magnitudes: 2, std_firing_magnitudes: 1 },
      firing_probability: { generator_name: "zipfian", exponent: 0.5, max_prob: 0.1, min_prob: 5e-4 },
      hierarchy: peerTrees(20),
      correlation: { rank: 10, correlation_scale: 0.1, seed: null },
    },
  },
  synthsae: {
    options: synth,
    peer: {
      ...{ num_features: synth.n, hidden_dim: synth.nP, bias: synth.biasNorm },
      firing_probability: { generator_name: "zipfian", exponent: 0.5, max_prob: 0.4, min_prob: 5e-4 },
      hierarchy: peerTrees(128),
      correlation: { rank: 25, correlation_scale: 0.1, seed: null },
      mean_firing_magnitudes: { generator_name: "linear", start: 5, end: 4 },
      std_firing_magnitudes: { generator_name: "folded_normal", mean: 0.5, std: 0.5 },
    },
  },
};

function peerTrees(roots) {
  return {
    ...{ total_root_nodes: roots, branching_factor: 4, max_depth: 3, mutually_exclusive_portion: 1 },
    ...{ compensate_probabilities: true, scale_children_by_parent: true },
  };
}
