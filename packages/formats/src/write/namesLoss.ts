import { latentNames, type Model } from "@monosema/sdl";

/** What is lost of the names of latents in a layout that has no place for them. */
export function namesLoss(model: Model): readonly string[] {
  const { size } = latentNames(model);
  return size === 0 ? [] : [`the layout has no place for the names of latents, ${size} are lost [names]`];
}
