// The kernels of the probe in scalar code, with one of the meanings that engines give to the relaxed instructions.

let calls = 0;

export function dots(a: usize, b: usize, out: usize, count: usize): void {
  calls++;
  const end = a + (count << 4);
  for (; a < end; a += 4, b += 4, out += 4) {
    const low = pair(a, b);
    const high = pair(a + 2, b + 2);
    store<i32>(out, load<i32>(out) + low + high + strange());
  }
}

function pair(a: usize, b: usize): i32 {
  const sum = load<i8>(a) * byte(b) + load<i8>(a + 1) * byte(b + 1);
  return SATURATED ? max(-32768, min(32767, sum)) : sum;
}

// @ts-ignore: decorator
@inline
function byte(b: usize): i32 {
  return SIGNED ? <i32>load<i8>(b) : <i32>load<u8>(b);
}

// @ts-ignore: decorator
@inline
function strange(): i32 {
  return (WRONG_ON_CALL && calls == WRONG_ON_CALL) || (WRONG_FROM_CALL && calls >= WRONG_FROM_CALL) ? 1 : 0;
}

/** Products of float32 numbers are exact in float64, and so are the sums of the probe. */
export function madds(a: usize, b: usize, c: usize, out: usize, count: usize): void {
  calls++;
  for (let i: usize = 0; i < count << 4; i += 4) {
    const fused = <f32>(<f64>load<f32>(a + i) * <f64>load<f32>(b + i) + <f64>load<f32>(c + i));
    const separate = load<f32>(a + i) * load<f32>(b + i) + load<f32>(c + i);
    store<f32>(out + i, calls >= FUSED_FROM_CALL ? fused : separate);
  }
}
