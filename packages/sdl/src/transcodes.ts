import type { SdlSpec } from "./spec.js";

/** Whether the targets are others than the inputs: of transcoders and cross-layer transcoders. */
export const transcodes = ({ variant }: Pick<SdlSpec, "variant">): boolean =>
  variant === "transcoder" || variant === "crosslayer";
