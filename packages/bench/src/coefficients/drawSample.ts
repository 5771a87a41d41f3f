import type { Random } from "@monosema/tensor";
import type { Firing } from "./firing.js";
import type { Hierarchy } from "./hierarchy.js";
import type { MagnitudeModel } from "./magnitudes.js";

/** What one sample is drawn from. */
export interface SampleModel {
  /** Which features fire. */
  readonly firing: Firing;
  /** Their values. */
  readonly magnitudes: MagnitudeModel;
  /** The forest, where there is one. */
  readonly hierarchy?: Hierarchy | undefined;
  /** Children are multiplied by their parent's value over its mean. */
  readonly scaleByParent: boolean;
}

/** Positive coefficients of one sample. */
export interface Sample {
  /** Features, ascending. */
  readonly features: number[];
  /** Their values. */
  readonly values: number[];
}

/**
 * Draws one sample, top down: features without parents, then the children of every active feature, where in an exclusive group with
 * several active children one stays, uniformly at random. Active means a value above 0.
 */
export function drawSample({ firing, magnitudes, hierarchy, scaleByParent }: SampleModel, stream: Random): Sample {
  const features: number[] = [];
  const values: number[] = [];
  for (const feature of firing.start(stream)) {
    const value = magnitudes.draw(feature, stream);
    if (value > 0) {
      features.push(feature);
      values.push(value);
    }
  }
  if (hierarchy === undefined) return { features, values };
  const { firstChild, childCount, exclusive } = hierarchy;
  for (let at = 0; at < features.length; at++) {
    const parent = features[at] as number;
    const factor = scaleByParent ? (values[at] as number) / (magnitudes.means[parent] as number) : 1;
    const groupStart = features.length;
    const end = (firstChild[parent] as number) + (childCount[parent] as number);
    for (let child = firstChild[parent] as number; child < end; child++) {
      if (!firing.childFires(child, stream)) continue;
      const value = magnitudes.draw(child, stream) * factor;
      if (value > 0) {
        features.push(child);
        values.push(value);
      }
    }
    const active = features.length - groupStart;
    if (exclusive[parent] === 1 && active > 1) {
      const kept = groupStart + stream.integer(active);
      features.splice(groupStart, active, features[kept] as number);
      values.splice(groupStart, active, values[kept] as number);
    }
  }
  const order = features.map((_, at) => at).sort((a, b) => (features[a] as number) - (features[b] as number));
  return { features: order.map((at) => features[at] as number), values: order.map((at) => values[at] as number) };
}
