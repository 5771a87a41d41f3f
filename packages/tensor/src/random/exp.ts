const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * Exponential function with + - * / only, so that every engine gives the same bits (Math.exp and Math.pow may differ between
 * engines). Within 1 ulp of the exact value for normal results; the fdlibm formula (Sun Microsystems 1993).
 */
export function portableExp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const first = k >> 1;
  return y * powerOfTwo(first) * powerOfTwo(k - first);
}

/** 2^k, exact for |k| <= 1022. */
function powerOfTwo(k: number): number {
  let factor = k < 0 ? 0.5 : 2;
  let result = 1;
  for (let left = k < 0 ? -k : k; left > 0; left >>= 1) {
    if (left & 1) result *= factor;
    factor *= factor;
  }
  return result;
}
