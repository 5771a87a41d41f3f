import type { CheckpointFormat } from "@monosema/sdl";
import { FormatError } from "@monosema/tensor";
import { withContents } from "../../files/contents.js";
import { isNamed } from "../../files/named.js";

const weightsFile = "sae.safetensors";

/** One layer of EleutherAI's clt-training, a fork of sparsify: refused by name, for its codes are others for each target. */
export const cltTraining: CheckpointFormat = {
  name: "clt-training",
  detects: async (files) =>
    files.names.has(weightsFile) &&
    isNamed(files, [weightsFile, "cfg.json"]) &&
    (await withContents(files, weightsFile, ({ names }) =>
      [...names].some((name) => /^(W_decs|b_decs|post_encs|post_enc_scales)\.\d+$/.test(name)),
    )),
  async read(files) {
    const message =
      "the files must be a dictionary of their own, got a layer of a cross-layer transcoder of clt-training, which moves the codes for each target (post_encs) and selects them layer by layer; run it with clt-training";
    throw new FormatError("unsupported-format", message, { file: files.folder });
  },
};
