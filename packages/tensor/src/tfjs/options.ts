import type { Engine } from "./engine.js";
import type { TfjsOptions } from "./tfjsOptions.js";

/** The engine with what the options ask for. */
export function withOptions(engine: Engine, { codes, fused = true }: TfjsOptions): Engine {
  const { native, ...rest } = engine;
  const layout = codes === undefined ? {} : { onHost: false, pairs: codes === "pairs" };
  return { ...rest, ...layout, ...(fused && native && { native }) };
}

/** The engine in words. */
export function describe({ tf, name, native }: Engine, more?: string): string {
  const parts = [`tfjs-core ${tf.version_core}`, `engine ${name}`, native && "fused Adam", more];
  return parts.filter((part) => part !== undefined).join(", ");
}
