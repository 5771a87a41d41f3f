/** A box on the map, in shares of its width and height. */
export interface MapBox {
  /** Left edge. */
  readonly left: number;
  /** Upper edge. */
  readonly top: number;
  /** Right edge. */
  readonly right: number;
  /** Lower edge. */
  readonly bottom: number;
}

/** Share of the map by which a key moves a box, and the size of the first. */
const [STEP, SIZE] = [0.05, 0.2];

/** The box that a key makes: the first one in the middle, then one that is moved or sized inside the map; undefined for other keys. */
export function keyedBox(box: MapBox | undefined, key: string): MapBox | undefined {
  const arrow = arrows[key];
  const grown = key === "+" || key === "=" ? STEP / 2 : key === "-" ? -STEP / 2 : 0;
  if (arrow === undefined && grown === 0) return undefined;
  if (box === undefined) {
    const [low, high] = [(1 - SIZE) / 2, (1 + SIZE) / 2];
    return { left: low, top: low, right: high, bottom: high };
  }
  const { left, top, right, bottom } = box;
  if (arrow) {
    const x = Math.min(1 - right, Math.max(-left, arrow[0]));
    const y = Math.min(1 - bottom, Math.max(-top, arrow[1]));
    return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
  }
  if (Math.min(right - left, bottom - top) + 2 * grown < STEP) return box;
  return {
    left: Math.max(0, left - grown),
    top: Math.max(0, top - grown),
    right: Math.min(1, right + grown),
    bottom: Math.min(1, bottom + grown),
  };
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
