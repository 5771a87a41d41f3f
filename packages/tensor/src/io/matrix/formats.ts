import type { MatrixFormat } from "./matrixFormat.js";
import { npyFormat } from "./npyFormat.js";
import { npzFormat } from "./npzFormat.js";
import { ptFormat } from "./ptFormat.js";
import { safetensorsFormat } from "./safetensorsFormat.js";

/** All kinds of files that matrices are read from, in the order in which they are tried. */
export const matrixFormats: readonly MatrixFormat[] = [npyFormat, safetensorsFormat, npzFormat, ptFormat];
