import { npyFormat } from "./npyFormat.js";
import { npzFormat } from "./npzFormat.js";
import { ptFormat } from "./ptFormat.js";
import { safetensorsFormat } from "./safetensorsFormat.js";
import type { TensorFormat } from "./tensorFormat.js";

/** All kinds of files that tensors are read from, in the order in which they are tried. */
export const tensorFormats: readonly TensorFormat[] = [npyFormat, safetensorsFormat, npzFormat, ptFormat];
