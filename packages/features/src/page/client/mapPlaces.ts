import type { DecoderMap } from "../../featureDocument.js";
import type { MapBox } from "./mapBox.js";

/** Features on the map, in shares of its width and height. */
export interface MapPlaces {
  /** From the left, by place of the feature. */
  readonly x: Float32Array;
  /** From the top. */
  readonly y: Float32Array;
  /** Places of the features in a box. */
  inside(box: MapBox): ReadonlySet<number>;
  /** Place of the nearest of these features, or of all, to a point, within a twentieth of the width; `ratio` is height to width. */
  nearest(x: number, y: number, ratio: number, among?: ReadonlySet<number>): number | undefined;
}

/** Share of the map that is left free on each side. */
const MARGIN = 0.03;

/** Farthest distance of a point that is pointed at, in shares of the width. */
const REACH = 0.05;

/** Spreads the features of a map over it. */
export function mapPlaces(map: DecoderMap, latents: readonly number[]): MapPlaces {
  const [x, y] = [map.x, map.y].map((values) => {
    const own = Float32Array.from(latents, (latent) => values[latent] as number);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of own) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const span = high - low || 1;
    return own.map((value) => MARGIN + ((1 - 2 * MARGIN) * (value - low)) / span);
  }) as [Float32Array, Float32Array];
  return {
    x,
    y,
    inside: ({ left, top, right, bottom }) => {
      const found = new Set<number>();
      for (let i = 0; i < x.length; i++) {
        const [px, py] = [x[i] as number, y[i] as number];
        if (px >= left && px <= right && py >= top && py <= bottom) found.add(i);
      }
      return found;
    },
    nearest: (px, py, ratio, among) => {
      let best: number | undefined;
      let least = REACH;
      for (let i = 0; i < x.length; i++) {
        const distance = Math.hypot((x[i] as number) - px, ratio * ((y[i] as number) - py));
        if (distance < least && (among === undefined || among.has(i))) [best, least] = [i, distance];
      }
      return best;
    },
  };
}
