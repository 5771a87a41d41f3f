// The classes of kernels/*.ts, field by field.

export const encoderCopyLayout = {
  kind: "u32",
  columns: "u32",
  depth: "u32",
  panelBytes: "u32",
  panels: "u32",
  scale: "u32",
  delta: "u32",
  norm: "u32",
  start: "u32",
  rows: "u32",
  width: "u32",
  limit: "f32",
  offset: "u32",
  roundUp: "f32",
} as const;

export const sampleCopyLayout = {
  kind: "u32",
  depth: "u32",
  panels: "u32",
  inverse: "u32",
  size: "u32",
  error: "u32",
  norm: "u32",
  rows: "u32",
  width: "u32",
  limit: "f32",
  offset: "u32",
  roundUp: "f32",
  slack: "f32",
  leastRange: "f32",
} as const;

export const screenLayout = {
  encoderCopy: "u32",
  sampleCopy: "u32",
  encoder: "u32",
  samples: "u32",
  bias: "u32",
  batch: "u32",
  latents: "u32",
  width: "u32",
  chunkRows: "u32",
  blockColumns: "u32",
  capacity: "u32",
  scratch: "u32",
  scratchBytes: "u32",
  largestNorm: "f32",
  slack: "f32",
  biasSlack: "f32",
} as const;

export const topKLayout = {
  screen: "u32",
  k: "u32",
  span: "u32",
  stride: "u32",
  signed: "u32",
  floor: "u32",
  counts: "u32",
  latents: "u32",
  values: "u32",
  levels: "u32",
  ks: "u32",
  levelCount: "u32",
  products: "u32",
  least: "u32",
} as const;

export const thresholdLayout = {
  screen: "u32",
  bars: "u32",
  counts: "u32",
  bases: "u32",
  cursor: "u32",
  latents: "u32",
  values: "u32",
  capacity: "u32",
  products: "u32",
  withSlack: "u32",
} as const;

export const pairsLayout = {
  batch: "u32",
  latents: "u32",
  offsets: "u32",
  latentOf: "u32",
  levelOf: "u32",
  levels: "u32",
  byLatent: "u32",
  position: "u32",
  sample: "u32",
} as const;

export const adamLayout = {
  beta1: "f32",
  rest1: "f32",
  beta2: "f32",
  rest2: "f32",
  rate: "f32",
  root: "f32",
  epsilon: "f32",
  factor: "f32",
  minimum: "f32",
} as const;

export const rowUpdateLayout = {
  value: "u32",
  first: "u32",
  second: "u32",
  rows: "u32",
  width: "u32",
  rowsPerChunk: "u32",
  gradient: "u32",
  sources: "u32",
  sourceCount: "u32",
  scaleMode: "u32",
  scale: "f32",
  scales: "u32",
  blocks: "u32",
  blockCount: "u32",
  anchors: "u32",
  anchored: "u32",
  strength: "f32",
  unitRows: "u32",
  copy: "u32",
  scratch: "u32",
  scratchBytes: "u32",
  squares: "u32",
  stored: "u32",
} as const;

export const rowSourceLayout = { pairs: "u32", coefficients: "u32", rows: "u32" } as const;
