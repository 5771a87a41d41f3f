import * as z from "zod/mini";
import { type AbsTopKActivation, absTopK } from "./absTopK.js";
import { type BatchTopKActivation, batchTopK } from "./batchTopK.js";
import { type GatedActivation, gated } from "./gated.js";
import { type GroupMaxActivation, groupMax } from "./groupMax.js";
import { type JumpReluActivation, jumpRelu } from "./jumpRelu.js";
import type { ActivationKind } from "./kind.js";
import { type MatchingPursuitActivation, matchingPursuit } from "./matchingPursuit.js";
import { type ReluActivation, relu } from "./relu.js";
import { type TopKActivation, topK } from "./topK.js";

/** The activation sigma; a pair is active when its value is not 0. */
export type Activation =
  | ReluActivation
  | JumpReluActivation
  | TopKActivation
  | BatchTopKActivation
  | GroupMaxActivation
  | GatedActivation
  | AbsTopKActivation
  | MatchingPursuitActivation;

/** The activations by kind. */
export const activationKinds: { readonly [A in Activation as A["kind"]]: ActivationKind<A> } = {
  topk: topK,
  batchtopk: batchTopK,
  groupmax: groupMax,
  relu,
  jumprelu: jumpRelu,
  gated,
  abstopk: absTopK,
  matchingpursuit: matchingPursuit,
};

/** Kinds that can be trained and whose record has something, for messages: `topk or batchtopk`. */
export function kindsThat(have: (kind: ActivationKind) => boolean): string {
  const names = Object.entries<ActivationKind>(activationKinds).flatMap(([name, kind]) =>
    kind.training && have(kind) ? [name] : [],
  );
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");
}

/** The record of an activation. */
export const kindOf = (activation: Activation): ActivationKind => activationKinds[activation.kind];

const { topk: first, ...others } = activationKinds;

/** Plain data of any of them. */
export const activationSchema: z.ZodMiniType<Activation> = z.discriminatedUnion("kind", [
  first.schema,
  ...Object.values(others).map(({ schema }) => schema),
]);
