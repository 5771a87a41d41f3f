const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Natural logarithm with + - * / only, so that every engine gives the same bits (Math.log may differ between engines).
 * Within 1 ulp of the exact value; the fdlibm formula (Sun Microsystems 1993).
 *
 * @returns NaN for x < 0, -Infinity at 0
 */
export function portableLog(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let exponent = 0;
  float[0] = x;
  if ((words[HIGH] as number) < 0x00100000) {
    float[0] = x * 2 ** 54;
    exponent = -54;
  }
  const high = words[HIGH] as number;
  const mantissa = high & 0x000fffff;
  const carry = (mantissa + 0x95f64) & 0x100000;
  words[HIGH] = mantissa | (carry ^ 0x3ff00000);
  exponent += (high >> 20) - 1023 + (carry >> 20);
  const f = (float[0] as number) - 1;
  if (f === 0) return exponent * LN2_HIGH + exponent * LN2_LOW;

  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + even + odd) + exponent * LN2_LOW) - f);
}
