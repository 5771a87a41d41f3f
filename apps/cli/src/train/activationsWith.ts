import { type ActivationDefaults, activationDefaults, activationNames } from "@monosema/sdl";

/** Names of the activations whose defaults have something, for help and messages: `topk and batchtopk`. */
export function activationsWith(has: (defaults: ActivationDefaults) => boolean): string {
  return activationNames.filter((name) => has(activationDefaults(name, 1))).join(" and ");
}

/** What options belong to. */
export const having = {
  k: ({ activation }: ActivationDefaults): boolean => "k" in activation,
  theta: ({ activation }: ActivationDefaults): boolean => "theta" in activation,
  auxK: ({ terms }: ActivationDefaults): boolean => "auxK" in terms,
  l1: ({ terms }: ActivationDefaults): boolean => "l1" in terms,
  l0: ({ terms }: ActivationDefaults): boolean => "l0" in terms,
};
