import * as z from "zod/mini";
import type { Keys } from "../schema.js";
import { type AuxKTerm, auxK } from "./auxK.js";
import type { TermKind } from "./kind.js";
import { type L0Term, l0 } from "./l0.js";
import { type L1Term, l1 } from "./l1.js";
import { type MultiKTerm, matryoshka, type PrefixTerm } from "./matryoshka.js";
import { weightDecay } from "./weightDecay.js";

/** Loss terms beside the reconstruction; absent ones are off. */
export interface Terms {
  /** Sparsity by the sum of activations (gated: of max(pi, 0)). */
  readonly l1?: L1Term;
  /** JumpReLU's sparsity. */
  readonly l0?: L0Term;
  /** Reconstruction of the residual by dead latents. */
  readonly auxK?: AuxKTerm;
  /** Nested reconstructions. */
  readonly matryoshka?: MultiKTerm | PrefixTerm;
  /** l_w of l_w (|encoder|^2 + |decoder|^2), coupled (added to the gradient before Adam). */
  readonly weightDecay?: number;
}

/** The loss terms by their key, in the order in which they are added up. */
export const termKinds: { readonly [name in keyof Terms]-?: TermKind<NonNullable<Terms[name]>> } = {
  l1,
  l0,
  auxK,
  matryoshka,
  weightDecay,
};

const shape = {
  l1: z.exactOptional(l1.schema),
  l0: z.exactOptional(l0.schema),
  auxK: z.exactOptional(auxK.schema),
  matryoshka: z.exactOptional(matryoshka.schema),
  weightDecay: z.exactOptional(weightDecay.schema),
} satisfies Keys<Terms>;

/** Plain data of {@link Terms}. */
export const termsSchema: z.ZodMiniType<Terms> = z.strictObject(shape);
