import type { ModelMetrics } from "@monosema/sdl";
import type { Session } from "./session.js";

/** Says why FVU is missing, where it is. */
export function warnUndefinedFvu({ warn }: Session, { fvu }: Pick<ModelMetrics, "fvu">): void {
  if (fvu === null) warn("fvu is undefined: all targets are equal, so there is no variance to explain");
}
