import { FormatError } from "@monosema/tensor";
import type { Model } from "./model.js";

/** Names of latents, by latent. */
export type LatentNames = ReadonlyMap<number, string>;

/** Key of the names in the metadata of a checkpoint. */
const key = "latent_names";

/** The names that a dictionary keeps: those that were given to it, and those of its anchors, which are its first latents. */
export function latentNames({ metadata = {}, spec }: Pick<Model, "metadata" | "spec">): LatentNames {
  const { names, count } = Object(metadata.anchors) as { readonly names?: unknown; readonly count?: unknown };
  const anchored =
    Array.isArray(names) && names.length === count ? names.map((name, i) => [i, String(name)] as const) : [];
  return new Map([...anchored, ...parseLatentNames(metadata[key] ?? {}, spec.nQ, "metadata")]);
}

/** The dictionary with these names in its metadata, which checkpoints keep; those that it had stay where none is given. */
export function withLatentNames(model: Model, names: LatentNames): Model {
  const all = [...latentNames(model), ...names];
  const sorted = [...new Map(all)].sort(([a], [b]) => a - b);
  return { ...model, metadata: { ...model.metadata, [key]: Object.fromEntries(sorted) } };
}

/**
 * Names from JSON: a record of names by latent, or a list of names in the order of the latents with null for none.
 *
 * @param nQ - latents Q
 * @param file - name for messages
 * @throws FormatError `latent-names`
 */
export function parseLatentNames(json: unknown, nQ: number, file: string): LatentNames {
  const refuse = (message: string): FormatError => new FormatError("latent-names", message, { file });
  if (typeof json !== "object" || json === null) {
    throw refuse(`names must be a record of names by latent, such as {"613": "digits"}, got ${JSON.stringify(json)}`);
  }
  const names = new Map<number, string>();
  for (const [latent, name] of Object.entries(json)) {
    if (name === null || name === "") continue;
    if (!/^(0|[1-9]\d*)$/.test(latent) || Number(latent) >= nQ) {
      throw refuse(
        `latents must be whole numbers below ${nQ}, got ${JSON.stringify(latent)}; use the names of this dictionary`,
      );
    }
    if (typeof name !== "string")
      throw refuse(`the name of latent ${latent} must be a text, got ${JSON.stringify(name)}`);
    names.set(Number(latent), name);
  }
  return names;
}
