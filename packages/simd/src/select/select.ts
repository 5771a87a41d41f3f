import type { Selected, SelectOptions, Tensor } from "@monosema/tensor";
import type { SelectionPlan } from "@monosema/tensor/authoring";
import type { Core } from "../core.js";
import type { TileChoice } from "../tierKinds.js";
import { type Dense, denseOf, type Owner } from "../values.js";
import { selectAuxiliary } from "./auxiliary.js";
import { selectBatchTopK } from "./batchTopK.js";
import { type Bars, densityOf } from "./density.js";
import type { EncoderCopies } from "./encoderCopies.js";
import { type Found, prefixLevels } from "./found.js";
import { selectOnHost } from "./onHost.js";
import { selectAboveBars } from "./threshold.js";
import type { Tiles } from "./tiles.js";
import { selectTopK } from "./topK.js";

/** What earlier selections from an encoder have shown; it changes the speed only. */
interface Seen {
  /** Latents that competed for how many entries, and the guess for the smallest of them. */
  span?: number | undefined;
  rank?: number | undefined;
  guess?: number | undefined;
  /** Smallest selected pre-activation of a batch. */
  smallest?: number;
  /** Pairs of a batch. */
  pairs?: number;
  /** Selections until whole-number tiles are tried again. */
  pause: number;
}

/** Selections of one backend. */
export interface Selector {
  /** As {@link Backend.select}, from a checked plan. */
  select(x: Tensor, encoder: Tensor, plan: SelectionPlan, options: SelectOptions): Selected;
  /** Forgets an encoder. */
  forget(pointer: number): void;
}

/** Share of the latents that may be computed exactly before whole-number tiles stop paying. */
const mostExact = { float: 1, short: 0.04, byte: 0.12 } as const;
/** Share of the pairs above their thresholds up to which whole-number tiles pay. */
const mostDense = { float: 1, short: 0.02, byte: 0.06 } as const;
/** Selections for which a screen that did not pay is left out. */
const pauseLength = 50;

/** Opens the selections. */
export function selector(core: Core, owner: Owner, copies: EncoderCopies, tiles: Tiles): Selector {
  const { heap } = core;
  const seenOf = new Map<number, Seen>();

  const isSmall = ({ shape }: Dense): boolean =>
    tiles.screen.kind === "float" || (shape[0] as number) * (shape[1] as number) < tiles.screenFrom;
  const tileFor = (seen: Seen, encoder: Dense): TileChoice => {
    if (isSmall(encoder)) return tiles.float;
    if (seen.pause === 0) return tiles.screen;
    seen.pause--;
    return tiles.float;
  };
  /** Chosen by the batch alone, never by what came before: values of thresholds are those of the tile, and resumed runs have to agree. */
  const thresholdTile = (x: Dense, encoder: Dense, bias: Dense | undefined, bars: Bars): TileChoice =>
    isSmall(encoder) || densityOf(core, x, encoder, bias, bars) > mostDense[tiles.screen.kind]
      ? tiles.float
      : tiles.screen;
  const watch = (seen: Seen, tile: TileChoice, products: number, latents: number): void => {
    if (products > mostExact[tile.kind] * latents) seen.pause = pauseLength;
  };

  const find = (x: Dense, encoder: Dense, bias: Dense | undefined, plan: SelectionPlan): Found => {
    const seen: Seen = seenOf.get(encoder.pointer) ?? { pause: 0 };
    seenOf.set(encoder.pointer, seen);
    const { selection, batch, latents, span, counts } = plan;
    if (selection.kind === "topK" || selection.kind === "groupMax") {
      const tile = tileFor(seen, encoder);
      const request = { x, encoder, bias, copy: copies.of(encoder, tile) };
      const rank = counts.at(-1);
      const guess = seen.span === span && seen.rank === rank ? seen.guess : undefined;
      const result = selectTopK(core, { ...request, span, ks: counts, signed: plan.signed, guess });
      if (result === undefined) return selectOnHost(core, { ...request, plan }, 0);
      seen.span = span;
      seen.rank = rank;
      seen.guess = result.guess;
      watch(seen, tile, result.productsPerSample, latents);
      return result.found;
    }
    if (selection.kind === "batchTopK") {
      const tile = tileFor(seen, encoder);
      const request = { x, encoder, bias, copy: copies.of(encoder, tile) };
      const guess = seen.smallest === undefined ? undefined : 0.95 * seen.smallest;
      const result = selectBatchTopK(core, { ...request, counts, guess });
      if (result === undefined) return selectOnHost(core, { ...request, plan }, 0);
      watch(seen, tile, result.productsPerSample, latents);
      seen.smallest = smallestOf(core, result.found.values, result.found.count);
      return result.found;
    }
    const { margin = 0 } = selection;
    const theta =
      typeof selection.theta === "number"
        ? selection.theta
        : heap.f32(denseOf(selection.theta).pointer, latents).slice();
    const bars = (i: number): number => (typeof theta === "number" ? theta : (theta[i] as number)) - margin;
    const thresholds = {
      ...{ x, encoder, bias },
      bars: (all: Float32Array) => {
        for (let i = 0; i < latents; i++) all[i] = bars(i);
      },
    };
    const tile = thresholdTile(x, encoder, bias, bars);
    const expected = seen.pairs === undefined ? 0.25 * batch * latents : 1.25 * seen.pairs;
    const result = selectAboveBars(core, { ...thresholds, copy: copies.of(encoder, tile), expected });
    if (result === undefined) return selectOnHost(core, { x, encoder, bias, plan }, theta);
    seen.pairs = result.found.count;
    return result.found;
  };

  return {
    select(xTensor, encoderTensor, plan, options) {
      const [x, encoder] = [denseOf(xTensor), denseOf(encoderTensor)];
      const bias = options.bias && denseOf(options.bias);
      const among = options.auxiliary && denseOf(options.auxiliary.among);
      const { prefixes } = plan;
      const codes = core.keeping(() => {
        const found = find(x, encoder, bias, plan);
        if (prefixes === undefined) return owner.codes(found);
        const levelOf = prefixLevels(core, found.latentOf, found.count, prefixes);
        return owner.codes({ ...found, levels: plan.levels, levelOf });
      });
      let smallest: Dense | undefined;
      if (plan.selection.kind === "batchTopK") {
        smallest = owner.dense([]);
        heap.f32(smallest.pointer, 1)[0] = smallestOf(core, codes.pre.pointer, codes.count);
      }
      const k = options.auxiliary?.k ?? 0;
      const auxiliary =
        among &&
        core.keeping(() => owner.codes(selectAuxiliary(core, copies, { x, encoder, bias, among, k, tiles, plan })));
      return { codes, ...(auxiliary && { auxiliary }), ...(smallest && { smallest }) };
    },
    forget: (pointer) => seenOf.delete(pointer),
  };
}

/** The smallest positive value, 0 without one. */
function smallestOf({ heap }: Core, values: number, count: number): number {
  const least = heap.f32(values, count).reduce((a, v) => (v > 0 && v < a ? v : a), Number.POSITIVE_INFINITY);
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}
