import { resolve } from "node:path";
import { parameterShapes, type SdlSpec } from "@monosema/sdl";
import { loadDictionary } from "../checkpoint.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";
import type { Start } from "./config.js";

/** What {@link openStart} gives. */
export interface OpenedStart extends Start {
  /** Refuses an objective that trains other arrays than the dictionary has. */
  readonly refuseOther: (spec: SdlSpec) => void;
}

/** The dictionary of `--init`; undefined without it. */
export async function openStart({ given, warn }: Session): Promise<OpenedStart | undefined> {
  const path = given.text("init");
  if (path === undefined) return undefined;
  const { model, warnings } = await loadDictionary(path);
  warnings.forEach(warn);
  return {
    path: resolve(path),
    model,
    refuseOther(spec) {
      for (const [name, shape] of parameterShapes(spec)) {
        const got = model.weights[name]?.length ?? 0;
        if (got === shape.reduce((a, b) => a * b, 1)) continue;
        const { nP, nR, nQ, activation, variant } = model.spec;
        throw new UsageError(
          `--init must be a dictionary with the ${name} [${shape.join(", ")}] that the run trains, got ${variant}, ${activation.kind}, nP ${nP}, nR ${nR}, nQ ${nQ}, ${got === 0 ? `without ${name}` : `whose ${name} has ${got} numbers`}; give options and data that fit it`,
        );
      }
    },
  };
}
