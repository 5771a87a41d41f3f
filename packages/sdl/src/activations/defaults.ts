import type { ActivationDefaults, ActivationKind } from "./kind.js";
import { type Activation, activationKinds } from "./table.js";

/** Names of the activations that can be trained. */
export const activationNames = Object.entries<ActivationKind>(activationKinds).flatMap(([name, { training }]) =>
  training ? [name] : [],
) as readonly Activation["kind"][];

/** What an activation is with Q latents where nobody says more: its options, loss terms and decoder norms. */
export function activationDefaults(kind: Activation["kind"], nQ: number): ActivationDefaults {
  return activationKinds[kind].defaults(nQ);
}
