import type { MapBox } from "./mapBox.js";
import type { MapPlaces } from "./mapPlaces.js";

/** How the features of a map look, by place. */
export interface PointLooks {
  /** Rates; points grow with them. */
  readonly rates: readonly number[];
  /** Names of the style sheet's colours. */
  readonly colours: readonly string[];
  /** Places that the list has, in colour; undefined for all. */
  readonly listed: ReadonlySet<number> | undefined;
}

/** Draws the features of a map. */
export function drawPoints(
  canvas: HTMLCanvasElement,
  { x, y }: MapPlaces,
  { rates, colours, listed }: PointLooks,
): void {
  const sheet = cleared(canvas);
  if (sheet === undefined) return;
  const { context, width, height, colour } = sheet;
  const size = pointSize(x.length, width * height);
  const dots = (paint: string, strength: number, own: (place: number) => boolean): void => {
    context.fillStyle = paint;
    context.globalAlpha = strength;
    context.beginPath();
    for (let i = 0; i < x.length; i++) {
      if (!own(i)) continue;
      const radius = size * radiusOf(rates[i] as number);
      const [px, py] = [width * (x[i] as number), height * (y[i] as number)];
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
    context.fill();
  };
  if (listed) dots(colour("--c6"), 0.25, (place) => !listed.has(place));
  for (const name of new Set(colours)) {
    dots(colour(name), 0.7, (place) => colours[place] === name && (listed === undefined || listed.has(place)));
  }
}

/** What is marked on a map. */
export interface MapMarks {
  /** Place of the chosen feature. */
  readonly active: number | undefined;
  /** Place that is pointed at. */
  readonly pointed: number | undefined;
  /** The brush. */
  readonly brush: MapBox | undefined;
}

/** Draws the marks of a map, on a sheet over its features. */
export function drawMarks(canvas: HTMLCanvasElement, { x, y }: MapPlaces, { active, pointed, brush }: MapMarks): void {
  const sheet = cleared(canvas);
  if (sheet === undefined) return;
  const { context, width, height, colour } = sheet;
  const ring = (place: number, paint: string, line: number): void => {
    context.strokeStyle = paint;
    context.lineWidth = line;
    context.beginPath();
    const radius = pointSize(x.length, width * height) + 4;
    context.arc(width * (x[place] as number), height * (y[place] as number), radius, 0, 2 * Math.PI);
    context.stroke();
  };
  if (brush) {
    const { left, top, right, bottom } = brush;
    const box = [left * width, top * height, (right - left) * width, (bottom - top) * height] as const;
    context.strokeStyle = colour("--ink");
    context.fillStyle = colour("--ink");
    context.strokeRect(...box);
    context.globalAlpha = 0.06;
    context.fillRect(...box);
    context.globalAlpha = 1;
  }
  if (pointed !== undefined) ring(pointed, colour("--ink"), 1.5);
  if (active !== undefined) ring(active, colour("--c1"), 3);
}

/** A canvas of the pixels of the screen, empty; undefined where it is not seen. */
function cleared(canvas: HTMLCanvasElement) {
  const [width, height, scale] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio];
  const context = canvas.getContext("2d");
  if (context === null || width === 0) return undefined;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  return { context, width, height, colour: (name: string) => style.getPropertyValue(name) };
}

/** Radius of a point that fires on one row in a few hundred: many points on a small map are small. */
const pointSize = (count: number, area: number): number => Math.min(3.5, Math.max(0.9, 0.15 * Math.sqrt(area / count)));

/** From .5 for features that hardly fire to 1.6 for those that fire on most rows. */
const radiusOf = (rate: number): number => (rate === 0 ? 0.5 : 0.6 + 0.25 * Math.max(0, 4 + Math.log10(rate)));
