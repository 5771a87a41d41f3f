import { type Allocate, type Core, structIn } from "../core.js";
import { sampleCopyLayout, screenLayout } from "../generated/layouts.js";
import { depthOf, kindCodes, limitOf, normRounding } from "../tierKinds.js";
import type { Dense } from "../values.js";
import { type EncoderCopy, largest } from "./encoderCopies.js";

/** A prepared sweep of samples over an encoder. */
export interface OpenScreen {
  /** The struct of the kernels. */
  readonly struct: number;
  /** Chunks of samples. */
  readonly chunks: number;
  /** float32 `[B]`: norms of the samples. */
  readonly norms: number;
  /** Most that an exact pre-activation may be off. */
  readonly slack: number;
  /** False where a sample, weight or bias is not finite: bounds mean nothing then. */
  readonly finite: boolean;
}

/** What a sweep is made of. */
export interface ScreenOptions {
  readonly x: Dense;
  readonly encoder: Dense;
  readonly bias?: Dense | undefined;
  readonly copy: EncoderCopy;
  /** Entries that the list of a sample holds, and bytes of one. */
  readonly capacity: number;
  readonly entryBytes: number;
}

/** A block of panels stays in the second-level cache, with room for samples. */
const blockBytes = 640 * 1024;
/** Addresses for the lists of one thread; only what is written takes memory. */
const listBytes = 64 * 1024 * 1024;
/** Products of one chunk, so that threads share the work evenly and never stay silent for long. */
const chunkProducts = 8e9;

/** Copies the samples and describes the sweep. */
export function openScreen(core: Core, allocate: Allocate, options: ScreenOptions): OpenScreen {
  const { x, encoder, bias, copy, capacity, entryBytes } = options;
  const { heap, pool } = core;
  const [batch, width] = x.shape as readonly [number, number];
  const latents = encoder.shape[0] as number;
  const { kind, offset } = copy.tile;
  const padded = 16 * Math.ceil(latents / 16);
  const panels = Math.ceil(batch / 6);
  const depth = depthOf(kind, width);

  const biases = allocate(4 * padded);
  const biasNumbers = heap.f32(biases, padded);
  if (bias === undefined) biasNumbers.fill(0);
  else biasNumbers.set(heap.f32(bias.pointer, latents));
  let largestBias = 0;
  for (let i = 0; bias !== undefined && i < latents; i++) {
    const magnitude = Math.abs(biasNumbers[i] as number);
    if (!(magnitude <= largestBias)) largestBias = magnitude;
    if (Number.isNaN(largestBias)) break;
  }
  biasNumbers.fill(Number.NEGATIVE_INFINITY, latents);
  const biasSlack = largestBias * 16 * 2 ** -24;

  // Exact inner products are at most width / 8 + 8 additions deep, sums of float tiles `width` deep.
  const dotRounding = (width / 8 + 16) * 2 ** -24;
  const sumRounding = kind === "float" ? (width + 4) * 2 ** -24 : dotRounding;
  const [inverse, size, error, norm] = [0, 1, 2, 3].map(() => allocate(4 * batch)) as [number, number, number, number];
  const sampleCopy = structIn(core, allocate, sampleCopyLayout, {
    ...{ kind: kindCodes[kind], depth, panels: allocate(24 * depth * panels), inverse, size, error, norm },
    ...{ rows: batch, width, limit: limitOf(kind, width), offset },
    ...{ roundUp: normRounding(width), slack: dotRounding, leastRange: Math.max(1e-30, 1e-20 * largestBias) },
  });
  pool.run("copySamples", Math.ceil(panels / 8), x.pointer, sampleCopy);

  const largestSample = largest(heap.f32(norm, batch));

  const blockColumns = 16 * Math.max(1, Math.min(64, Math.floor(blockBytes / (64 * depth))));
  const even = Math.ceil(batch / pool.threads / 6);
  const byMemory = Math.floor(listBytes / (entryBytes * capacity) / 6);
  const byWork = Math.floor(chunkProducts / (latents * width) / 6);
  const chunkRows = 6 * Math.max(1, Math.min(even, byMemory, byWork));
  const lists = chunkRows * (entryBytes * capacity + 8) + 64;
  const { pointer, stride } = core.scratch(24 * blockColumns + 8 * capacity + 8 * (width + 8) + lists);
  const struct = structIn(core, allocate, screenLayout, {
    ...{ encoderCopy: copy.struct, sampleCopy, encoder: encoder.pointer, samples: x.pointer, bias: biases },
    ...{ batch, latents, width, chunkRows, blockColumns, capacity, scratch: pointer, scratchBytes: stride },
    ...{ largestNorm: copy.largestNorm, slack: sumRounding, biasSlack },
  });
  return {
    struct,
    chunks: Math.ceil(batch / chunkRows),
    norms: norm,
    slack: sumRounding * copy.largestNorm * largestSample + biasSlack,
    finite: Number.isFinite(copy.largestNorm) && Number.isFinite(largestSample) && Number.isFinite(largestBias),
  };
}
