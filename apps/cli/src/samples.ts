import { resolve } from "node:path";
import { type Model, type Rows, transcodes } from "@monosema/sdl";
import { openSources, refuseUnpaired } from "./data.js";
import { joinedHeads } from "./joinedHeads.js";
import type { Given, Option } from "./options.js";
import { refuseWidth } from "./refuseWidth.js";
import { UsageError } from "./usageError.js";

/** What `--data` may be. */
const layouts = "npy, safetensors, Arrow or parquet, a folder of them, of a harvest or of saev, or a pattern in quotes";

/** The options of {@link openSamples}. */
export const sampleOptions: Readonly<Record<"data" | "tensor" | "target", Option>> = {
  data: {
    value: "FILE",
    help: `activations [N, P], ${layouts}; FILE:NAME names a matrix; may be repeated: the rows follow each other, but one file for each source of a dictionary of several stands side by side`,
    multiple: true,
    path: "input",
  },
  tensor: { value: "NAME", help: "matrix of --data, where there are several" },
  target: {
    value: "FILE",
    help: "targets of a transcoder [N, R], row by row those of --data; as --data, of a cross-layer transcoder for each layer",
    multiple: true,
    path: "input",
  },
};

/** Samples that fit a dictionary. */
export interface Samples {
  /** `[N, P]`. */
  readonly data: Rows;
  /** `[N, R]`, where targets are not the inputs. */
  readonly target: Rows | undefined;
}

/** Opens `--data` and its `--target`, which transcoders need. */
export async function openSamples(
  given: Given,
  texts: readonly string[],
  model: Pick<Model, "spec" | "metadata">,
): Promise<Samples> {
  const { nR, variant, layers } = model.spec;
  const targets = given.texts("target").map((text) => resolve(text));
  const data = await openInputs(texts, model);
  if (transcodes(model.spec) && targets.length === 0) {
    throw new UsageError(`--target must be given for a ${variant}; give the activations that it predicts`);
  }
  if (targets.length === 0) return { data, target: undefined };
  const target = await openSources("target", targets, layers?.map((layer) => layer.nR) ?? [nR]);
  refuseWidth("target", target.columns, nR);
  refuseUnpaired(target, data);
  return { data, target };
}

/** Input widths of the sources or layers of a dictionary; one where there is one. */
export const inputWidths = ({ nP, sources, layers }: Model["spec"]): readonly number[] =>
  sources ?? layers?.map((layer) => layer.nP) ?? [nP];

/** Opens the inputs of a dictionary. */
export async function openInputs(texts: readonly string[], model: Pick<Model, "spec" | "metadata">): Promise<Rows> {
  const data = joinedHeads(await openSources("data", texts, inputWidths(model.spec)), model);
  refuseWidth("data", data.columns, model.spec.nP);
  return data;
}
