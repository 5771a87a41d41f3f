import type { Tensor } from "@tensorflow/tfjs-core";
import { type Lifetimes, lifetimes } from "../lifetimes.js";
import type { Engine } from "./engine.js";
import type { CodeKernels, TfCodes, TfEntries } from "./values.js";

/** Makes and frees the values of one tfjs backend. */
export interface Owner {
  /** What is not freed. */
  readonly owned: Lifetimes;
  /** Runs tfjs operations, frees their temporaries and takes over the result. */
  readonly tensor: (body: () => Tensor) => Tensor;
  /** The same for several results. */
  readonly tensors: (body: () => Tensor[]) => Tensor[];
  /** The same for entries, which are freed with their codes. */
  readonly entries: (of: TfCodes, clean: boolean, body: () => Tensor) => TfEntries;
  /** Codes with their pre-activations (clean), in the layout of the kernels. */
  readonly codes: (batch: number, latents: number, levels: number, kernels: CodeKernels, pre: Tensor) => TfCodes;
}

/** The owner of a new backend. */
export function owner({ tf }: Engine): Owner {
  const owned = lifetimes();
  const entriesOf = new WeakMap<TfCodes, Set<Tensor>>();
  const own = (t: Tensor): Tensor => owned.own(tf.keep(t), () => t.dispose());
  const entriesFrom = (of: TfCodes, clean: boolean, t: Tensor): TfEntries => {
    const all = entriesOf.get(of);
    all?.add(t);
    owned.own(tf.keep(t), () => {
      all?.delete(t);
      t.dispose();
    });
    return { of, t, clean };
  };
  return {
    owned,
    tensor: (body) => own(tf.tidy(body)),
    tensors: (body) => tf.tidy(body).map(own),
    entries: (of, clean, body) => entriesFrom(of, clean, tf.tidy(body)),
    codes: (batch, latents, levels, kernels, pre) => {
      const made = { batch, latents, levels, kernels } as { -readonly [K in keyof TfCodes]: TfCodes[K] };
      entriesOf.set(made, new Set());
      made.pre = entriesFrom(made, true, pre);
      return owned.own(made, () => {
        for (const t of entriesOf.get(made) ?? []) owned.free(t);
        kernels.free();
      });
    },
  };
}
