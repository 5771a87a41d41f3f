import type { CheckpointFiles, CheckpointFormat } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { withContents } from "../files/contents.js";
import { onlyFile } from "../files/named.js";

/** A layout that is known and not read. */
interface Unread {
  readonly name: string;
  /** Whether the tensors of a file are its own, or without one the names in the folder. */
  readonly fits: (tensors: readonly string[], names: ReadonlySet<string>) => boolean;
  /** What can be done. */
  readonly advice: string;
}

const layouts: readonly Unread[] = [
  {
    name: "a part of a cross-layer transcoder",
    fits: (tensors) => tensors.some((name) => /^(W_(enc|dec)_\d+$|\w*\.?(en|de)coders\.\d+)/.test(name)),
    advice: "give the whole of it, as circuit-tracer (to_safetensors) or crosslayer-coding writes it",
  },
  {
    name: "a cross-layer transcoder of Gemma Scope 2",
    fits: (_tensors, names) => names.has("params_layer_0.safetensors"),
    advice:
      "load one without affine skip with load_gemma_scope_2_clt of circuit-tracer and save it with to_safetensors",
  },
  {
    name: "a synthetic model of SAELens, which is data and no dictionary",
    fits: (names) => names.includes("feature_vectors") && names.includes("firing_probabilities"),
    advice: "give the folder of a dictionary that was trained on it, the folder above",
  },
  {
    name: "a distributed checkpoint of OpenMOSS",
    fits: (_tensors, names) => names.has("sae_weights.dcp"),
    advice: "load it with llamascopium and save it with save_pretrained, which writes sae_weights.safetensors",
  },
  {
    name: "a language model",
    fits: (names) => names.some((name) => /(^|\.)(wte|embed_tokens|token_emb\w*|tok_emb\w*)(\.weight)?$/.test(name)),
    advice: "harvest its activations with monosema harvest, and give a dictionary here",
  },
];

/** Files that are known and not read: refused by name, with what can be done. The last of the list, for it reads nothing. */
export const unread: CheckpointFormat = {
  name: "layouts that are refused by name",
  detects: async (files) => (await found(files)) !== undefined,
  async read(files) {
    const { name, advice } = (await found(files)) as Unread;
    const message = `the files must be a dictionary, got ${name}; ${advice}`;
    throw new FormatError("unsupported-format", message, { file: files.folder });
  },
};

async function found(files: CheckpointFiles): Promise<Unread | undefined> {
  const name = onlyFile(files, /\.(pt|pth|bin|safetensors|npz)$/);
  const tensors = name === undefined ? [] : await withContents(files, name, ({ names }) => [...names]);
  return layouts.find(({ fits }) => fits(tensors, files.names));
}
