import { type Pairs, type SelectionPlan, selectAbove, selectAmong, selectLargest } from "@monosema/tensor/authoring";
import type { Core } from "../core.js";
import { product, strided } from "../product.js";
import type { Dense } from "../values.js";
import type { Found } from "./found.js";

/** What a selection on the host reads. */
export interface HostRequest {
  readonly x: Dense;
  readonly encoder: Dense;
  readonly bias?: Dense | undefined;
  readonly plan: SelectionPlan;
}

/** Selection from pre-activations that are stored: for numbers that are not finite, where bounds mean nothing. */
export function selectOnHost(core: Core, request: HostRequest, theta: Float32Array | number): Found {
  const { plan } = request;
  const { selection } = plan;
  return fromHost(core, request, (z) =>
    selection.kind === "threshold" ? selectAbove(z, plan, theta, selection.margin ?? 0) : selectLargest(z, plan),
  );
}

/** {@link selectOnHost} among marked latents. */
export function selectAmongOnHost(core: Core, request: HostRequest, among: Float32Array, k: number): Found {
  return fromHost(core, { ...request, plan: { ...request.plan, levels: 1 } }, (z) =>
    selectAmong(z, request.plan, among, k),
  );
}

function fromHost(core: Core, { x, encoder, bias, plan }: HostRequest, choose: (z: Float32Array) => Pairs): Found {
  const { heap } = core;
  const { batch, latents } = plan;
  const width = x.shape[1] as number;
  return core.temporary((allocate) => {
    const sums = allocate(4 * batch * latents);
    product(core, strided(x.pointer, width, false), strided(encoder.pointer, width, true), sums, batch, width, latents);
    const z = heap.f32(sums, batch * latents);
    if (bias !== undefined) {
      const biases = heap.f32(bias.pointer, latents);
      for (let n = 0; n < z.length; n++) z[n] = (z[n] as number) + (biases[n % latents] as number);
    }
    const pairs = choose(z);
    const count = pairs.latents.length;
    const [offsets, latentOf, values] = [4 * (batch + 1), 4 * count, 4 * count].map((bytes) => core.keep(bytes)) as [
      ...[number, number, number],
    ];
    const levelOf = pairs.levels === undefined ? 0 : core.keep(2 * count);
    heap.i32(offsets, batch + 1).set(pairs.offsets);
    heap.i32(latentOf, count).set(pairs.latents);
    if (pairs.levels !== undefined) new Uint16Array(heap.memory.buffer, levelOf, count).set(pairs.levels);
    const kept = heap.f32(values, count);
    const numbers = heap.f32(sums, batch * latents); // the memory may have grown
    for (let b = 0; b < batch; b++) {
      for (let n = pairs.offsets[b] as number; n < (pairs.offsets[b + 1] as number); n++) {
        kept[n] = numbers[b * latents + (pairs.latents[n] as number)] as number;
      }
    }
    return { batch, latents, levels: plan.levels, count, offsets, latentOf, levelOf, values };
  });
}
