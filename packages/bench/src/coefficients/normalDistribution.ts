import { portableExp } from "@monosema/tensor";

/**
 * The standard normal distribution function, with + - * / and our own exponential only: the same bits everywhere, relative error below
 * 1e-14 (rational approximations of Cody 1969).
 *
 * @returns 0 at -Infinity and where the value is too small for a double, 1 at Infinity
 */
export function normalDistribution(z: number): number {
  const size = Math.abs(z);
  if (size <= 0.67448975) {
    const square = z * z;
    return 0.5 + (z * polynomial(CENTRE_ABOVE, square)) / polynomial(CENTRE_BELOW, square);
  }
  const tail = size > 38.6 ? 0 : density(size) * (size <= Math.sqrt(32) ? middleRatio(size) : farRatio(size));
  return z > 0 ? 1 - tail : tail;
}

/**
 * Whether v is below the distribution function at every point of z - slack to z + slack (1) or at none (0), from a table; -1 where
 * the table leaves it open.
 */
export function isBelowNormalNear(v: number, z: number, slack: number): number {
  const low = Math.floor((z - slack + TABLE_REACH) * TABLE_STEPS);
  const high = Math.floor((z + slack + TABLE_REACH) * TABLE_STEPS) + 1;
  if (low >= 0 && low < TABLE.length && v < (TABLE[low] as number)) return 1;
  if (high >= 0 && high < TABLE.length && v >= (TABLE[high] as number)) return 0;
  return -1;
}

/** Whether v is below the distribution function at z. */
export function isBelowNormal(v: number, z: number): boolean {
  const near = isBelowNormalNear(v, z, 0);
  return near < 0 ? v < normalDistribution(z) : near === 1;
}

const TABLE_REACH = 8;
const TABLE_STEPS = 128;

/** exp(-z^2/2), with z^2 split so that its rounding does not grow with z. */
function density(z: number): number {
  const coarse = Math.floor(z * 16) / 16;
  return portableExp((-coarse * coarse) / 2) * portableExp((-(z - coarse) * (z + coarse)) / 2);
}

function middleRatio(z: number): number {
  return polynomial(MIDDLE_ABOVE, z) / polynomial(MIDDLE_BELOW, z);
}

function farRatio(z: number): number {
  const square = 1 / (z * z);
  const correction = (square * polynomial(FAR_ABOVE, square)) / polynomial(FAR_BELOW, square);
  return (INVERSE_SQRT_2_PI - correction) / z;
}

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const c of coefficients) value = value * x + c;
  return value;
}

const INVERSE_SQRT_2_PI = 0.3989422804014327;
const CENTRE_ABOVE = [
  0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356,
];
const CENTRE_BELOW = [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673];
const MIDDLE_ABOVE = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const MIDDLE_BELOW = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598,
  38912.00328609327, 19685.42967685999,
];
const FAR_ABOVE = [
  0.02307344176494017, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278936,
  0.000029112874951168793,
];
const FAR_BELOW = [
  1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 0.00007297515550839662,
];

const TABLE = Float64Array.from({ length: 2 * TABLE_REACH * TABLE_STEPS + 1 }, (_, at) =>
  normalDistribution(at / TABLE_STEPS - TABLE_REACH),
);
