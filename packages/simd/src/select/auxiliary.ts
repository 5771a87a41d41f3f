import type { SelectionPlan } from "@monosema/tensor/authoring";
import type { Core } from "../core.js";
import type { Dense } from "../values.js";
import type { EncoderCopies } from "./encoderCopies.js";
import type { Found } from "./found.js";
import { selectAmongOnHost } from "./onHost.js";
import type { Tiles } from "./tiles.js";
import { selectTopK } from "./topK.js";

/** A selection among marked latents. */
export interface AuxiliaryRequest {
  readonly x: Dense;
  readonly encoder: Dense;
  readonly bias?: Dense | undefined;
  /** Marks `[Q]`. */
  readonly among: Dense;
  readonly k: number;
  readonly tiles: Tiles;
  readonly plan: SelectionPlan;
}

/** Share of the marked latents that may be selected before whole-number tiles stop paying. */
const mostSelected = { float: 0, short: 0.02, byte: 0.06 } as const;

/** The k largest positive pre-activations of each row among the marked latents, whose rows are gathered first. */
export function selectAuxiliary(core: Core, copies: EncoderCopies, request: AuxiliaryRequest): Found {
  const { x, encoder, bias, among, k, tiles, plan } = request;
  const { heap } = core;
  const { batch, latents } = plan;
  const width = encoder.shape[1] as number;
  const marked = indicesOf(heap.f32(among.pointer, latents));
  if (marked.length === 0 || k === 0) return nothing(core, batch, latents);
  const rank = Math.min(k, marked.length);
  return core.temporary((allocate) => {
    const rows: Dense = { shape: [marked.length, width], pointer: allocate(4 * marked.length * width) };
    const biases: Dense | undefined = bias && { shape: [marked.length], pointer: allocate(4 * marked.length) };
    const from = heap.f32(encoder.pointer, latents * width);
    const to = heap.f32(rows.pointer, marked.length * width);
    marked.forEach((latent, n) => {
      to.set(from.subarray(latent * width, (latent + 1) * width), n * width);
    });
    if (bias && biases) {
      const all = heap.f32(bias.pointer, latents);
      heap.f32(biases.pointer, marked.length).set(Float32Array.from(marked, (latent) => all[latent] as number));
    }
    const screened = rank < mostSelected[tiles.screen.kind] * marked.length;
    const copy = copies.of(rows, screened ? tiles.screen : tiles.float);
    const request = { x, encoder: rows, bias: biases, copy, span: marked.length, ks: [rank], signed: false };
    const result = freeing(copies, rows, () => selectTopK(core, request));
    if (result === undefined) {
      return selectAmongOnHost(core, { x, encoder, bias, plan }, heap.f32(among.pointer, latents).slice(), k);
    }
    const { found } = result;
    const latentOf = heap.i32(found.latentOf, found.count);
    for (let n = 0; n < found.count; n++) latentOf[n] = marked[latentOf[n] as number] as number;
    return { ...found, latents };
  });
}

function freeing<T>(copies: EncoderCopies, { pointer }: Dense, body: () => T): T {
  try {
    return body();
  } finally {
    copies.free(pointer);
  }
}

function indicesOf(marks: Float32Array): Int32Array {
  const indices = new Int32Array(marks.length);
  let count = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] !== 0) indices[count++] = i;
  return indices.slice(0, count);
}

function nothing(core: Core, batch: number, latents: number): Found {
  const offsets = core.keep(4 * (batch + 1));
  core.heap.i32(offsets, batch + 1).fill(0);
  return {
    batch,
    latents,
    levels: 1,
    count: 0,
    offsets,
    latentOf: core.keep(0),
    levelOf: 0,
    values: core.keep(0),
  };
}
