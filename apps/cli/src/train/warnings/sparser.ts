import type { SdlSpec } from "@monosema/sdl";

/** The options that make the codes of an objective sparser. */
export function sparser({ activation, terms }: SdlSpec): string {
  if ("k" in activation) return `a --k below ${activation.k}`;
  if (terms.l0?.loss === "target") return `a --target-l0 below ${terms.l0.target}`;
  return terms.l0 ? `an --l0 above ${terms.l0.coefficient}` : `an --l1 above ${terms.l1?.coefficient ?? 0}`;
}
