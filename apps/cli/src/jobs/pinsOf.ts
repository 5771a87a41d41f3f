import type { Backend } from "@monosema/tensor";

/** What decides the bits of a job. */
export const pinsOf = ({ name, tier }: Pick<Backend, "name" | "tier">): Readonly<Record<string, string>> => ({
  backend: name,
  ...(tier === undefined ? {} : { tier }),
});
