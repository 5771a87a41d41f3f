import { type Lens, lensWarning, logitLens, type ModelDepth, type Unembedding, writtenWidth } from "@monosema/features";
import { type Model, transpose } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { allRows, openData } from "../data.js";
import type { Given, Option } from "../options.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** The options of the logit lens. */
export const lensOptions: Readonly<Record<"unembed" | "layer" | "layers", Option>> = {
  unembed: {
    value: "FILE:NAME",
    help: "output embeddings of the model [V, R] or [R, V]: shows the tokens that each latent writes toward and away from",
    path: "input",
  },
  layer: { value: "N", help: "layer of the activations, from 0 (default: as their name or manifest says)" },
  layers: { value: "M", help: "layers of the model (default: as the manifest of the harvest says)" },
};

/** Opens `--unembed`, tokens by rows. */
export async function openUnembedding({ given }: Session, { spec }: Model): Promise<Unembedding | undefined> {
  const text = given.text("unembed");
  if (text === undefined) return undefined;
  const width = writtenWidth(spec);
  const rows = await openData("unembed", text);
  if (rows.columns === width) return { values: await allRows(rows), tokens: rows.rows };
  if (rows.rows === width)
    return { values: transpose(await allRows(rows), rows.rows, rows.columns), tokens: rows.columns };
  throw new UsageError(
    `--unembed must be [V, ${width}] or [${width}, V], of the width of the decoder, got [${rows.rows}, ${rows.columns}]; give that of the same model`,
  );
}

/** Lenses of the latents that fire, with progress. */
export async function lensesOf(
  session: Session,
  backend: Backend,
  model: Model,
  unembedding: Unembedding | undefined,
  latents: readonly number[],
  {
    vocabulary,
    depth,
  }: { readonly vocabulary?: ReadonlyMap<number, string> | undefined; readonly depth: Partial<ModelDepth> },
): Promise<ReadonlyMap<number, Lens>> {
  if (unembedding === undefined) return new Map();
  const warning = lensWarning(depth);
  if (warning !== undefined) session.warn(`--unembed: ${warning}${isKnown(depth) ? "" : "; say --layer N --layers M"}`);
  const bar = session.progress({ total: latents.length, unit: "latents" });
  try {
    return await logitLens(backend, model, unembedding, {
      latents,
      ...(vocabulary && { vocabulary }),
      onLatents: (done) => bar.update(done, "logit lens"),
    });
  } finally {
    bar.end();
  }
}

/** Where in the model: `--layer` and `--layers`, else what the data says of itself. */
export function depthOf(given: Given, known: Partial<ModelDepth>): Partial<ModelDepth> {
  const [layer, layers] = [given.whole("layer", 0) ?? known.layer, given.whole("layers", 1) ?? known.layers];
  if (layer !== undefined && layers !== undefined && layer >= layers) {
    throw new UsageError(
      `--layer must be below the model's ${layers} layers, counted from 0, got ${layer}; correct it`,
    );
  }
  return { ...(layer === undefined ? {} : { layer }), ...(layers === undefined ? {} : { layers }) };
}

const isKnown = ({ layer, layers }: Partial<ModelDepth>): boolean => layer !== undefined && layers !== undefined;
