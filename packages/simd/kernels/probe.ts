// What the engine makes of relaxed instructions; see src/tier.ts. Compiled as a module of its own.

/** out += relaxed dot product of signed bytes a and bytes b, over `count` vectors. */
export function dots(a: usize, b: usize, out: usize, count: usize): void {
  const end = a + (count << 4);
  while (a < end) {
    v128.store(out, i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(a), v128.load(b), v128.load(out)));
    a += 16;
    b += 16;
    out += 16;
  }
}

/** out = relaxed a b + c of float32 numbers, over `count` vectors. */
export function madds(a: usize, b: usize, c: usize, out: usize, count: usize): void {
  const end = a + (count << 4);
  while (a < end) {
    v128.store(out, f32x4.relaxed_madd(v128.load(a), v128.load(b), v128.load(c)));
    a += 16;
    b += 16;
    c += 16;
    out += 16;
  }
}
