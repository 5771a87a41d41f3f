import * as Plot from "@observablehq/plot";
import type { Geometry } from "../../records.js";
import { labelOf, type RowGroup } from "../groups.js";
import type { Markup } from "../markup.js";
import { figure } from "./render.js";

/** True directions and learned decoder rows of each group in 2 or 3 dimensions (paper Figures 4 and 9), first seed that carries them. */
export function geometryMaps(groups: readonly RowGroup[]): readonly Markup[] {
  return groups.flatMap((group) => {
    const geometry = group.rows.find((row) => row.geometry !== undefined)?.geometry;
    const dimension = geometry?.features[0]?.length;
    if (geometry === undefined || (dimension !== 2 && dimension !== 3)) return [];
    const name = `Directions: ${labelOf(group)}`;
    return [figure(name, labelOf(group), dimension === 2 ? circle(geometry) : sphere(geometry))];
  });
}

/** Arrows from the origin to the true directions, learned rows as dots on the unit circle. */
function circle({ features, learned }: Geometry): Plot.PlotOptions {
  const turn = Array.from({ length: 73 }, (_, i) => [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)]);
  return {
    width: 240,
    height: 240,
    margin: 10,
    axis: null,
    x: { domain: [-1.1, 1.1] },
    y: { domain: [-1.1, 1.1] },
    marks: [
      Plot.line(turn, { stroke: "var(--line)" }),
      Plot.arrow(features, {
        x1: 0,
        y1: 0,
        x2: "0",
        y2: "1",
        stroke: "var(--muted)",
        strokeWidth: 1.5,
        headLength: 6,
        title: truth,
      }),
      Plot.dot(learned, { x: "0", y: "1", r: 4, stroke: "var(--accent)", strokeWidth: 1.75, title: row }),
    ],
  };
}

/** The whole sphere on an equal-area map: true directions as crosses, learned rows as rings. */
function sphere({ features, learned }: Geometry): Plot.PlotOptions {
  return {
    width: 300,
    height: 150,
    margin: 4,
    axis: null,
    projection: "equal-earth",
    marks: [
      Plot.graticule({ stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.sphere({ stroke: "var(--muted)" }),
      Plot.dot(features.map(degrees), { x: "0", y: "1", symbol: "times", r: 4, stroke: "var(--ink)", title: truth }),
      Plot.dot(learned.map(degrees), {
        x: "0",
        y: "1",
        r: 4.5,
        stroke: "var(--accent)",
        strokeWidth: 1.75,
        title: row,
      }),
    ],
  };
}

const truth = (): string => "true feature";
const row = (): string => "decoder row";

/** Longitude and latitude of a direction in 3 dimensions. */
function degrees([x = 0, y = 0, z = 0]: readonly number[]): readonly number[] {
  const turn = 180 / Math.PI;
  return [Math.atan2(y, x) * turn, Math.atan2(z, Math.hypot(x, y)) * turn];
}
