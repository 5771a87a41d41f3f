import { type Mat, norm } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { bestDecoder } from "./bestDecoder.js";
import { bestEncoder } from "./bestEncoder.js";
import { maskedCodes, maskedLoss, type WeightedModel } from "./maskedModel.js";

/** How a search ended. */
export type SearchStatus = "converged" | "pattern-collapse" | "max-iterations" | "zero-decoder" | "unsolved";

/** A search under way. */
export interface SearchState {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Mask of the region, `[n, nQ]`. */
  readonly mask: Mask;
  /** Loss at the start and after each step. */
  readonly history: readonly number[];
  /** Pairs of steps made. */
  readonly steps: number;
  /** How it ended. */
  readonly status: SearchStatus;
}

/** Pairs of steps within one region, until the loss falls by no more than `enough` or `most` pairs were made in all. */
export function descend(model: WeightedModel, start: SearchState, most: number, enough: number): SearchState {
  let { encoder, decoder, steps } = start;
  const { mask } = start;
  const history = [...start.history];
  const loss = (candidate: { encoder: Mat; decoder: Mat }) => maskedLoss({ ...model, ...candidate }, mask).total;
  for (;;) {
    const before = history.at(-1) as number;
    if (steps >= most) return { encoder, decoder, mask, history, steps, status: "max-iterations" };
    steps++;
    const { codes } = maskedCodes(encoder, model.featuresP, mask, model.sigma);
    const fitted = bestDecoder(codes, model.featuresR, model.weights);
    const afterDecoder = loss({ encoder, decoder: fitted });
    if (afterDecoder <= before) decoder = fitted;
    history.push(Math.min(before, afterDecoder));
    if (norm(decoder.data) === 0) return { encoder, decoder, mask, history, steps, status: "zero-decoder" };
    const moved = bestEncoder({ ...model, encoder, decoder }, mask);
    if (moved.status !== "solved") return { encoder, decoder, mask, history, steps, status: "unsolved" };
    const afterEncoder = loss({ encoder: moved.encoder, decoder });
    const middle = history.at(-1) as number;
    if (afterEncoder <= middle) encoder = moved.encoder;
    history.push(Math.min(middle, afterEncoder));
    if (before - (history.at(-1) as number) <= enough) {
      return { encoder, decoder, mask, history, steps, status: "converged" };
    }
  }
}
