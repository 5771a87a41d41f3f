/**
 * The unrolled inner loops of all products as AssemblyScript text: a tile of `rows` x `columns` sums in registers. Panels are packed
 * so that one step of the loop reads `rows` splats of the left side and `columns / 4` vectors of the right side. 6 x 8 fills the 16
 * vector registers of x86-64; 6 x 16 is for engines that join pairs of vectors into 256 bits.
 */
export function microKernels() {
  return [
    'import { fma } from "../vector";',
    floatTile("tile8", 6, 2),
    floatTile("addTile8", 6, 2, true),
    floatTile("tile16", 6, 4),
    integerTile("tileShort8", 6, 2, (b, a, c) => `i32x4.add(${c}, i32x4.dot_i16x8_s(${b}, ${a}))`),
    integerTile("tileByte8", 6, 2, byteDot, true),
    integerTile("tileByte16", 6, 4, byteDot, true),
  ].join("\n");
}

const byteDot = (b, a, c) => `i32x4.relaxed_dot_i8x16_i7x16_add_s(${b}, ${a}, ${c})`;
const range = (n) => Array.from({ length: n }, (_, i) => i);
const cells = (rows, vectors) => range(rows).flatMap((i) => range(vectors).map((j) => ({ i, j, name: `c${i}_${j}` })));

/** c[rows, columns] = start + a b over `depth` steps; `start` is a row, or for the adding tile c itself. */
function floatTile(name, rows, vectors, adding = false) {
  const all = cells(rows, vectors);
  const from = ({ i, j }) => (adding ? `c + ${i} * stride, ${16 * j}` : `start, ${16 * j}`);
  return `
${adding ? "export " : inline}function ${name}(a: usize, b: usize, depth: usize, c: usize, stride: usize${adding ? "" : ", start: usize"}): void {
${all.map((cell) => `  let ${cell.name} = v128.load(${from(cell)});`).join("\n")}
${loop(rows, vectors, (b, a, c) => `fma(${a}, ${b}, ${c})`)}
${stores(all)}
}${adding ? "" : row(name, 4 * vectors)}`;
}

/** c[rows, columns] = start + a b in whole numbers; each step takes 4 bytes of every row: 2 numbers of 16 bits or 4 of 8 bits. */
function integerTile(name, rows, vectors, multiplyAdd, relaxed = false) {
  const all = cells(rows, vectors);
  const body = `
${all.map(({ j, name }) => `  let ${name} = v128.load(start, ${16 * j});`).join("\n")}
${loop(rows, vectors, multiplyAdd)}
${stores(all)}`;
  const guarded = relaxed ? `  if (ASC_FEATURE_RELAXED_SIMD) {${body}\n  } else unreachable();` : body;
  return `
${inline}function ${name}(a: usize, b: usize, depth: usize, c: usize, stride: usize, start: usize): void {${guarded}
}${row(name, 4 * vectors)}`;
}

const inline = "// @ts-ignore: decorator\n@inline\n";

/** One panel of rows against the panels of `columns` columns. The tile is part of the loop: engines compile that better than a call. */
function row(name, width) {
  return `
export function ${name}Row(a: usize, b: usize, depth: usize, columns: usize, c: usize, starts: usize): void {
  const stride = columns << 2;
  const panel = depth * ${4 * width};
  for (let j: usize = 0; j < stride; j += ${4 * width}) {
    ${name}(a, b, depth, c + j, stride, starts + j);
    b += panel;
  }
}`;
}

/** The loop over the depth: all splats of a step against all its vectors. */
function loop(rows, vectors, multiplyAdd) {
  return `  const end = a + depth * ${4 * rows};
  do {
${range(vectors)
  .map((j) => `    const b${j} = v128.load(b, ${16 * j});`)
  .join("\n")}
${range(rows)
  .flatMap((i) => [
    `    const a${i} = v128.load32_splat(a, ${4 * i});`,
    ...range(vectors).map((j) => `    c${i}_${j} = ${multiplyAdd(`b${j}`, `a${i}`, `c${i}_${j}`)};`),
  ])
  .join("\n")}
    a += ${4 * rows};
    b += ${16 * vectors};
  } while (a < end);`;
}

const stores = (all) => all.map(({ i, j, name }) => `  v128.store(c + ${i} * stride, ${name}, ${16 * j});`).join("\n");
